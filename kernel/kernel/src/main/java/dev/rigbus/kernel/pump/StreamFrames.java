package dev.rigbus.kernel.pump;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;

/**
 * The messages of {@code RouterService.Stream} without the detour over message objects: the two fields payload (1, bytes) and
 * frame type (2, enum) are read and written in place. Source: protocol 1.3 and 5.2.
 */
public final class StreamFrames {
    /** gRPC's prefix, the tag of the payload and its length. */
    public static final int HEAD_BYTES = 5 + 1 + 5;

    private static final int PAYLOAD_TAG = 0x0a;
    private static final int TYPE_TAG = 0x10;
    private static final int GOAWAY = 7;

    /** What a frame means to the one who gets it. */
    public enum Kind {
        DATA,
        END,
        OTHER
    }

    private StreamFrames() {}

    /** A DATA frame with its gRPC prefix around a chunk, whose buffer is used where it has room in front. */
    public static ByteBuf data(ByteBuf chunk, ByteBufAllocator alloc) {
        int payload = chunk.readableBytes();
        int head = 5 + 1 + varintBytes(payload);
        if (chunk.readerIndex() >= head && chunk.refCnt() == 1 && !chunk.isReadOnly()) {
            int start = chunk.readerIndex() - head;
            int end = chunk.writerIndex();
            chunk.setIndex(start, start);
            writeHead(chunk, payload);
            return chunk.writerIndex(end);
        }
        ByteBuf front = alloc.buffer(head);
        writeHead(front, payload);
        CompositeByteBuf both = alloc.compositeBuffer(2);
        return both.addComponent(true, front).addComponent(true, chunk);
    }

    private static void writeHead(ByteBuf out, int payload) {
        out.writeByte(0).writeInt(1 + varintBytes(payload) + payload).writeByte(PAYLOAD_TAG);
        int rest = payload;
        while (rest > 0x7f) {
            out.writeByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    private static int varintBytes(int value) {
        int bytes = 1;
        for (int rest = value >>> 7; rest > 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    /** A GOAWAY frame with its gRPC prefix: no more data in this direction. */
    public static ByteBuf end(ByteBufAllocator alloc) {
        return alloc.buffer(7).writeByte(0).writeInt(2).writeByte(TYPE_TAG).writeByte(GOAWAY);
    }

    /**
     * Reads a message and leaves the reader index and writer index of the buffer around its payload.
     *
     * @throws IllegalArgumentException if this is no such message
     */
    public static Kind read(ByteBuf message) {
        int payloadStart = message.readerIndex();
        int payloadEnd = payloadStart;
        long type = 0;
        while (message.isReadable()) {
            int tag = (int) varint(message);
            switch (tag & 7) {
                case 0 -> {
                    long value = varint(message);
                    type = tag == TYPE_TAG ? value : type;
                }
                case 1 -> skip(message, 8);
                case 2 -> {
                    int length = (int) varint(message);
                    if (tag == PAYLOAD_TAG) {
                        payloadStart = message.readerIndex();
                        payloadEnd = payloadStart + length;
                    }
                    skip(message, length);
                }
                case 5 -> skip(message, 4);
                default -> throw new IllegalArgumentException("malformed frame");
            }
        }
        message.setIndex(payloadStart, payloadEnd);
        return type == 0 ? Kind.DATA : type == GOAWAY ? Kind.END : Kind.OTHER;
    }

    private static void skip(ByteBuf message, int bytes) {
        if (bytes < 0 || bytes > message.readableBytes()) {
            throw new IllegalArgumentException(
                    "malformed frame: a field of " + bytes + " bytes in " + message.readableBytes());
        }
        message.skipBytes(bytes);
    }

    private static long varint(ByteBuf message) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!message.isReadable()) {
                throw new IllegalArgumentException("malformed frame: it ends within a number");
            }
            byte b = message.readByte();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("malformed frame: a number of more than ten bytes");
    }
}
