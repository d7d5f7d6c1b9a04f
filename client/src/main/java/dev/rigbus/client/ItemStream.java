package dev.rigbus.client;

import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.StreamingDriverCallResponse;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The results of a streaming call, as they come. A driver that is faster than its reader has to wait for it. For one thread.
 */
public final class ItemStream implements Iterator<@Nullable Object>, AutoCloseable {
    private final AsyncItems items;
    private @Nullable StreamingDriverCallResponse ahead;
    private boolean ended;

    ItemStream(AsyncItems items) {
        this.items = items;
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
                ahead = Await.forever(items.next());
                ended = ahead == null;
            } catch (StatusException e) {
                ended = true;
                items.close();
                throw CallException.ofItems(e);
            }
        }
        return ahead != null;
    }

    @Override
    public @Nullable Object next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException();
        }
        StreamingDriverCallResponse response = ahead;
        ahead = null;
        return Values.decode(response.getResult());
    }

    /** Tells the driver to stop. */
    @Override
    public void close() {
        ended = true;
        ahead = null;
        items.close();
    }
}
