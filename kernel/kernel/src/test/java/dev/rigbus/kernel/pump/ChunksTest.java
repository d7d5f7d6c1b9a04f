package dev.rigbus.kernel.pump;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunksTest {
    /** A line whose bytes are kept, and come back in whatever pieces a test likes. */
    private static final class Line implements RawStream {
        private final EventLoop loop = new DefaultEventLoop();
        private final ByteBuf written = Unpooled.buffer();
        private @Nullable Receiver receiver;

        @Override
        public EventLoop eventLoop() {
            return loop;
        }

        @Override
        public void start(Receiver to) {
            receiver = to;
        }

        @Override
        public void write(ByteBuf chunk) {
            written.writeBytes(chunk);
            chunk.release();
        }

        @Override
        public void flush() {}

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void end() {}

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void close() {}

        void arrive(int most) {
            while (written.isReadable()) {
                byte[] piece = new byte[Math.min(most, written.readableBytes())];
                written.readBytes(piece);
                Objects.requireNonNull(receiver).data(Unpooled.wrappedBuffer(piece));
            }
        }
    }

    private static final class Heard implements RawStream.Receiver {
        private final List<byte[]> chunks = new ArrayList<>();
        private boolean ended;

        @Override
        public void data(ByteBuf chunk) {
            chunks.add(ByteBufUtil.getBytes(chunk));
            chunk.release();
        }

        @Override
        public void ended() {
            ended = true;
        }

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void writable() {}
    }

    private final Line line = new Line();
    private final Heard heard = new Heard();
    private final Chunks chunks = new Chunks(line);

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 1000, 70_000, 1 << 20})
    void aChunkArrivesAsOneHoweverTheLineCutsIt(int pieces) {
        chunks.start(heard);
        List<byte[]> sent = List.of(random(1), random(0), random(70_000), random(4), random(5));
        sent.forEach(chunk -> chunks.write(Unpooled.wrappedBuffer(chunk)));
        line.arrive(pieces);
        assertThat(heard.chunks).containsExactlyElementsOf(sent);
    }

    @Test
    void oneThatIsTooLargeToBeKeptArrivesInPieces() {
        chunks.start(heard);
        byte[] large = random(Chunks.MOST_WHOLE + 100);
        chunks.write(Unpooled.wrappedBuffer(large));
        chunks.write(Unpooled.wrappedBuffer(random(3)));
        line.arrive(64 * 1024);
        ByteBuf all = Unpooled.buffer();
        heard.chunks.subList(0, heard.chunks.size() - 1).forEach(all::writeBytes);
        assertThat(ByteBufUtil.getBytes(all)).isEqualTo(large);
        assertThat(heard.chunks.get(heard.chunks.size() - 1)).isEqualTo(random(3));
        assertThat(heard.chunks.size()).isGreaterThan(10);
    }

    @Test
    void halfAChunkIsNone() {
        chunks.start(heard);
        chunks.write(Unpooled.wrappedBuffer(random(10)));
        line.written.writerIndex(9);
        line.arrive(100);
        Objects.requireNonNull(line.receiver).ended();
        assertThat(heard.chunks).isEmpty();
        assertThat(heard.ended).isTrue();
    }
}
