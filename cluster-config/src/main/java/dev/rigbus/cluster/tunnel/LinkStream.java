package dev.rigbus.cluster.tunnel;

import dev.rigbus.kernel.pump.RawStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A raw stream over a connection between two nodes. Each piece has its length before it, in four bytes; none, of length 0, is the end of one
 * direction. So an end cannot be mistaken for a connection that broke, and the other direction goes on. Pieces are handed on as they come,
 * in part if need be: nothing is gathered or copied.
 */
final class LinkStream extends ChannelInboundHandlerAdapter implements RawStream {
    private static final int SMALL = 2048;

    private final Channel channel;
    /** What arrived before anybody listened. */
    private final Queue<ByteBuf> early = new ArrayDeque<>();

    private @Nullable Receiver receiver;
    private long length;
    private int lengthBytes;
    private long rest;
    private boolean ended;
    private boolean endSent;
    private boolean closed;
    private boolean over;

    LinkStream(Channel channel) {
        this.channel = channel;
    }

    /** Puts it on the channel, where it reads what follows. */
    static LinkStream on(Channel channel) {
        LinkStream stream = new LinkStream(channel);
        channel.config().setAutoRead(false);
        channel.pipeline().addLast(stream);
        return stream;
    }

    @Override
    public EventLoop eventLoop() {
        return channel.eventLoop();
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        for (ByteBuf chunk = early.poll(); chunk != null; chunk = early.poll()) {
            to.data(chunk);
        }
        to.readComplete();
        if (ended) {
            to.ended();
        }
        if (!channel.isActive()) {
            lost();
        } else {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && !ended && !closed) {
                read(in);
            }
        } finally {
            in.release();
        }
    }

    private void read(ByteBuf in) {
        if (rest > 0) {
            int part = (int) Math.min(rest, in.readableBytes());
            rest -= part;
            deliver(in.readRetainedSlice(part));
            return;
        }
        length = length << Byte.SIZE | in.readUnsignedByte();
        if (++lengthBytes == Integer.BYTES) {
            rest = length;
            length = 0;
            lengthBytes = 0;
            if (rest == 0) {
                inputEnded();
            }
        }
    }

    private void deliver(ByteBuf chunk) {
        if (receiver == null) {
            early.add(chunk);
        } else {
            receiver.data(chunk);
        }
    }

    private void inputEnded() {
        ended = true;
        if (receiver != null) {
            receiver.ended();
        }
        closeIfDone();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (receiver != null) {
            receiver.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (receiver != null && channel.isWritable() && !closed) {
            receiver.writable();
        }
    }

    @Override
    public void write(ByteBuf chunk) {
        if (closed || endSent) {
            chunk.release();
            return;
        }
        int length = chunk.readableBytes();
        if (length > SMALL) {
            channel.write(channel.alloc().buffer(Integer.BYTES).writeInt(length));
            channel.write(chunk);
            return;
        }
        // Each write goes through the whole of the pipeline, which costs more than to copy so little.
        channel.write(
                channel.alloc().buffer(Integer.BYTES + length).writeInt(length).writeBytes(chunk));
        chunk.release();
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void end() {
        if (!endSent && !closed) {
            endSent = true;
            channel.writeAndFlush(channel.alloc().buffer(Integer.BYTES).writeInt(0));
            closeIfDone();
        }
    }

    /** The last one to end closes, once what it has sent is on its way. */
    private void closeIfDone() {
        if (ended && endSent) {
            closed = true;
            channel.writeAndFlush(channel.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void pause() {
        channel.config().setAutoRead(false);
    }

    @Override
    public void resume() {
        channel.config().setAutoRead(true);
    }

    @Override
    public void close() {
        closed = true;
        early.forEach(ByteBuf::release);
        early.clear();
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        lost();
    }

    private void lost() {
        if (receiver != null && !over && !closed) {
            over = true;
            closed = true;
            receiver.failed(new IOException("the connection to the other node was lost"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
