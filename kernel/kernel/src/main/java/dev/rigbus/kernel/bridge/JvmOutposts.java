package dev.rigbus.kernel.bridge;

import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Problem;
import dev.rigbus.driver.Trait;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.NodeSpec.GroupSpec;
import dev.rigbus.kernel.tree.Outpost;
import dev.rigbus.kernel.tree.Outposts;
import dev.rigbus.kernel.tree.TypeRegistry;
import dev.rigbus.kernel.tree.TypeRegistry.Origin;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which drivers of an exporter run in a JVM of their own: those whose types want to be apart, and those below them, which such a driver may
 * use as objects. The types of one bundle share a process.
 */
public final class JvmOutposts implements Outposts {
    /** In front of the one line of such a JVM's output that is for the node. */
    public static final String MARK = ChildProcess.MARK;

    private final TypeRegistry registry;
    private final Supplier<List<String>> command;
    private final Outposts rest;

    /**
     * @param command starts a JVM that takes an order from its input, as {@link dev.rigbus.kernel.Apart} serves it
     * @param rest decides about all others
     */
    public JvmOutposts(TypeRegistry registry, Supplier<List<String>> command, Outposts rest) {
        this.registry = registry;
        this.command = command;
        this.rest = rest;
    }

    @Override
    public Collection<String> types() {
        return rest.types();
    }

    @Override
    public Plan plan(ExporterSpec exporter) {
        return new JvmPlan(exporter, rest.plan(exporter));
    }

    private final class JvmPlan implements Plan {
        private final ExporterSpec exporter;
        private final Plan others;
        private final Map<NodeSpec, String> apart = new IdentityHashMap<>();

        JvmPlan(ExporterSpec exporter, Plan others) {
            this.exporter = exporter;
            this.others = others;
            exporter.export().values().forEach(node -> look(node, null));
        }

        /** @param above where what it belongs to runs; absent for here */
        private void look(NodeSpec node, @Nullable String above) {
            NodeSpec target = above == null ? node : node.target(exporter);
            if (target == null || apart.containsKey(target)) {
                return;
            }
            String where = others.of(target) == null ? where(target, above) : null;
            if (where != null) {
                apart.put(target, where);
            }
            NodeSpec.children(target).values().forEach(child -> look(child, where));
        }

        private @Nullable String where(NodeSpec node, @Nullable String above) {
            if (node instanceof GroupSpec) {
                return above;
            }
            DriverType<?> type =
                    node instanceof DriverSpec driver ? registry.types().get(driver.type()) : null;
            if (type == null) {
                return null;
            }
            return type.is(Trait.APART) && above == null ? outpost(type) : above;
        }

        private String outpost(DriverType<?> type) {
            Origin origin = registry.origin(type);
            return "jvm" + (origin == null ? "" : " of " + origin.jar());
        }

        @Override
        public @Nullable String of(NodeSpec node) {
            String where = apart.get(node);
            return where == null ? others.of(node) : where;
        }

        @Override
        public boolean isOfThisProcess(NodeSpec node) {
            return apart.containsKey(node) || others.isOfThisProcess(node);
        }

        @Override
        public List<Problem> check(NodeSpec node) {
            return apart.containsKey(node) ? List.of() : others.check(node);
        }

        @Override
        public Outpost open(String outpost, Place place) {
            if (!apart.containsValue(outpost)) {
                return others.open(outpost, place);
            }
            Map<String, DriverType<?>> used = new TreeMap<>();
            Map<String, DriverType<?>> known = registry.types();
            apart.forEach((node, where) -> {
                if (where.equals(outpost) && node instanceof DriverSpec driver) {
                    DriverType<?> type = known.get(driver.type());
                    if (type != null) {
                        used.put(driver.type(), type);
                    }
                }
            });
            return new ProcessOutpost(place, new JvmLauncher(registry, command, used));
        }
    }
}
