package dev.rigbus.lab.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: takes a request, answers it, and only then takes the next. */
final class Exchange extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    private final Function<Request, Future<Answer>> pages;
    private final Duration patience;
    private @Nullable ScheduledFuture<?> watch;

    Exchange(Function<Request, Future<Answer>> pages, Duration patience) {
        this.pages = pages;
        this.patience = patience;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(false);
        next(ctx);
    }

    private void next(ChannelHandlerContext ctx) {
        watch(ctx);
        ctx.read();
    }

    /** What is at hand has to be done within the time allowed, or the connection ends. */
    private void watch(ChannelHandlerContext ctx) {
        unwatch();
        watch = ctx.executor().schedule(() -> ctx.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void unwatch() {
        if (watch != null) {
            watch.cancel(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        unwatch();
        ctx.fireChannelInactive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        watch(ctx);
        if (!request.decoderResult().isSuccess()) {
            answer(ctx, request.method(), false, Answer.text(400, "not a request\n"));
            return;
        }
        HttpMethod method = request.method();
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        find(request(ctx, request))
                .onComplete(done -> ctx.executor().execute(() -> {
                    if (done.failed()) {
                        log.error("{} could not be answered", request.uri(), done.cause());
                    }
                    Answer answer = done.succeeded() ? done.result() : Answer.text(500, "internal error\n");
                    answer(ctx, method, keepAlive, answer);
                }));
    }

    private static Request request(ChannelHandlerContext ctx, FullHttpRequest request) {
        String uri = request.uri();
        int query = uri.indexOf('?');
        return new Request(
                request.method(),
                query < 0 ? uri : uri.substring(0, query),
                request.headers().getAll(HttpHeaderNames.AUTHORIZATION),
                String.valueOf(ctx.channel().remoteAddress()),
                request.content().toString(StandardCharsets.UTF_8));
    }

    private Future<Answer> find(Request request) {
        try {
            return pages.apply(request);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpMethod method, boolean keepAlive, Answer answer) {
        if (!ctx.channel().isActive()) {
            return;
        }
        watch(ctx);
        ByteBuf body = ByteBufUtil.writeUtf8(ctx.alloc(), answer.body());
        int length = body.readableBytes();
        if (method.equals(HttpMethod.HEAD)) {
            body.clear();
        }
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, length)
                // Nothing here is to be kept, run, framed or guessed at by a browser.
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
                .set("x-frame-options", "DENY")
                .set("x-content-type-options", "nosniff")
                .set("referrer-policy", "no-referrer");
        if (answer.status() == 401) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        ctx.writeAndFlush(response).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess() && keepAlive) {
                next(ctx);
            } else {
                ctx.close();
            }
        });
    }

    /** Peers break connections off, and strangers send anything; neither is worth more than a line. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("HTTP connection of {}: {}", ctx.channel().remoteAddress(), cause.toString());
        ctx.close();
    }
}
