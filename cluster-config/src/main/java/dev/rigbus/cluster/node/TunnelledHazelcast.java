package dev.rigbus.cluster.node;

import com.hazelcast.config.Config;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Vert.x's cluster manager, which joins only once the ways to the other nodes are open. */
final class TunnelledHazelcast extends HazelcastClusterManager {
    private final Function<Vertx, Future<Config>> ways;
    private @Nullable Vertx vertx;

    /** @param ways opens them, on the event loops of the Vert.x that is to join by them */
    TunnelledHazelcast(Function<Vertx, Future<Config>> ways) {
        this.ways = ways;
    }

    @Override
    public void init(Vertx made) {
        super.init(made);
        vertx = made;
    }

    @Override
    public void join(Completable<Void> joined) {
        ways.apply(Objects.requireNonNull(vertx)).onComplete(done -> {
            if (done.succeeded()) {
                setConfig(done.result());
                super.join(joined);
            } else {
                joined.fail(done.cause());
            }
        });
    }
}
