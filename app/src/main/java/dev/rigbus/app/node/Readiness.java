package dev.rigbus.app.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a node should get work: not while it drains, and not while its disk takes nothing. A database that all nodes share is not looked at:
 * where it is away no other node can do more. Safe to use from any thread.
 */
final class Readiness {
    private static final Logger log = LoggerFactory.getLogger(Readiness.class);

    static final Duration LOOK = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Supplier<Future<Void>> disk;
    private final BooleanSupplier draining;
    private long timer = -1;
    private boolean asking;
    private volatile @Nullable String trouble = "the node is starting";

    /** @param disk writes something; fails with words for users if that is impossible */
    Readiness(Vertx vertx, Supplier<Future<Void>> disk, BooleanSupplier draining) {
        this.vertx = vertx;
        this.disk = disk;
        this.draining = draining;
    }

    /** From now on looks every few seconds. */
    synchronized void start() {
        trouble = null;
        timer = vertx.setPeriodic(LOOK.toMillis(), tick -> look());
    }

    synchronized void stop() {
        trouble = "the node is stopping";
        vertx.cancelTimer(timer);
        timer = -1;
    }

    /** Asks the disk; a question that is still open when it is time for the next is an answer too. */
    void look() {
        synchronized (this) {
            if (asking) {
                found("the records have not been written for " + LOOK.toSeconds() + " s");
                return;
            }
            asking = true;
        }
        disk.get().onComplete(done -> {
            synchronized (this) {
                asking = false;
                found(done.succeeded() ? null : String.valueOf(done.cause().getMessage()));
            }
        });
    }

    private void found(@Nullable String now) {
        if (timer < 0) {
            return;
        }
        if (now != null && trouble == null) {
            log.error("not ready: {}", now);
        } else if (now == null && trouble != null) {
            log.info("ready again");
        }
        trouble = now;
    }

    /** Why it should get none, in a few words; absent if it should. */
    @Nullable
    String unready() {
        String known = trouble;
        return known == null && draining.getAsBoolean() ? "the node is draining" : known;
    }
}
