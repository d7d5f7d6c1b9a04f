package dev.rigbus.grpc;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** The server's side of a connection: starts a call for every stream that the peer opens. */
final class ServerConnection extends GrpcConnection {
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString GRPC_ENCODING = AsciiString.cached("grpc-encoding");
    private static final AsciiString GRPC_TIMEOUT = AsciiString.cached("grpc-timeout");

    private final CallHandlers handlers;

    private ServerConnection(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            GrpcLimits limits,
            CallHandlers handlers) {
        super(decoder, encoder, settings, limits);
        this.handlers = handlers;
    }

    static ServerConnection create(GrpcLimits limits, CallHandlers handlers) {
        return new Builder<>(true, limits, (d, e, s) -> new ServerConnection(d, e, s, limits, handlers)).build();
    }

    @Override
    void headersRead(Http2Stream stream, @Nullable GrpcStream call, Http2Headers headers, boolean endOfStream) {
        if (call != null) {
            call.headersRead(headers, endOfStream);
            return;
        }
        if (!isGrpc(headers)) {
            Http2Headers refusal = new DefaultHttp2Headers(false, 1).status("415");
            writeHeaders(stream, refusal, true, context().newPromise());
            return;
        }
        ServerCall started = new ServerCall(this, stream, headers);
        attach(stream, started);
        try {
            prepare(started, headers);
            started.serve(handlers.find(String.valueOf(headers.path())));
        } catch (StatusException e) {
            started.finish(e.status());
        }
        if (endOfStream) {
            started.inputEnded();
        }
    }

    private static void prepare(ServerCall call, Http2Headers headers) {
        CharSequence encoding = headers.get(GRPC_ENCODING);
        if (encoding != null && AsciiString.contentEquals(encoding, "gzip")) {
            call.useGzip();
        } else if (encoding != null && !AsciiString.contentEquals(encoding, "identity")) {
            throw new StatusException(
                    Code.UNIMPLEMENTED, "grpc-encoding " + encoding + " (expected: identity or gzip)");
        }
        CharSequence timeout = headers.get(GRPC_TIMEOUT);
        if (timeout != null) {
            call.startDeadline(Timeouts.nanos(timeout.toString()));
        }
    }

    private static boolean isGrpc(Http2Headers headers) {
        CharSequence type = headers.get(CONTENT_TYPE);
        return type != null
                && type.toString().startsWith("application/grpc")
                && AsciiString.contentEquals("POST", headers.method());
    }
}
