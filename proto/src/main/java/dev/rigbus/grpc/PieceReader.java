package dev.rigbus.grpc;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Hands the bytes of a stream on as they come, prefixes included, for one who sends them on unread. It follows the messages only to hold
 * them to the limit and to know where they end.
 */
final class PieceReader implements InputReader {
    private static final int PREFIX_BYTES = 5;
    private static final int SMALL_BYTES = 512;
    private static final int TOGETHER_BYTES = 8 * 1024;

    private final int mostBytes;
    private final Queue<ByteBuf> pieces = new ArrayDeque<>(2);
    private @Nullable ByteBuf gathering;
    private int prefixRead;
    private long length;

    PieceReader(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    @Override
    public void read(ByteBuf data, @Nullable GzipInflater inflater) {
        follow(data);
        int bytes = data.readableBytes();
        if (bytes >= SMALL_BYTES || pieces.isEmpty()) {
            gathering = null;
            pieces.add(data.readRetainedSlice(bytes));
        } else {
            gather(data);
        }
    }

    /** While nobody takes them, small pieces wait together: one at a time they would cost a hundred times their size. */
    private void gather(ByteBuf data) {
        ByteBuf into = gathering;
        if (into == null || into.writableBytes() < data.readableBytes()) {
            into = data.alloc().buffer(TOGETHER_BYTES, TOGETHER_BYTES);
            gathering = into;
            pieces.add(into);
        }
        into.writeBytes(data);
    }

    private void follow(ByteBuf data) {
        int at = data.readerIndex();
        int end = data.writerIndex();
        while (at < end) {
            if (prefixRead == PREFIX_BYTES) {
                int taken = (int) Math.min(length, end - at);
                at += taken;
                length -= taken;
            } else {
                readPrefix(data.getUnsignedByte(at++));
            }
            if (prefixRead == PREFIX_BYTES && length == 0) {
                prefixRead = 0;
            }
        }
    }

    private void readPrefix(int b) {
        if (prefixRead == 0) {
            length = 0;
            if (b != 0) {
                throw new StatusException(
                        Code.INTERNAL, "grpc: compressed flag set with identity or empty encoding (flag " + b + ")");
            }
        } else {
            length = length << 8 | b;
        }
        prefixRead++;
        if (prefixRead == PREFIX_BYTES && length > mostBytes) {
            throw new StatusException(
                    Code.RESOURCE_EXHAUSTED,
                    "grpc: received message larger than max (" + length + " vs. " + mostBytes + ")");
        }
    }

    @Override
    public @Nullable ByteBuf next() {
        ByteBuf piece = pieces.poll();
        if (piece != null && piece == gathering) {
            gathering = null;
        }
        return piece;
    }

    @Override
    public boolean isPartial() {
        return prefixRead > 0;
    }

    @Override
    public void release() {
        for (ByteBuf piece = next(); piece != null; piece = next()) {
            piece.release();
        }
    }
}
