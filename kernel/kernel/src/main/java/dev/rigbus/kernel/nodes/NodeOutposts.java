package dev.rigbus.kernel.nodes;

import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Problem;
import dev.rigbus.driver.Trait;
import dev.rigbus.kernel.pump.NodeLinks;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.NodeSpec.RefSpec;
import dev.rigbus.kernel.tree.Outpost;
import dev.rigbus.kernel.tree.Outposts;
import dev.rigbus.kernel.tree.Whereabouts;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which drivers of an exporter run on other nodes of the lab: those of which the configuration says so, or whose type can run anywhere, and
 * those below them of which it says nothing else. Drivers with the same whereabouts are hosted together.
 */
public final class NodeOutposts implements Outposts {
    private final @Nullable Site site;
    private final DriverCatalog catalog;

    /** @param hostings of this node, for drivers that may run on one of several */
    private record Site(Hosts hosts, NodeLinks links, Hostings hostings) {}

    /** @param catalog tells which types may run anywhere, and decides about what stays on this node */
    public NodeOutposts(Hosts hosts, NodeLinks links, Hostings hostings, DriverCatalog catalog) {
        this(new Site(hosts, links, hostings), catalog);
    }

    private NodeOutposts(@Nullable Site site, DriverCatalog catalog) {
        this.site = site;
        this.catalog = catalog;
    }

    /** For who checks an exporter before there is a lab; nothing can be started with it. */
    public static Outposts unplaced(DriverCatalog catalog) {
        return new NodeOutposts(null, catalog);
    }

    @Override
    public Collection<String> types() {
        return catalog.outposts().types();
    }

    @Override
    public Plan plan(ExporterSpec exporter) {
        return new NodePlan(exporter, catalog.outposts().plan(exporter));
    }

    private final class NodePlan implements Plan {
        private final Plan rest;
        private final Map<NodeSpec, String> homes = new IdentityHashMap<>();
        private final Map<String, Whereabouts> outposts = new HashMap<>();

        NodePlan(ExporterSpec exporter, Plan rest) {
            this.rest = rest;
            exporter.export().values().forEach(node -> look(node, Whereabouts.ABOVE));
        }

        private void look(NodeSpec node, Whereabouts above) {
            Whereabouts said = node.where().isGiven() ? node.where() : above;
            Whereabouts where = !said.isGiven() && isMovable(node) ? Whereabouts.ANYWHERE : said;
            if (!(node instanceof RefSpec) && where.isGiven() && !isHere(where)) {
                outposts.put(where.text(), where);
                homes.put(node, where.text());
            }
            NodeSpec.children(node).values().forEach(child -> look(child, where));
        }

        /** A driver that needs no particular host, and nothing below it that does. */
        private boolean isMovable(NodeSpec node) {
            DriverType<?> type =
                    node instanceof DriverSpec driver ? catalog.types().get(driver.type()) : null;
            return type != null
                    && type.is(Trait.ANYWHERE)
                    && NodeSpec.children(node).values().stream().allMatch(this::isMovable);
        }

        private boolean isHere(Whereabouts where) {
            return site != null
                    && !where.nodes().isEmpty()
                    && where.labels().isEmpty()
                    && where.nodes().equals(List.of(site.hosts().self()));
        }

        @Override
        public boolean knowsHosts() {
            return true;
        }

        @Override
        public @Nullable String of(NodeSpec node) {
            String home = homes.get(node);
            return home == null ? rest.of(node) : home;
        }

        @Override
        public List<Problem> check(NodeSpec node) {
            return homes.containsKey(node) ? List.of() : rest.check(node);
        }

        @Override
        public boolean isOfThisProcess(NodeSpec node) {
            return homes.containsKey(node) || rest.isOfThisProcess(node);
        }

        @Override
        public Outpost open(String outpost, Place place) {
            Whereabouts where = outposts.get(outpost);
            if (where == null) {
                return rest.open(outpost, place);
            }
            if (site == null) {
                throw new IllegalStateException("there is no lab");
            }
            return new NodeOutpost(where, site.hosts(), site.links(), site.hostings(), place);
        }
    }
}
