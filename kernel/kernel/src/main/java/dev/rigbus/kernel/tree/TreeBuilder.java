package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Settings;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.host.LocalDriver;
import dev.rigbus.kernel.session.LogHub;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.NodeSpec.GroupSpec;
import dev.rigbus.kernel.tree.NodeSpec.RefSpec;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Makes the drivers of a checked specification: children before parents, what a proxy stands for before those who use the proxy. */
final class TreeBuilder {
    private final Vertx vertx;
    private final ExporterSpec spec;
    private final TypeRegistry registry;
    private final Map<String, DriverType<?>> types;
    private final Outposts.Plan plan;
    private final Map<String, Outpost> outposts = new HashMap<>();
    private final World world;
    private final Pickups pickups;
    private final Map<NodeSpec, UUID> uuids;
    private final boolean successor;
    private final Map<NodeSpec, TreeNode> made = new IdentityHashMap<>();
    private final List<TreeNode> order = new ArrayList<>();

    /**
     * @param uuids of nodes that have one already; compared by identity
     * @param successor whether the same drivers run elsewhere, and are to be succeeded
     */
    TreeBuilder(
            Vertx vertx,
            ExporterSpec spec,
            DriverCatalog catalog,
            LogHub logs,
            ExecutorService threads,
            Pickups pickups,
            Map<NodeSpec, UUID> uuids,
            boolean successor) {
        this.vertx = vertx;
        this.spec = spec;
        this.registry = catalog.registry();
        this.types = catalog.types();
        this.plan = catalog.outposts().plan(spec);
        this.world = new World(vertx, threads, logs, spec.name());
        this.pickups = pickups;
        this.uuids = uuids;
        this.successor = successor;
    }

    private UUID uuid(NodeSpec node) {
        UUID given = uuids.get(node);
        return given == null ? UUID.randomUUID() : given;
    }

    DriverTree build() {
        GroupSpec root = new GroupSpec("export", spec.description(), spec.export());
        TreeNode top = make(root, "");
        return new DriverTree(vertx, spec.name(), registry, top, order, outposts.values());
    }

    private TreeNode make(NodeSpec node, String path) {
        TreeNode known = made.get(node);
        if (known != null) {
            return known;
        }
        TreeNode made = make(node, path, plan.of(node));
        this.made.put(node, made);
        return made;
    }

    private TreeNode make(NodeSpec node, String path, @Nullable String outpost) {
        if (node instanceof RefSpec ref) {
            return target(ref);
        }
        if (outpost != null) {
            return posted(node, path, outpost);
        }
        return node instanceof DriverSpec driver ? driver(driver, path) : group((GroupSpec) node, path);
    }

    private TreeNode posted(NodeSpec node, String path, String name) {
        Map<String, TreeNode> children = children(NodeSpec.children(node), path);
        Outpost outpost = outposts.computeIfAbsent(
                name, n -> plan.open(n, new Outposts.Place(spec, vertx, world.logs(), pickups, world.threads())));
        Map<String, UUID> below = new LinkedHashMap<>();
        children.forEach((child, each) -> below.put(child, each.uuid()));
        UUID uuid = uuid(node);
        outpost.add(new Outpost.Post(path, uuid, node, below));
        OutpostNode posted = new OutpostNode(path, uuid, outpost, children);
        order.add(posted);
        return posted;
    }

    private static String className(DriverSpec driver) {
        return driver.type().substring(driver.type().lastIndexOf('.') + 1);
    }

    private TreeNode target(RefSpec ref) {
        NodeSpec target = spec.at(ref.target());
        if (target == null) {
            throw new IllegalStateException(ref.key() + " was not checked");
        }
        return make(target, ref.target());
    }

    private Map<String, TreeNode> children(Map<String, NodeSpec> specs, String path) {
        Map<String, TreeNode> children = new LinkedHashMap<>();
        specs.forEach((name, child) -> children.put(name, make(child, path.isEmpty() ? name : path + "." + name)));
        return children;
    }

    private TreeNode group(GroupSpec group, String path) {
        Map<String, TreeNode> children = children(group.children(), path);
        Maker maker = new Maker(
                null, world.of(uuid(group), path, Level.INFO, "Composite"), group.description(), Map.of(), Map.of());
        NodeContext context = maker.contexts().make(Map.of(), false);
        return node(maker, new Made(new Composite(), context, null), children);
    }

    private TreeNode driver(DriverSpec driver, String path) {
        Map<String, TreeNode> children = children(driver.children(), path);
        DriverType<?> type = types.get(driver.type());
        if (type == null) {
            throw new IllegalStateException(driver.key() + " was not checked");
        }
        Settings common = SpecCheck.settings(driver);
        Level level = level(common.string("log_level", "INFO"));
        Maker maker = new Maker(
                driver,
                world.of(uuid(driver), path, level, className(driver)),
                driver.description(),
                driver.methodDescriptions(),
                common.stringMap("labels"));
        return node(maker, maker.make(type, isGroup(type) ? Map.of() : drivers(children), successor), children);
    }

    /** Whether it only holds others, and has nothing to do with them. */
    private static boolean isGroup(DriverType<?> type) {
        return type.name().equals(DriverCatalog.COMPOSITE);
    }

    /** Those that are objects of this process. */
    static Map<String, Driver> drivers(Map<String, TreeNode> children) {
        Map<String, Driver> drivers = new LinkedHashMap<>();
        children.forEach((name, child) -> {
            if (child instanceof LocalNode local) {
                drivers.put(name, local.driver());
            }
        });
        return drivers;
    }

    private static Level level(String word) {
        return switch (word) {
            case "DEBUG" -> Level.DEBUG;
            case "WARNING" -> Level.WARN;
            case "ERROR", "CRITICAL" -> Level.ERROR;
            default -> Level.INFO;
        };
    }

    private LocalNode node(Maker maker, Made made, Map<String, TreeNode> configured) {
        NodeContext context = made.context();
        LocalDriver host;
        try {
            host = new LocalDriver(context.uuid(), made.driver(), context.home(), world.threads(), pickups);
        } catch (IllegalArgumentException e) {
            throw new DriverStartException(context.path(), e);
        }
        Map<String, TreeNode> children = new LinkedHashMap<>(configured);
        LocalNode node = new LocalNode(context.uuid(), context.path(), maker, made, host, children);
        order.add(node);
        made.brought().forEach((name, child) -> children.put(name, node(bringer(), child, Map.of())));
        return node;
    }

    /** Of a driver that another brings. */
    private static Maker bringer() {
        return new Maker(
                null,
                (children, successor) -> {
                    throw new IllegalStateException("whoever brings it makes it");
                },
                null,
                Map.of(),
                Map.of());
    }
}
