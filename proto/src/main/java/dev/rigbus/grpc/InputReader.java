package dev.rigbus.grpc;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Makes of a stream's bytes what its listener is told. */
interface InputReader {
    /** Takes what can be read from the data; the caller keeps its reference. A {@link StatusException} refuses it. */
    void read(ByteBuf data, @Nullable GzipInflater inflater);

    /** The next complete unit, which then belongs to the caller. */
    @Nullable
    ByteBuf next();

    /** True in the middle of a message, where a stream must not end. */
    boolean isPartial();

    void release();
}
