package dev.rigbus.kernel.pump;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A stream over a socket of this host: TCP, Unix, or a connected datagram socket. The channel is made with auto-read off. */
final class ChannelStream extends ChannelInboundHandlerAdapter implements RawStream {
    private final Channel channel;
    private final Queue<ByteBuf> early = new ArrayDeque<>(0);
    private @Nullable Receiver receiver;
    private boolean inputOver;
    private boolean endTold;
    private boolean outputOver;
    private boolean closed;
    private boolean dirty;

    ChannelStream(Channel channel) {
        this.channel = channel;
        channel.pipeline().addLast(this);
    }

    @Override
    public EventLoop eventLoop() {
        return channel.eventLoop();
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        // A peer that hangs up at once makes epoll read although nobody asked to.
        for (ByteBuf chunk = early.poll(); chunk != null; chunk = early.poll()) {
            to.data(chunk);
        }
        to.readComplete();
        if (inputOver || !channel.isActive()) {
            inputEnded();
        } else {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void write(ByteBuf chunk) {
        if (outputOver || closed) {
            chunk.release();
            return;
        }
        dirty = true;
        channel.write(chunk).addListener(written -> {
            if (!written.isSuccess()) {
                fail(written.cause());
            }
        });
    }

    @Override
    public void flush() {
        if (dirty) {
            dirty = false;
            channel.flush();
        }
    }

    @Override
    public boolean isWritable() {
        return closed || channel.isWritable();
    }

    @Override
    public void end() {
        if (outputOver || closed) {
            return;
        }
        outputOver = true;
        // A datagram socket has no end that could be told to the other side.
        if (channel instanceof DuplexChannel duplex) {
            dirty = false;
            channel.writeAndFlush(channel.alloc().buffer(0)).addListener(flushed -> duplex.shutdownOutput());
        }
    }

    @Override
    public void pause() {
        channel.config().setAutoRead(false);
    }

    @Override
    public void resume() {
        if (!closed) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void close() {
        closed = true;
        early.forEach(ByteBuf::release);
        early.clear();
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf chunk = message instanceof DatagramPacket packet ? packet.content() : (ByteBuf) message;
        if (closed) {
            ReferenceCountUtil.release(message);
        } else if (receiver == null) {
            early.add(chunk);
        } else {
            receiver.data(chunk);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (receiver != null && !closed) {
            receiver.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (receiver != null && !closed && channel.isWritable()) {
            receiver.writable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete) {
            inputEnded();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        inputEnded();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(cause);
    }

    private void inputEnded() {
        inputOver = true;
        if (!endTold && !closed && receiver != null) {
            endTold = true;
            receiver.ended();
        }
    }

    private void fail(Throwable cause) {
        if (closed) {
            return;
        }
        close();
        if (receiver != null) {
            receiver.failed(cause instanceof IOException ? cause : new IOException(cause));
        }
    }
}
