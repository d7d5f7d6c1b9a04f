package dev.rigbus.kernel.grpc;

import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.kernel.pump.StreamFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Joins a client's stream and a device: every chunk passes from socket to socket without a copy, each direction ends by itself, and a side
 * that takes no more stops the other from sending. All on the event loop of the call.
 */
final class StreamPump implements CallListener, RawStream.Receiver {
    private final ServerCall call;
    private @Nullable RawStream device;
    private boolean flushPending;
    private boolean fromClientOver;
    private boolean fromDeviceOver;

    StreamPump(ServerCall call) {
        this.call = call;
    }

    void join(RawStream opened) {
        device = opened;
        opened.start(this);
    }

    @Override
    public void message(ByteBuf message) {
        StreamFrames.Kind kind;
        try {
            kind = StreamFrames.read(message);
        } catch (IllegalArgumentException e) {
            message.release();
            throw new StatusException(Code.INTERNAL, e.getMessage());
        }
        if (kind == StreamFrames.Kind.DATA && message.isReadable() && !fromClientOver && device != null) {
            give(device, message);
            return;
        }
        message.release();
        if (kind == StreamFrames.Kind.END) {
            halfClosed();
        }
    }

    private void give(RawStream to, ByteBuf chunk) {
        to.write(chunk);
        if (!flushPending) {
            flushPending = true;
            call.afterRead(this::flushDevice);
        }
        if (!to.isWritable()) {
            call.pause();
        }
    }

    private void flushDevice() {
        flushPending = false;
        if (device != null) {
            device.flush();
        }
    }

    @Override
    public void halfClosed() {
        if (!fromClientOver && device != null) {
            fromClientOver = true;
            device.end();
            finishIfOver();
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        if (fromDeviceOver || !call.isOpen()) {
            chunk.release();
            return;
        }
        call.writeFrame(StreamFrames.data(chunk, ByteBufAllocator.DEFAULT));
        if (!call.isWritable() && device != null) {
            device.pause();
        }
    }

    @Override
    public void ended() {
        if (!fromDeviceOver) {
            fromDeviceOver = true;
            call.writeFrame(StreamFrames.end(ByteBufAllocator.DEFAULT));
            finishIfOver();
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (!fromDeviceOver) {
            fromDeviceOver = true;
            // The stock port forward closes its local socket only when it reads this.
            call.writeFrame(StreamFrames.end(ByteBufAllocator.DEFAULT));
        }
        call.finish(new Status(Code.ABORTED, "RouterStream: " + cause.getMessage()));
    }

    private void finishIfOver() {
        if (fromClientOver && fromDeviceOver) {
            call.finish(Status.OK);
        }
    }

    /** The client takes data again. */
    @Override
    public void writable() {
        // Both sides call this when they take data again; whichever it was, both are looked at.
        if (device == null) {
            return;
        }
        if (call.isWritable()) {
            device.resume();
        }
        if (device.isWritable()) {
            call.resume();
        }
    }

    @Override
    public void closed() {
        if (device != null) {
            device.close();
        }
    }
}
