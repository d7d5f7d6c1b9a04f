package dev.rigbus.lab.router;

import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.pump.StreamFrames;
import dev.rigbus.lab.identity.RouterTokens.Purpose;
import dev.rigbus.lab.model.ObjectName;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;

/**
 * A connection whose bytes travel in the frames of a call, to the one who serves it like any other connection. It lives on the event loop of
 * that call. What arrives is read where it lies; what leaves is copied once, into frames.
 */
final class TunnelChannel extends AbstractChannel {
    private static final int MOST_BYTES = 64 * 1024;
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final Status CUT = new Status(Code.CANCELLED, "the lease is over");

    private final ServerCall call;
    private final Purpose purpose;
    private final RouterMeter meter;
    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final SocketAddress address;
    private boolean open = true;
    private boolean readPending;

    TunnelChannel(ServerCall call, Purpose purpose, RouterMeter meter) {
        super(null);
        this.call = call;
        this.purpose = purpose;
        this.meter = meter;
        this.address = new TunnelAddress(call.peer());
    }

    boolean isOf(ObjectName lease, long fence) {
        return purpose.lease().equals(lease) && purpose.fence() == fence;
    }

    /** Ends both ways at once. */
    void cut() {
        call.finish(CUT);
        end();
    }

    CallListener peer() {
        return new Peer();
    }

    private void end() {
        if (open) {
            unsafe().close(newPromise());
        }
    }

    /** What the call tells. */
    private final class Peer implements CallListener {
        @Override
        public void message(ByteBuf message) {
            meter.passed(message.readableBytes());
            StreamFrames.Kind kind;
            try {
                kind = StreamFrames.read(message);
            } catch (IllegalArgumentException e) {
                message.release();
                throw new StatusException(Code.INTERNAL, e.getMessage());
            }
            if (kind == StreamFrames.Kind.DATA && message.isReadable() && open) {
                pipeline().fireChannelRead(message);
                if (!readPending) {
                    readPending = true;
                    call.afterRead(this::readComplete);
                }
                return;
            }
            message.release();
            if (kind == StreamFrames.Kind.END) {
                end();
            }
        }

        private void readComplete() {
            readPending = false;
            if (open) {
                pipeline().fireChannelReadComplete();
            }
        }

        @Override
        public void writable() {
            if (open) {
                unsafe().flush();
            }
        }

        @Override
        public void halfClosed() {
            end();
        }

        @Override
        public void closed() {
            end();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        while (call.isWritable() && in.current() != null) {
            ByteBuf frame = gather(in);
            if (frame.isReadable()) {
                meter.passed(frame.readableBytes());
                call.writeFrame(StreamFrames.data(frame, alloc()));
            } else {
                frame.release();
            }
        }
    }

    /** As much as fits into a frame, with room in front for its head. */
    private ByteBuf gather(ChannelOutboundBuffer in) {
        int most = (int) Math.min(MOST_BYTES, in.totalPendingWriteBytes());
        ByteBuf frame = alloc().ioBuffer(StreamFrames.HEAD_BYTES + most, StreamFrames.HEAD_BYTES + most)
                .setIndex(StreamFrames.HEAD_BYTES, StreamFrames.HEAD_BYTES);
        while (in.current() instanceof ByteBuf next) {
            int bytes = Math.min(next.readableBytes(), frame.writableBytes());
            if (bytes == 0 && next.isReadable()) {
                break;
            }
            frame.writeBytes(next, next.readerIndex(), bytes);
            if (bytes == next.readableBytes()) {
                in.remove();
            } else {
                next.skipBytes(bytes);
                in.progress(bytes);
            }
        }
        return frame;
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException("bytes only, not " + message.getClass());
    }

    /** The end of the bytes, as both peers say it: a frame, and the end of the call. */
    @Override
    protected void doClose() {
        open = false;
        call.writeFrame(StreamFrames.end(alloc()));
        call.finish(Status.OK);
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doBeginRead() {
        // It reads whatever comes; the windows of the calls inside hold back those who send too much.
    }

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    protected SocketAddress localAddress0() {
        return address;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return address;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                promise.setFailure(new UnsupportedOperationException("connected already"));
            }
        };
    }

    /** Says in logs who is at the other end. */
    private static final class TunnelAddress extends SocketAddress {
        private static final long serialVersionUID = 1L;

        private final String peer;

        TunnelAddress(String peer) {
            this.peer = peer;
        }

        @Override
        public String toString() {
            return "tunnel of " + peer;
        }
    }
}
