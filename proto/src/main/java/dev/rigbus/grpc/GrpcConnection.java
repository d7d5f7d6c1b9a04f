package dev.rigbus.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/2 connection that carries calls. Netty does the protocol; this class ties frames to calls, returns window as
 * calls consume, gathers flushes, and asks a silent peer whether it is still there.
 */
abstract class GrpcConnection extends Http2ConnectionHandler {
    private static final Logger log = LoggerFactory.getLogger(GrpcConnection.class);

    private final GrpcLimits limits;
    private final Http2Connection.PropertyKey callKey;
    private final List<Runnable> afterRead = new ArrayList<>();
    private final Backlog backlog = new Backlog();
    private @Nullable ChannelHandlerContext context;
    private boolean reading;
    private boolean flushScheduled;
    private long lastReadNs;
    private boolean pinged;
    private @Nullable ScheduledFuture<?> keepAlive;

    GrpcConnection(
            Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings, GrpcLimits limits) {
        super(decoder, encoder, settings);
        this.limits = limits;
        this.callKey = connection().newKey();
        encoder.flowController().listener(stream -> {
            GrpcStream call = call(stream);
            if (call != null) {
                call.writabilityChanged();
            }
        });
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                GrpcStream call = call(stream);
                if (call != null) {
                    call.close();
                }
            }
        });
    }

    /** A call by which the peer's headers are answered or followed up. */
    abstract void headersRead(Http2Stream stream, @Nullable GrpcStream call, Http2Headers headers, boolean endOfStream);

    final MessageLimit messageLimit() {
        return new MessageLimit(connection().isServer(), limits.messageBytes());
    }

    final EventLoop eventLoop() {
        return context().channel().eventLoop();
    }

    final ByteBufAllocator alloc() {
        return context().alloc();
    }

    final ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    final @Nullable GrpcStream call(Http2Stream stream) {
        return stream.getProperty(callKey);
    }

    final void attach(Http2Stream stream, GrpcStream call) {
        stream.setProperty(callKey, call);
    }

    final boolean isWritable(Http2Stream stream) {
        return encoder().flowController().isWritable(stream);
    }

    final void writeHeaders(Http2Stream stream, Http2Headers headers, boolean endOfStream, ChannelPromise promise) {
        encoder().writeHeaders(context(), stream.id(), headers, 0, endOfStream, promise);
        flushSoon();
    }

    final void writeData(Http2Stream stream, ByteBuf data, boolean endOfStream) {
        encoder()
                .writeData(
                        context(), stream.id(), data, 0, endOfStream, context().newPromise());
        flushSoon();
    }

    final void reset(Http2Stream stream, Http2Error error) {
        encoder().writeRstStream(context(), stream.id(), error.code(), context().newPromise());
        flushSoon();
    }

    final void consumed(Http2Stream stream, int bytes) {
        try {
            if (connection().local().flowController().consumeBytes(stream, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    /** So many more bytes wait for the reader of a call, or fewer. */
    final void waiting(int change) {
        backlog.change(context().channel(), change);
    }

    /** Makes the window of a stream this large, if it is smaller. */
    final void widen(Http2Stream stream, int bytes) {
        Http2LocalFlowController windows = connection().local().flowController();
        int missing = bytes - windows.initialWindowSize(stream);
        if (missing > 0) {
            try {
                windows.incrementWindowSize(stream, missing);
                flushSoon();
            } catch (Http2Exception e) {
                onError(context(), true, e);
            }
        }
    }

    /** Runs a task, such as the flush of a device's channel, once when all that has arrived so far has been read; at once outside of reading. */
    final void afterRead(Runnable task) {
        if (reading) {
            afterRead.add(task);
        } else {
            task.run();
        }
    }

    final void flushSoon() {
        // While reading, Netty's handler flushes at the end; else one flush serves all that this turn of the loop
        // writes.
        if (!reading && !flushScheduled) {
            flushScheduled = true;
            eventLoop().execute(() -> {
                flushScheduled = false;
                flush(context());
            });
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
        if (ctx.channel().isActive()) {
            opened();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        opened();
    }

    private void opened() throws Http2Exception {
        if (keepAlive != null) {
            return;
        }
        Http2LocalFlowController windows = connection().local().flowController();
        Http2Stream whole = connection().connectionStream();
        windows.incrementWindowSize(whole, limits.connectionWindowBytes() - windows.windowSize(whole));
        flush(context());
        lastReadNs = System.nanoTime();
        long periodNs = limits.keepAlive().toNanos();
        keepAlive = eventLoop()
                .scheduleWithFixedDelay(() -> askIfSilent(periodNs), periodNs, periodNs, TimeUnit.NANOSECONDS);
    }

    private void askIfSilent(long periodNs) {
        if (System.nanoTime() - lastReadNs < periodNs || backlog.isStopped()) {
            pinged = false;
        } else if (pinged) {
            log.debug("the peer {} does not answer", context().channel().remoteAddress());
            context().channel().close();
        } else {
            pinged = true;
            encoder().writePing(context(), false, lastReadNs, context().newPromise());
            flush(context());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        reading = true;
        lastReadNs = System.nanoTime();
        super.channelRead(ctx, msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        reading = false;
        for (int i = 0; i < afterRead.size(); i++) {
            afterRead.get(i).run();
        }
        afterRead.clear();
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        if (keepAlive != null) {
            keepAlive.cancel(false);
        }
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            // The peer is gone without a goodbye; closing tells its calls.
            log.debug("connection with {} lost: {}", ctx.channel().remoteAddress(), cause.getMessage());
            ctx.channel().close();
        } else {
            super.exceptionCaught(ctx, cause);
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception http2) {
        log.debug("connection with {} failed: {}", ctx.channel().remoteAddress(), cause.toString());
        super.onConnectionError(ctx, outbound, cause, http2);
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException http2) {
        log.debug("stream with {} failed: {}", ctx.channel().remoteAddress(), cause.toString());
        super.onStreamError(ctx, outbound, cause, http2);
    }

    /** Ties frames to calls. */
    static final class Frames extends Http2FrameAdapter {
        private @Nullable GrpcConnection owner;

        private GrpcConnection owner() {
            if (owner == null) {
                throw new IllegalStateException("no connection");
            }
            return owner;
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean endOfStream) {
            Http2Stream stream = owner().connection().stream(id);
            GrpcStream call = stream == null ? null : owner().call(stream);
            int bytes = data.readableBytes() + padding;
            if (call == null) {
                return bytes;
            }
            call.dataRead(data, bytes, endOfStream);
            return 0;
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean endOfStream) {
            Http2Stream stream = owner().connection().stream(id);
            if (stream != null) {
                owner().headersRead(stream, owner().call(stream), headers, endOfStream);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean endOfStream) {
            onHeadersRead(ctx, id, headers, padding, endOfStream);
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext ctx, long data) {
            owner().pinged = false;
        }
    }

    /** Makes the connection's parts as Netty's builder wires them, with our windows and limits. */
    static final class Builder<T extends GrpcConnection> extends AbstractHttp2ConnectionHandlerBuilder<T, Builder<T>> {
        private final Maker<T> maker;
        private final Frames frames = new Frames();

        Builder(boolean server, GrpcLimits limits, Maker<T> maker) {
            this.maker = maker;
            Http2Settings settings = Http2Settings.defaultSettings()
                    .initialWindowSize(limits.streamWindowBytes())
                    .maxHeaderListSize(limits.headerBytes());
            if (!server) {
                settings.pushEnabled(false);
            }
            initialSettings(settings);
            Http2Connection connection = new DefaultHttp2Connection(server, 0);
            connection
                    .remote()
                    .flowController(new DefaultHttp2RemoteFlowController(
                            connection, new UniformStreamByteDistributor(connection)));
            // The window of the connection refills by itself: a call that does not read must hold back nobody but its
            // own peer.
            connection.local().flowController(new DefaultHttp2LocalFlowController(connection, 0.5f, true));
            connection(connection);
            frameListener(frames);
            validateHeaders(false);
            gracefulShutdownTimeoutMillis(limits.grace().toMillis());
            decoderEnforceMaxRstFramesPerWindow(limits.resetsPerWindow(), 30);
            // A call that the server ends first ends with a reset of ours; by default 200 of them would cost the
            // connection.
            encoderEnforceMaxRstFramesPerWindow(limits.resetsPerWindow(), 30);
            decoderEnforceMaxConsecutiveEmptyDataFrames(1000);
        }

        @Override
        public T build() {
            return super.build();
        }

        @Override
        protected T build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            T made = maker.make(decoder, encoder, settings);
            frames.owner = made;
            return made;
        }
    }

    /** The constructor of a server's or a client's connection. */
    @FunctionalInterface
    interface Maker<T> {
        T make(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings);
    }
}
