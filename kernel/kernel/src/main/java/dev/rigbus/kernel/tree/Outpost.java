package dev.rigbus.kernel.tree;

import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.host.Trial;
import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where some drivers of one exporter run together, if not in this process. */
public interface Outpost {
    /**
     * A driver, or a group, that runs there.
     *
     * @param path of the names in the tree, as {@code board.power}
     * @param node what is configured; its children are those below, whatever it says itself
     * @param children by name, also those that run elsewhere
     */
    record Post(String path, UUID uuid, NodeSpec node, Map<String, UUID> children) {}

    /** To be called before the start, for children before those that they belong to. */
    void add(Post post);

    /** Fails if it could not be started now, before anything of the exporter is; fine where that is not known. */
    default Future<Void> ready() {
        return Future.succeededFuture();
    }

    /**
     * Starts all drivers that were added, and again gives the same; complete when they answer at their addresses.
     *
     * @return what is to be told of them and of the children that they bring themselves, parents before children. It stays true for as long
     *     as the exporter lives, whatever is started anew behind it
     */
    Future<List<DriverInstanceReport>> start();

    /** Whether it runs drivers of types that are others now. */
    default boolean isStale(Map<String, DriverType<?>> types) {
        return false;
    }

    /** Has new instances of such types started and asked whether all is well, beside those that serve. Changes nothing if that fails. */
    default Future<Next> prepare(Map<String, DriverType<?>> types) {
        return Future.failedFuture(new UnsupportedOperationException());
    }

    /** New instances that could serve in the place of others. */
    interface Next {
        /**
         * Has them serve from now on; those before them finish what they have begun, for {@code linger} at most.
         *
         * @param trial watches them; absent for none
         */
        Future<Void> take(@Nullable Trial trial, Duration linger);

        /** They are not wanted. */
        Future<Void> drop();
    }

    /** Stops all of them, and waits until nothing is left; stopping twice is stopping once. */
    Future<Void> stop();
}
