package dev.rigbus.kernel.session;

import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * One client's hold on a leased exporter: from the begin of the lease, or a transfer, to its end or the next transfer. Safe for any thread.
 */
public final class Holding {
    private final String lease;
    private final String client;
    private final long fence;
    private final Promise<String> over = Promise.promise();

    Holding(String lease, String client, long fence) {
        this.lease = lease;
        this.client = client;
        this.fence = fence;
    }

    /** One that is over, for who comes too late. */
    public static Holding none(String lease, long fence) {
        Holding none = new Holding(lease, "", fence);
        none.end("the lease " + lease + " does not hold this exporter");
        return none;
    }

    public String lease() {
        return lease;
    }

    public String client() {
        return client;
    }

    public long fence() {
        return fence;
    }

    public boolean is(String otherLease, long otherFence) {
        return fence == otherFence && lease.equals(otherLease);
    }

    /** Completes, with a text for its client, when it is over; on the thread that ends it, so do not block. */
    public Future<String> over() {
        return over.future();
    }

    void end(String text) {
        over.tryComplete(text);
    }
}
