package dev.rigbus.cluster.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps this node's clock to that of the oldest one. */
final class LabTime {
    private static final Logger log = LoggerFactory.getLogger(LabTime.class);
    private static final long INTERVAL_MILLIS = 5_000;
    private static final long PATIENCE_MILLIS = 1_000;
    private static final long AGAIN_MILLIS = 200;
    /** Less than this may as well be the way of the answer. */
    private static final long TOLERANCE_MILLIS = 5;

    private final Vertx vertx;
    private final LabClock clock;
    private final String self;
    private final Supplier<String> oldest;
    private @Nullable MessageConsumer<Object> answering;
    private long timer;

    LabTime(Vertx vertx, LabClock clock, String self, Supplier<String> oldest) {
        this.vertx = vertx;
        this.clock = clock;
        this.self = self;
        this.oldest = oldest;
    }

    private static String address(String node) {
        return "node/" + node + "/time";
    }

    /** Takes the time over, before anybody here has asked for it; gives up after a while. */
    Future<Void> start(Duration patience) {
        return ask(System.nanoTime() + patience.toNanos()).onSuccess(taken -> {
            MessageConsumer<Object> consumer = vertx.eventBus().consumer(address(self));
            answering = consumer.handler(message -> message.reply(clock.running()));
            timer = vertx.setPeriodic(INTERVAL_MILLIS, each -> check());
        });
    }

    private Future<Void> ask(long until) {
        return take().recover(cause -> {
            if (System.nanoTime() > until) {
                log.warn("the lab's time is not known, that of this host is used: {}", cause.getMessage());
                return Future.succeededFuture();
            }
            return vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).compose(waited -> ask(until));
        });
    }

    /** To be called now and then, and when the oldest node is another. */
    void check() {
        take().onFailure(cause -> log.debug("node {} does not tell the time: {}", oldest.get(), cause.getMessage()));
    }

    private Future<Void> take() {
        String from = oldest.get();
        if (from.equals(self)) {
            return Future.succeededFuture();
        }
        long asked = System.nanoTime();
        return vertx.eventBus()
                .<Long>request(address(from), null, new DeliveryOptions().setSendTimeout(PATIENCE_MILLIS))
                .map(answer -> {
                    long way = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked);
                    adjust(from, answer.body() + way / 2, way);
                    return null;
                });
    }

    private void adjust(String from, long time, long way) {
        long behind = time - clock.running();
        if (Math.abs(behind) > TOLERANCE_MILLIS + way / 2) {
            if (Math.abs(behind) > PATIENCE_MILLIS) {
                log.info("this host's clock is put right by {} ms, to that of node {}", behind, from);
            }
            clock.set(time);
        }
    }

    void stop() {
        vertx.cancelTimer(timer);
        if (answering != null) {
            answering.unregister();
        }
    }
}
