package dev.rigbus.driver;

import io.vertx.core.Future;
import java.util.List;

/**
 * A driver whose raw streams go on when another instance takes its place, such as a new version of it. The streams of others stay with the
 * old instance until they end.
 *
 * <p>Both sides have to be of this kind. Before {@link #handOver()} no call of the old instance runs any more and its streams are paused and
 * have no handlers; what a client writes meanwhile waits. Nothing may be lost and nothing come twice.
 */
public interface HandsOver extends Driver {
    /**
     * Lets go of what the streams need without closing it. Called once, on the event loop, on the old instance; {@link Driver#close()} follows.
     * A failed future leaves the streams where they are.
     */
    Future<Legacy> handOver();

    /**
     * Goes on with the streams of another instance. Called on the event loop; {@link Driver#start()} has been, and calls may have been too. If
     * it fails, the old instance is given its own legacy back by the same method.
     *
     * @return a stream for each of the legacy, in its order
     */
    Future<List<ByteStream>> takeOver(Legacy legacy);
}
