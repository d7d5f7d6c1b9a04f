package dev.rigbus.grpc;

import io.netty.buffer.ByteBuf;

/** What a call tells the one who serves or makes it, on the event loop of its connection. */
public interface CallListener {
    /** One message, without its gRPC prefix. The listener owns it and must release it. */
    void message(ByteBuf message);

    /** The peer sends no more messages. */
    default void halfClosed() {}

    /** The peer takes data again after {@link GrpcStream#isWritable()} was false. */
    default void writable() {}

    /** The call is over, however it ended; called once, last. */
    default void closed() {}
}
