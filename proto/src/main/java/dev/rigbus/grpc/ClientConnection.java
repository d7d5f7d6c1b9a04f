package dev.rigbus.grpc;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The client's side of a connection. */
final class ClientConnection extends GrpcConnection {
    private final String scheme;
    private final String authority;

    private ClientConnection(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            GrpcLimits limits,
            String scheme,
            String authority) {
        super(decoder, encoder, settings, limits);
        this.scheme = scheme;
        this.authority = authority;
    }

    static ClientConnection create(GrpcLimits limits, String scheme, String authority) {
        return new Builder<>(false, limits, (d, e, s) -> new ClientConnection(d, e, s, limits, scheme, authority))
                .build();
    }

    /** Opens a stream. Its headers leave with the first message if that is written in this turn of the loop, else alone: a server may speak first. */
    ClientCall start(String path, Map<String, String> metadata, ClientListener listener) {
        int id = connection().local().incrementAndGetNextStreamId();
        Http2Headers headers = new DefaultHttp2Headers(false, 8 + metadata.size())
                .method("POST")
                .scheme(scheme)
                .authority(authority)
                .path(path)
                .add("content-type", "application/grpc")
                .add("te", "trailers");
        metadata.forEach(headers::add);
        encoder().writeHeaders(context(), id, headers, 0, false, context().newPromise());
        Http2Stream stream = connection().stream(id);
        if (stream == null) {
            ClientCall refused = new ClientCall(this, connection().connectionStream(), listener);
            refused.refused(new Status(Code.UNAVAILABLE, "the connection takes no more calls"));
            return refused;
        }
        ClientCall call = new ClientCall(this, stream, listener);
        attach(stream, call);
        flushSoon();
        return call;
    }

    @Override
    void headersRead(Http2Stream stream, @Nullable GrpcStream call, Http2Headers headers, boolean endOfStream) {
        if (call != null) {
            call.headersRead(headers, endOfStream);
        }
    }
}
