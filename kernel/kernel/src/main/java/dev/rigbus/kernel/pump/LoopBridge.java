package dev.rigbus.kernel.pump;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes a stream of one event loop usable on another, in order and with its back-pressure. */
final class LoopBridge implements RawStream {
    private static final int MOST_UNDER_WAY = 512 * 1024;

    private final RawStream far;
    private final EventLoop near;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean farWritable = true;
    private @Nullable Receiver receiver;
    private boolean closed;

    LoopBridge(RawStream far, EventLoop near) {
        this.far = far;
        this.near = near;
    }

    @Override
    public EventLoop eventLoop() {
        return near;
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        far.eventLoop()
                .execute(() -> far.start(new Receiver() {
                    @Override
                    public void data(ByteBuf chunk) {
                        near.execute(() -> tellData(chunk));
                    }

                    @Override
                    public void readComplete() {
                        near.execute(() -> tell(Receiver::readComplete));
                    }

                    @Override
                    public void ended() {
                        near.execute(() -> tell(Receiver::ended));
                    }

                    @Override
                    public void failed(Throwable cause) {
                        near.execute(() -> tell(r -> r.failed(cause)));
                    }

                    @Override
                    public void writable() {
                        farWritable = true;
                        near.execute(() -> tell(Receiver::writable));
                    }
                }));
    }

    private void tellData(ByteBuf chunk) {
        if (closed || receiver == null) {
            chunk.release();
        } else {
            receiver.data(chunk);
        }
    }

    private void tell(java.util.function.Consumer<Receiver> event) {
        if (!closed && receiver != null) {
            event.accept(receiver);
        }
    }

    @Override
    public void write(ByteBuf chunk) {
        int bytes = chunk.readableBytes();
        underWay.addAndGet(bytes);
        far.eventLoop().execute(() -> {
            far.write(chunk);
            farWritable = far.isWritable();
            if (underWay.addAndGet(-bytes) == 0 && farWritable) {
                near.execute(() -> tell(Receiver::writable));
            }
        });
    }

    @Override
    public void flush() {
        far.eventLoop().execute(far::flush);
    }

    @Override
    public boolean isWritable() {
        return farWritable && underWay.get() < MOST_UNDER_WAY;
    }

    @Override
    public void end() {
        far.eventLoop().execute(far::end);
    }

    @Override
    public void pause() {
        far.eventLoop().execute(far::pause);
    }

    @Override
    public void resume() {
        far.eventLoop().execute(far::resume);
    }

    @Override
    public void close() {
        closed = true;
        far.eventLoop().execute(far::close);
    }
}
