package dev.rigbus.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Cuts the bytes of a stream into gRPC messages, without copying them. */
final class MessageReader implements InputReader {
    private static final int PREFIX_BYTES = 5;

    private final MessageLimit limit;
    private final Queue<ByteBuf> complete = new ArrayDeque<>(2);
    private int prefixRead;
    private long length;
    private boolean compressed;
    private @Nullable ByteBuf partial;

    MessageReader(MessageLimit limit) {
        this.limit = limit;
    }

    @Override
    public void read(ByteBuf data, @Nullable GzipInflater inflater) {
        while (data.isReadable() || (prefixRead == PREFIX_BYTES && length == 0)) {
            if (prefixRead < PREFIX_BYTES) {
                readPrefix(data);
            } else {
                readBody(data, inflater);
            }
        }
    }

    private void readPrefix(ByteBuf data) {
        while (prefixRead < PREFIX_BYTES && data.isReadable()) {
            int b = data.readUnsignedByte();
            if (prefixRead == 0) {
                compressed = b == 1;
                length = 0;
                if (b > 1) {
                    throw new StatusException(Code.INTERNAL, "compressed flag " + b + " (expected 0 or 1)");
                }
            } else {
                length = length << 8 | b;
            }
            prefixRead++;
        }
        if (prefixRead == PREFIX_BYTES && length > limit.bytes()) {
            throw limit.exceededBy(length);
        }
    }

    private void readBody(ByteBuf data, @Nullable GzipInflater inflater) {
        int missing = (int) length - (partial == null ? 0 : partial.readableBytes());
        int taken = Math.min(missing, data.readableBytes());
        if (partial == null && taken == missing) {
            finish(taken == 0 ? Unpooled.EMPTY_BUFFER : data.readRetainedSlice(taken), inflater);
            return;
        }
        if (partial == null) {
            partial = data.alloc().compositeBuffer(1024);
        }
        ((CompositeByteBuf) partial).addComponent(true, data.readRetainedSlice(taken));
        if (taken == missing) {
            ByteBuf whole = partial;
            partial = null;
            finish(whole, inflater);
        }
    }

    private void finish(ByteBuf message, @Nullable GzipInflater inflater) {
        prefixRead = 0;
        if (!compressed) {
            complete.add(message);
            return;
        }
        try {
            if (inflater == null) {
                throw new StatusException(Code.INTERNAL, "compressed message without grpc-encoding");
            }
            complete.add(inflater.inflate(message, limit));
        } finally {
            message.release();
        }
    }

    @Override
    public @Nullable ByteBuf next() {
        return complete.poll();
    }

    boolean isEmpty() {
        return complete.isEmpty();
    }

    @Override
    public boolean isPartial() {
        return prefixRead > 0;
    }

    @Override
    public void release() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
        for (ByteBuf message = complete.poll(); message != null; message = complete.poll()) {
            message.release();
        }
    }
}
