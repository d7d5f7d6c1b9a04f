package dev.rigbus.kernel.pump;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A source that has been told to wait may still send a little, and look again whether there is room; it has to be told to go on all the same. */
@Timeout(30)
class BackPressureTest {
    private static final int CHUNK = 64 * 1024;

    private final EventLoop loop = new DefaultEventLoop();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CompletableFuture<Void> goOn = new CompletableFuture<>();
    private int taken;

    @AfterEach
    void stop() {
        threads.shutdownNow();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final RawStream.Receiver receiver = new RawStream.Receiver() {
        @Override
        public void data(ByteBuf chunk) {
            taken++;
            chunk.release();
        }

        @Override
        public void ended() {}

        @Override
        public void failed(Throwable cause) {
            goOn.completeExceptionally(cause);
        }

        @Override
        public void writable() {
            goOn.complete(null);
        }
    };

    private static ByteBuf chunk() {
        return Unpooled.wrappedBuffer(new byte[CHUNK]);
    }

    @Test
    void blockingStreamSaysWhenThereIsRoom() throws Exception {
        Semaphore allowed = new Semaphore(0);
        Semaphore written = new Semaphore(0);
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int single) throws IOException {
                throw new IOException("in pieces only");
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                allowed.acquireUninterruptibly();
                written.release();
            }
        };
        RawStream stream = RawStreams.blocking(loop, threads, InputStream.nullInputStream(), slow, () -> {});
        loop.submit(() -> {
                    stream.start(receiver);
                    for (int i = 0; i < 4; i++) {
                        stream.write(chunk());
                    }
                    assertThat(stream.isWritable()).isFalse();
                })
                .get();
        allowed.release();
        written.acquire();
        // Some of it is written, not enough yet to go on for.
        loop.submit(stream::isWritable).get();
        allowed.release(100);
        goOn.get();
        assertThat(loop.submit(stream::isWritable).get()).isTrue();
        loop.submit(stream::close).get();
    }

    @Test
    void loopStreamSaysWhenThereIsRoom() throws Exception {
        LoopStream stream = new LoopStream(loop);
        loop.submit(() -> {
                    RawStream.Receiver once = new RawStream.Receiver() {
                        @Override
                        public void data(ByteBuf chunk) {
                            receiver.data(chunk);
                            if (taken == 4) {
                                stream.pause();
                            }
                        }

                        @Override
                        public void ended() {}

                        @Override
                        public void failed(Throwable cause) {}

                        @Override
                        public void writable() {
                            receiver.writable();
                        }
                    };
                    stream.pause();
                    stream.start(once);
                    while (stream.isWritable()) {
                        stream.write(chunk());
                    }
                    stream.resume();
                    assertThat(taken).isEqualTo(4);
                    stream.isWritable();
                    assertThat(goOn).isNotDone();
                    stream.resume();
                })
                .get();
        goOn.get();
        assertThat(loop.submit(stream::isWritable).get()).isTrue();
    }
}
