package dev.rigbus.driver;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/**
 * The device's end of a raw byte stream: read from it what the device sends, write to it what the device is to get.
 *
 * <p>The two directions end one by one: {@link #end()} says that the device gets no more, while it may go on sending until the end
 * handler is called. Back-pressure is that of Vert.x: the reader pauses the stream, and a writer looks at {@code writeQueueFull()}.
 * One buffer is one chunk and keeps its borders, so datagrams are possible. A stream belongs to one context; all handlers run there.
 */
public interface ByteStream extends ReadStream<Buffer>, WriteStream<Buffer> {
    /** Lets the device go at once, in both directions; what is still under way may be lost. Closing twice is no error. */
    Future<Void> close();

    @Override
    ByteStream exceptionHandler(@Nullable Handler<Throwable> handler);
}
