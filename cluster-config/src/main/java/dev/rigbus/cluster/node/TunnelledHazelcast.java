package dev.rigbus.cluster.node;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.topic.ITopic;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's cluster manager, which joins only once the ways to the other nodes are open.
 *
 * <p>A member that misses others clears away what they have said of their addresses. If they meet again meanwhile, it clears that out of
 * what they all share, and those it belongs to would never know. So whoever has cleared after somebody who is there asks all to say it
 * again, and so does whoever comes out of a split.
 */
final class TunnelledHazelcast extends HazelcastClusterManager {
    private static final String SAY_AGAIN = "rigbus.say-again";

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

    private Vertx vertx() {
        return Objects.requireNonNull(vertx);
    }

    @Override
    public void join(Completable<Void> joined) {
        ways.apply(vertx())
                .compose(config -> {
                    setConfig(config);
                    Promise<Void> among = Promise.promise();
                    super.join(among);
                    return among.future();
                })
                // The others are asked, by ways that lead over event loops.
                .compose(v -> vertx().executeBlocking(() -> topic().addMessageListener(asked -> sayAgain())))
                .<Void>mapEmpty()
                .onComplete(joined);
    }

    private ITopic<String> topic() {
        return getHazelcastInstance().getTopic(SAY_AGAIN);
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        super.memberRemoved(event);
        String gone = event.getMember().getAttribute(HazelcastConfig.NODE_ATTRIBUTE);
        boolean here = getHazelcastInstance().getCluster().getMembers().stream()
                .anyMatch(member -> Objects.equals(gone, member.getAttribute(HazelcastConfig.NODE_ATTRIBUTE)));
        if (here) {
            askAll();
        }
    }

    @Override
    public void stateChanged(LifecycleEvent event) {
        super.stateChanged(event);
        if (event.getState() == LifecycleState.MERGED) {
            askAll();
        }
    }

    /** What tells of members must not wait for others. */
    private void askAll() {
        HazelcastInstance hazelcast = getHazelcastInstance();
        vertx().executeBlocking(
                        () -> {
                            if (hazelcast.getLifecycleService().isRunning()) {
                                topic().publish(getNodeId());
                            }
                            return null;
                        },
                        false);
    }

    /** After a merge Vert.x says all that it knows of itself, and asks anew what it knew of others. */
    private void sayAgain() {
        vertx().executeBlocking(
                        () -> {
                            super.stateChanged(new LifecycleEvent(LifecycleState.MERGED));
                            return null;
                        },
                        false);
    }
}
