package dev.rigbus.grpc;

import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What the two ends of a call have in common: messages in both directions, each with its back-pressure. */
public abstract class GrpcStream {
    private static final int PREFIX_BYTES = 5;
    private static final int TOGETHER_BYTES = 16 * 1024;

    final GrpcConnection connection;
    final Http2Stream stream;
    private InputReader reader;
    private @Nullable GzipInflater inflater;
    private boolean paused;
    private boolean delivering;
    private boolean refused;
    private boolean inputEnded;
    private boolean halfCloseTold;
    private int unreturnedBytes;
    private int waitingBytes;
    private boolean closed;

    @Nullable
    CallListener listener;

    GrpcStream(GrpcConnection connection, Http2Stream stream) {
        this.connection = connection;
        this.stream = stream;
        this.reader = new MessageReader(connection.messageLimit());
    }

    public EventLoop eventLoop() {
        return connection.eventLoop();
    }

    /** False once the call is over; writing is then without effect. */
    public boolean isOpen() {
        return !closed;
    }

    /** False while the peer, or the network, takes no more; {@link CallListener#writable()} tells when that changes. */
    public boolean isWritable() {
        return !closed && connection.isWritable(stream);
    }

    /** Sends one message; it is flushed when the event loop has done what it is at. */
    public void write(MessageLite message) {
        int size = message.getSerializedSize();
        writeFrame(append(connection.alloc().buffer(PREFIX_BYTES + size), message, size));
    }

    /** Sends several messages, small ones together: each write of HTTP/2 costs more than a small message. */
    public void write(Collection<? extends MessageLite> messages) {
        ByteBuf frames = null;
        for (MessageLite message : messages) {
            int size = message.getSerializedSize();
            if (frames != null && frames.writableBytes() < PREFIX_BYTES + size) {
                writeFrame(frames);
                frames = null;
            }
            if (frames == null) {
                frames = connection.alloc().buffer(Math.max(TOGETHER_BYTES, PREFIX_BYTES + size));
            }
            append(frames, message, size);
        }
        if (frames != null) {
            writeFrame(frames);
        }
    }

    private static ByteBuf append(ByteBuf out, MessageLite message, int size) {
        return out.writeByte(0).writeInt(size).writeBytes(message.toByteArray());
    }

    /** Sends bytes that begin with the gRPC prefix; takes over the reference. */
    public void writeFrame(ByteBuf frame) {
        if (closed) {
            frame.release();
            return;
        }
        beforeMessage();
        connection.writeData(stream, frame, false);
    }

    /**
     * Tells the listener what the peer sends in pieces as they arrive instead of in messages: with the prefixes, cut anywhere, as {@link #writeFrame}
     * of another call takes them. To be chosen before anything has arrived.
     */
    public void receivePieces() {
        if (inflater != null) {
            throw new StatusException(Code.UNIMPLEMENTED, "compressed messages (expected: grpc-encoding identity)");
        }
        reader = new PieceReader(connection.messageLimit().bytes());
        // What is passed on is large and short-lived: Netty's default here gives its chunks back and has them zeroed
        // anew.
        connection.context().channel().config().setAllocator(PooledByteBufAllocator.DEFAULT);
    }

    /** Lets the peer send more than the limits of the connection say before it has to wait. */
    public void widenWindow(int bytes) {
        connection.widen(stream, bytes);
    }

    /** What has to be on the wire before the first message. */
    abstract void beforeMessage();

    /** Stops the flow of messages: the peer may send what its window holds, and then has to wait. */
    public void pause() {
        paused = true;
    }

    /** Lets messages flow again. */
    public void resume() {
        if (paused) {
            paused = false;
            deliver();
            tellWaiting();
        }
    }

    void useGzip() {
        inflater = new GzipInflater();
    }

    void dataRead(ByteBuf data, int flowControlledBytes, boolean endOfStream) {
        unreturnedBytes += flowControlledBytes;
        if (closed || refused) {
            returnBytes();
            return;
        }
        try {
            reader.read(data, inflater);
        } catch (StatusException e) {
            refused = true;
            failed(e.status());
            return;
        }
        if (endOfStream) {
            inputEnded = true;
        }
        deliver();
        tellWaiting();
    }

    /** What a reader takes at once is never told: it waits for nobody. */
    private void tellWaiting() {
        int change = unreturnedBytes - waitingBytes;
        if (change != 0) {
            waitingBytes = unreturnedBytes;
            connection.waiting(change);
        }
    }

    void inputEnded() {
        inputEnded = true;
        deliver();
    }

    private void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            deliverAll();
        } catch (StatusException e) {
            failed(e.status());
        } finally {
            delivering = false;
        }
    }

    private void deliverAll() {
        while (!paused && !closed) {
            ByteBuf message = reader.next();
            if (message == null) {
                break;
            }
            tellMessage(message);
        }
        if (paused || closed) {
            return;
        }
        returnBytes();
        if (inputEnded && !halfCloseTold) {
            halfCloseTold = true;
            if (reader.isPartial()) {
                throw new StatusException(Code.INTERNAL, "the stream ended in the middle of a message");
            }
            if (listener != null) {
                listener.halfClosed();
            }
        }
    }

    private void tellMessage(ByteBuf message) {
        if (listener == null) {
            message.release();
        } else {
            listener.message(message);
        }
    }

    private void returnBytes() {
        int bytes = unreturnedBytes;
        unreturnedBytes = 0;
        if (bytes > 0) {
            connection.consumed(stream, bytes);
        }
    }

    void writabilityChanged() {
        if (!closed && listener != null && isWritable()) {
            listener.writable();
        }
    }

    /** Trailers or initial headers from the peer. */
    abstract void headersRead(Http2Headers headers, boolean endOfStream);

    /** A failure in reading what the peer sent. */
    abstract void failed(Status status);

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        reader.release();
        unreturnedBytes = 0;
        tellWaiting();
        onClose();
        if (listener != null) {
            listener.closed();
        }
    }

    void onClose() {}
}
