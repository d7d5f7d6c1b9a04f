package dev.rigbus.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class MessageReaderTest {
    private final MessageReader reader = new MessageReader(new MessageLimit(true, 1000));

    @RepeatedTest(20)
    void messagesAreFoundHoweverTheBytesAreCut() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ByteBuf all = Unpooled.buffer();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            byte[] message = new byte[random.nextInt(200)];
            random.nextBytes(message);
            sent.add(ByteBufUtil.hexDump(message));
            all.writeByte(0).writeInt(message.length).writeBytes(message);
        }
        List<String> got = new ArrayList<>();
        while (all.isReadable()) {
            reader.read(all.readSlice(Math.min(all.readableBytes(), 1 + random.nextInt(100))), null);
            drain(got);
        }
        assertThat(got).as("seed %d", seed).isEqualTo(sent);
        assertThat(reader.isPartial()).isFalse();
        all.release();
    }

    private void drain(List<String> got) {
        for (ByteBuf message = reader.next(); message != null; message = reader.next()) {
            got.add(ByteBufUtil.hexDump(message));
            message.release();
        }
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedByItsPrefix() {
        ByteBuf prefix = Unpooled.buffer().writeByte(0).writeInt(1 << 30);
        assertThatThrownBy(() -> reader.read(prefix, null))
                .hasMessageContaining(
                        "RESOURCE_EXHAUSTED: SERVER: Received message larger than max (1073741824 vs. 1000)");
    }

    @Test
    void aClientSaysThatItIsOne() {
        ByteBuf prefix = Unpooled.buffer().writeByte(0).writeInt(1 << 30);
        assertThatThrownBy(() -> new MessageReader(new MessageLimit(false, 1000)).read(prefix, null))
                .hasMessageContaining(": CLIENT: Received message larger than max (1073741824 vs. 1000)");
    }

    @Test
    void aLengthAboveTwoGigabytesIsNoNegativeOne() {
        ByteBuf prefix = Unpooled.buffer().writeByte(0).writeInt(-1);
        assertThatThrownBy(() -> reader.read(prefix, null)).hasMessageContaining("4294967295");
    }

    @Test
    void aCompressedMessageIsUnpackedWithinTheLimit() throws IOException {
        reader.read(compressed(new byte[900]), new GzipInflater());
        ByteBuf message = Objects.requireNonNull(reader.next());
        assertThat(message.readableBytes()).isEqualTo(900);
        message.release();
        assertThatThrownBy(() -> reader.read(compressed(new byte[100_000]), new GzipInflater()))
                .hasMessageContaining("larger than max");
    }

    private static ByteBuf compressed(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        }
        return Unpooled.buffer().writeByte(1).writeInt(packed.size()).writeBytes(packed.toByteArray());
    }

    @Test
    void aCompressedMessageNeedsAnEncoding() throws IOException {
        ByteBuf message = compressed(new byte[1]);
        assertThatThrownBy(() -> reader.read(message, null)).hasMessageContaining("without grpc-encoding");
    }
}
