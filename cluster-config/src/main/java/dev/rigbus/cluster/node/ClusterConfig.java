package dev.rigbus.cluster.node;

import dev.rigbus.cluster.beacon.BeaconConfig;
import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.kernel.ports.StoredRecord;
import io.netty.channel.ChannelHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.HostAndPort;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node needs to be one of many.
 *
 * @param address where the others reach its main port
 * @param release the version of Rigbus
 * @param labels by which drivers are placed on it
 * @param records of kind {@code node}, as they are on this node's disk
 * @param recorded the latest time that a record on the disk bears
 * @param join addresses at which there may be other nodes of the lab, beside those in the records
 * @param beacon absent for none
 * @param port opens the main port
 * @param silence after which a node counts as lost
 * @param vertx what else is to be set
 * @param millis the clock on the wall
 */
public record ClusterConfig(
        NodeIdentity identity,
        HostAndPort address,
        String release,
        Map<String, String> labels,
        Collection<StoredRecord> records,
        long recorded,
        List<HostAndPort> join,
        @Nullable BeaconConfig beacon,
        MainPort port,
        Duration silence,
        VertxOptions vertx,
        LongSupplier millis) {
    /** Long enough for a host that is busy, short enough for those who wait for one that is dead. */
    public static final Duration SILENCE = Duration.ofSeconds(8);

    /** Opens the port that all peers of a node come to, before the node joins the others: they have to reach it while it does. */
    @FunctionalInterface
    public interface MainPort {
        /**
         * @param protocols between nodes, by their names in the handshake (ALPN)
         */
        Future<?> open(Vertx vertx, Map<String, Supplier<? extends ChannelHandler>> protocols);

        /** The node does not join after all: closes the port while there are event loops to do it on. */
        default Future<Void> close() {
            return Future.succeededFuture();
        }
    }
}
