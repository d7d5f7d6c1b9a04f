package dev.rigbus.kernel.host;

import dev.rigbus.grpc.Code;
import dev.rigbus.kernel.call.Failures;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The first time of new instances of drivers. They have failed when most of their calls end in an error that is nobody's but the driver's.
 * Safe to use from any thread.
 */
public final class Trial {
    /** How long it takes. */
    public static final Duration TIME = Duration.ofMinutes(1);

    /** So many errors may always be. */
    static final int FEW = 5;

    private final LongSupplier nanos;
    private final long start;
    private final Consumer<String> failed;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * @param nanos a clock that never goes back
     * @param failed told once, with the reason
     */
    public Trial(LongSupplier nanos, Consumer<String> failed) {
        this.nanos = nanos;
        this.start = nanos.getAsLong();
        this.failed = failed;
    }

    public boolean isOver() {
        return nanos.getAsLong() - start > TIME.toNanos();
    }

    /** @param cause absent for a call that went well */
    public void ended(@Nullable Throwable cause) {
        if (isOver()) {
            return;
        }
        int all = calls.incrementAndGet();
        if (cause == null || !isFault(cause)) {
            return;
        }
        int bad = errors.incrementAndGet();
        if (bad >= FEW && bad * 2 > all && told.compareAndSet(false, true)) {
            failed.accept(bad + " of " + all + " calls failed, the last with: "
                    + Failures.status(cause).text());
        }
    }

    /** What a caller did wrong, or called off, says nothing about the driver. */
    private static boolean isFault(Throwable cause) {
        Code code = Failures.status(cause).code();
        return code == Code.UNKNOWN || code == Code.INTERNAL || code == Code.DATA_LOSS;
    }
}
