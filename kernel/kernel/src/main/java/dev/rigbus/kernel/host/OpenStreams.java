package dev.rigbus.kernel.host;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.kernel.pump.RawStreams;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The raw streams of one driver that clients have open, so that a newer session can close them. */
final class OpenStreams {
    /** How each is closed: quietly while it waits for its client, with a word once the client has it. */
    private final Map<ByteStream, Consumer<Throwable>> open = new ConcurrentHashMap<>();

    private Consumer<ByteStream> gone = stream -> {};

    /** @param to told of each stream that no client has any more, on any thread */
    void onGone(Consumer<ByteStream> to) {
        gone = to;
    }

    /** On the driver's event loop. */
    void add(ByteStream stream) {
        open.put(stream, cause -> stream.close());
    }

    void abandon(ByteStream stream) {
        remove(stream);
        stream.close();
    }

    private @Nullable Consumer<Throwable> remove(ByteStream stream) {
        Consumer<Throwable> known = open.remove(stream);
        if (known != null) {
            gone.accept(stream);
        }
        return known;
    }

    /** Gives an added stream to its client, on the client's event loop. */
    RawStream take(ByteStream stream, EventLoop home, EventLoop wanted) {
        Taken taken = new Taken(stream, RawStreams.of(stream, home, wanted));
        if (open.replace(stream, taken::fail) == null) {
            taken.fail(new IllegalStateException("the stream is closed"));
        }
        return taken;
    }

    /** Closes all, on the driver's event loop. */
    void closeAll(Throwable cause) {
        open.keySet().forEach(stream -> close(stream, cause));
    }

    /** Closes one, on the driver's event loop. */
    void close(ByteStream stream, Throwable cause) {
        Consumer<Throwable> close = remove(stream);
        if (close != null) {
            close.accept(cause);
        }
    }

    /** A stream in the hands of a client. */
    private final class Taken implements RawStream {
        private final ByteStream stream;
        private final RawStream device;
        private @Nullable Receiver receiver;
        private @Nullable Throwable failure;

        Taken(ByteStream stream, RawStream device) {
            this.stream = stream;
            this.device = device;
        }

        /** Takes the stream away from its client. */
        void fail(Throwable cause) {
            device.eventLoop().execute(() -> {
                failure = cause;
                device.close();
                if (receiver != null) {
                    receiver.failed(cause);
                }
            });
        }

        @Override
        public EventLoop eventLoop() {
            return device.eventLoop();
        }

        @Override
        public void start(Receiver to) {
            if (failure != null) {
                to.failed(failure);
                return;
            }
            receiver = to;
            device.start(to);
        }

        @Override
        public void write(ByteBuf chunk) {
            device.write(chunk);
        }

        @Override
        public void flush() {
            device.flush();
        }

        @Override
        public boolean isWritable() {
            return device.isWritable();
        }

        @Override
        public void end() {
            device.end();
        }

        @Override
        public void pause() {
            device.pause();
        }

        @Override
        public void resume() {
            device.resume();
        }

        @Override
        public void close() {
            OpenStreams.this.remove(stream);
            device.close();
        }
    }
}
