package dev.rigbus.client;

import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.StreamingDriverCallResponse;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The results of a streaming call, as they come. A driver that is faster than its reader has to wait for it. For one thread.
 */
public final class ItemStream implements Iterator<@Nullable Object>, AutoCloseable {
    private final BlockingCall call;
    private byte @Nullable [] ahead;
    private boolean ended;

    ItemStream(BlockingCall call) {
        this.call = call;
    }

    /**
     * Waits for the next result, or the end.
     *
     * @throws CallException when the driver ends with a failure
     */
    @Override
    public boolean hasNext() {
        if (ahead == null && !ended) {
            try {
                ahead = call.next(null);
                ended = ahead == null;
            } catch (StatusException e) {
                ended = true;
                throw CallException.ofItems(e.status());
            } catch (TimeoutException e) {
                throw new IllegalStateException(e); // there is no limit that could be passed
            }
        }
        return ahead != null;
    }

    @Override
    public @Nullable Object next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException();
        }
        byte[] message = ahead;
        ahead = null;
        return Values.decode(
                Messages.parse(StreamingDriverCallResponse.parser(), message).getResult());
    }

    /** Tells the driver to stop. */
    @Override
    public void close() {
        ended = true;
        ahead = null;
        call.close();
    }
}
