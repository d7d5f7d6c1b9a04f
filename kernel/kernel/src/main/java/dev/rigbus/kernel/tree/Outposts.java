package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Problem;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.session.LogHub;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Decides which drivers of an exporter do not run in this process, and where they do. */
public interface Outposts {
    /** Everything runs here. */
    Outposts NONE = new Outposts() {
        @Override
        public Collection<String> types() {
            return List.of();
        }

        @Override
        public Plan plan(ExporterSpec exporter) {
            return new Nowhere();
        }
    };

    /** Drivers that only run on an outpost. */
    Collection<String> types();

    Plan plan(ExporterSpec exporter);

    /** The outposts of one exporter. */
    interface Plan {
        /** The name of the outpost that a driver or a group runs on; absent for here. */
        @Nullable
        String of(NodeSpec node);

        /** Whether nodes may say which host of a lab they run on. */
        default boolean knowsHosts() {
            return false;
        }

        /** Whether what runs there is made of the types that this process knows, so that its settings can be checked here. */
        default boolean isOfThisProcess(NodeSpec node) {
            return false;
        }

        /** What can be said against a node that runs on an outpost without starting anything. */
        List<Problem> check(NodeSpec node);

        /** Makes an outpost; starts nothing. */
        Outpost open(String outpost, Place place);
    }

    /**
     * What an outpost has of the exporter that it belongs to.
     *
     * @param logs takes what the drivers on the outpost say
     * @param pickups where streams are left that are opened there
     * @param threads for what blocks
     */
    record Place(ExporterSpec exporter, Vertx vertx, LogHub logs, Pickups pickups, ExecutorService threads) {}

    /** No outpost. */
    final class Nowhere implements Plan {
        private Nowhere() {}

        @Override
        public @Nullable String of(NodeSpec node) {
            return null;
        }

        @Override
        public List<Problem> check(NodeSpec node) {
            return List.of();
        }

        @Override
        public Outpost open(String outpost, Place place) {
            throw new IllegalStateException("there is no outpost " + outpost);
        }
    }
}
