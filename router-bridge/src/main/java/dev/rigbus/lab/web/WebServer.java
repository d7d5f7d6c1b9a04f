package dev.rigbus.lab.web;

import dev.rigbus.grpc.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.flow.FlowControlHandler;
import io.vertx.core.Future;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Function;

/** Speaks HTTP/1.1: small requests, one after the other on each connection, from peers that do not dawdle. */
final class WebServer {
    private static final int MOST_LINE_BYTES = 4 * 1024;
    private static final int MOST_HEADER_BYTES = 16 * 1024;
    private static final int MOST_BODY_BYTES = 64 * 1024;
    /** For a whole request, for an answer to be found, and again for it to be taken. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private WebServer() {}

    /** A handler that makes a connection, decrypted if it was encrypted, one of HTTP/1.1. */
    static ChannelHandler connection(Function<Request, Future<Answer>> pages, Duration patience) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                HttpDecoderConfig limits = new HttpDecoderConfig()
                        .setMaxInitialLineLength(MOST_LINE_BYTES)
                        .setMaxHeaderSize(MOST_HEADER_BYTES);
                channel.pipeline()
                        .addLast(
                                new HttpServerCodec(limits),
                                new HttpServerKeepAliveHandler(),
                                new SmallBodies(),
                                new FlowControlHandler(),
                                new Exchange(pages, patience));
            }
        };
    }

    static ChannelFuture listen(EventLoopGroup loops, SocketAddress address, ChannelHandler connection) {
        return new ServerBootstrap()
                .group(loops)
                .channelFactory(Transport.of(loops).server(address))
                .childHandler(connection)
                .bind(address);
    }

    /** Lets a peer go that announces or sends too much, instead of reading on to the end of it. */
    private static final class SmallBodies extends HttpObjectAggregator {
        SmallBodies() {
            super(MOST_BODY_BYTES, true);
        }

        @Override
        protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
            FullHttpResponse refusal = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, Unpooled.EMPTY_BUFFER);
            refusal.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0).set(HttpHeaderNames.CONNECTION, "close");
            ctx.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
