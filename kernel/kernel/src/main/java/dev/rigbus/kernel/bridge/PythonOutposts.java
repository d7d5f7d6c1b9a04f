package dev.rigbus.kernel.bridge;

import dev.rigbus.driver.Problem;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.Outpost;
import dev.rigbus.kernel.tree.Outposts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which drivers of an exporter run in Python: those that there are only there, and those below them, since Python drivers use their children
 * directly. All of them share one process, as they do in the Python implementation.
 */
public final class PythonOutposts implements Outposts {
    private static final String OUTPOST = "python";

    private final Supplier<Set<String>> here;
    private final PythonEnvironments environments;

    /**
     * @param here gives the types of driver that need no Python
     * @param cache where environments are made
     */
    public PythonOutposts(Supplier<Set<String>> here, Path cache) {
        this.here = here;
        this.environments = new PythonEnvironments(cache);
    }

    @Override
    public Collection<String> types() {
        return StockTypes.names();
    }

    @Override
    public Plan plan(ExporterSpec exporter) {
        return new PythonPlan(exporter);
    }

    private final class PythonPlan implements Plan {
        private final ExporterSpec exporter;
        private final Set<NodeSpec> python = Collections.newSetFromMap(new IdentityHashMap<>());

        PythonPlan(ExporterSpec exporter) {
            this.exporter = exporter;
            exporter.export().values().forEach(this::look);
        }

        private void look(NodeSpec node) {
            if (node instanceof DriverSpec driver && isPython(driver)) {
                take(node);
            } else {
                NodeSpec.children(node).values().forEach(this::look);
            }
        }

        /** Known to be one, or of a package that the configuration brings along. */
        private boolean isPython(DriverSpec driver) {
            boolean brought = exporter.python().environment() != null
                    || !exporter.python().packages().isEmpty();
            return !here.get().contains(driver.type())
                    && (StockTypes.names().contains(driver.type())
                            || brought && driver.type().contains("."));
        }

        private void take(NodeSpec node) {
            NodeSpec target = node.target(exporter);
            boolean elsewhere = target instanceof DriverSpec driver
                    && !StockTypes.names().contains(driver.type())
                    && !isPython(driver);
            if (target != null && !elsewhere && python.add(target)) {
                NodeSpec.children(target).values().forEach(this::take);
            }
        }

        @Override
        public @Nullable String of(NodeSpec node) {
            return python.contains(node) ? OUTPOST : null;
        }

        @Override
        public List<Problem> check(NodeSpec node) {
            String named = exporter.python().environment();
            return named == null || Files.isExecutable(Path.of(named, "bin", "python"))
                    ? List.of()
                    : List.of(new Problem(
                            "python.environment",
                            named + " is no virtual environment: it has no bin/python"
                                    + " (expected: the folder that python3 -m venv made)"));
        }

        @Override
        public Outpost open(String outpost, Place place) {
            Set<String> packages = new TreeSet<>(exporter.python().packages());
            if (packages.isEmpty() && exporter.python().environment() == null) {
                packages.add(StockTypes.packageOf(DriverCatalog.COMPOSITE));
                python.forEach(node -> {
                    if (node instanceof DriverSpec driver) {
                        packages.add(StockTypes.packageOf(driver.type()));
                    }
                });
            }
            return new ProcessOutpost(
                    place,
                    new PythonLauncher(
                            () -> environments.python(exporter.python().environment(), packages, place)));
        }
    }
}
