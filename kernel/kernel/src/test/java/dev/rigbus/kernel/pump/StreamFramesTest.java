package dev.rigbus.kernel.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.rigbus.wire.FrameType;
import dev.rigbus.wire.StreamRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFramesTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 65_536, 3_000_000})
    void aDataFrameIsTheMessageThatOthersWrite(int size) throws Exception {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        ByteBuf roomy = Unpooled.buffer(StreamFrames.HEAD_BYTES + size)
                .setIndex(StreamFrames.HEAD_BYTES, StreamFrames.HEAD_BYTES)
                .writeBytes(payload);

        checked(StreamFrames.data(roomy, UnpooledByteBufAllocator.DEFAULT), payload);
        checked(StreamFrames.data(Unpooled.wrappedBuffer(payload), UnpooledByteBufAllocator.DEFAULT), payload);
    }

    private static void checked(ByteBuf frame, byte[] payload) throws Exception {
        assertThat(frame.readByte()).isZero();
        assertThat(frame.readInt()).isEqualTo(frame.readableBytes());
        StreamRequest read = StreamRequest.parseFrom(ByteBufUtil.getBytes(frame));
        assertThat(read.getFrameType()).isEqualTo(FrameType.FRAME_TYPE_DATA);
        assertThat(read.getPayload().toByteArray()).isEqualTo(payload);
        frame.release();
    }

    @Test
    void roomInFrontIsUsedWithoutAnotherBuffer() {
        ByteBuf roomy = Unpooled.buffer(64).setIndex(16, 16).writeBytes(new byte[] {1, 2, 3});
        assertThat(StreamFrames.data(roomy, UnpooledByteBufAllocator.DEFAULT)).isSameAs(roomy);
    }

    @Test
    void anEndIsTheTwoBytesThatStockSends() {
        ByteBuf frame = StreamFrames.end(UnpooledByteBufAllocator.DEFAULT);
        assertThat(ByteBufUtil.hexDump(frame)).isEqualTo("00000000021007");
        frame.release();
    }

    @Test
    void framesAreReadInPlace() {
        ByteBuf data = message(StreamRequest.newBuilder().setPayload(ByteString.copyFromUtf8("abc")));
        assertThat(StreamFrames.read(data)).isEqualTo(StreamFrames.Kind.DATA);
        assertThat(data.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("abc");

        ByteBuf end = message(StreamRequest.newBuilder().setFrameType(FrameType.FRAME_TYPE_GOAWAY));
        assertThat(StreamFrames.read(end)).isEqualTo(StreamFrames.Kind.END);

        ByteBuf ping = message(StreamRequest.newBuilder()
                .setFrameType(FrameType.FRAME_TYPE_PING)
                .setPayload(ByteString.copyFromUtf8("x")));
        assertThat(StreamFrames.read(ping)).isEqualTo(StreamFrames.Kind.OTHER);
        assertThat(StreamFrames.read(message(StreamRequest.newBuilder().setFrameTypeValue(99))))
                .isEqualTo(StreamFrames.Kind.OTHER);
        assertThat(StreamFrames.read(Unpooled.EMPTY_BUFFER)).isEqualTo(StreamFrames.Kind.DATA);
    }

    private static ByteBuf message(StreamRequest.Builder message) {
        return Unpooled.wrappedBuffer(message.build().toByteArray());
    }

    @Test
    void fieldsThatComeLaterAreSkipped() {
        // Fields 3 (varint), 4 (fixed64), 5 (fixed32) and 6 (bytes) around the payload.
        ByteBuf frame = Unpooled.wrappedBuffer(
                ByteBufUtil.decodeHexDump("18ff01" + "0a026869" + "21" + "00".repeat(8) + "2d00000000" + "320101"));
        assertThat(StreamFrames.read(frame)).isEqualTo(StreamFrames.Kind.DATA);
        assertThat(frame.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("hi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0a", "0a05ab", "0aff", "ffffffffffffffffffffff", "0b", "0affffffff0f", "10"})
    void whatIsNoMessageIsRefused(String hex) {
        ByteBuf frame = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
        assertThatThrownBy(() -> StreamFrames.read(frame))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("malformed frame");
    }
}
