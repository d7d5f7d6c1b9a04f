package dev.rigbus.driver;

import io.vertx.core.Future;

/**
 * Tells a running call that nobody waits for it any more: the client cancelled or vanished, or its deadline passed. A call on a
 * thread of its own is interrupted as well, so only asynchronous methods need this.
 */
public interface Cancellation {
    /** Completes when the call is cancelled, and never if it is not. */
    Future<Void> cancelled();

    boolean isCancelled();
}
