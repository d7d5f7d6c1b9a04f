package dev.rigbus.kernel.session;

import io.vertx.core.Future;
import io.vertx.core.Promise;

/** NOT FOR USE: a hold that never ends, with which the partition test proves that it would notice. */
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

    public static Holding none(String lease, long fence) {
        return new Holding(lease, "", fence);
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

    public Future<String> over() {
        return over.future();
    }

    void end(String text) {}
}
