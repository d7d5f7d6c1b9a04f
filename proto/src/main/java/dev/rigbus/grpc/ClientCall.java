package dev.rigbus.grpc;

import com.google.protobuf.MessageLite;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Map;
import java.util.TreeMap;

/** One call to a server, from its end as a client. */
public final class ClientCall extends GrpcStream {
    private static final Status LOST = new Status(Code.UNAVAILABLE, "the connection was lost");

    private final ClientListener client;
    private boolean headersTold;
    private boolean ended;
    private Status status = LOST;

    ClientCall(GrpcConnection connection, Http2Stream stream, ClientListener listener) {
        super(connection, stream);
        this.client = listener;
        this.listener = listener;
    }

    /** Sends the only or last message, and with it the end. */
    public void writeLast(MessageLite message) {
        write(message);
        end();
    }

    /** Says that no more messages follow. */
    public void end() {
        if (!ended && isOpen()) {
            ended = true;
            connection.writeData(stream, Unpooled.EMPTY_BUFFER, true);
        }
    }

    /** Ends the call at once, in both directions; without effect on one that is over. */
    public void cancel() {
        if (isOpen()) {
            status = new Status(Code.CANCELLED, "cancelled by the client");
            connection.reset(stream, Http2Error.CANCEL);
        }
    }

    @Override
    void beforeMessage() {
        // The headers went out with the start of the call.
    }

    @Override
    void headersRead(Http2Headers headers, boolean endOfStream) {
        CharSequence code = headers.get("grpc-status");
        if (code != null) {
            CharSequence text = headers.get("grpc-message");
            status = new Status(Code.of(number(code)), text == null ? "" : StatusText.decode(text));
        } else if (!"200".contentEquals(headers.status())) {
            status = new Status(Code.UNAVAILABLE, "the server answers with HTTP status " + headers.status());
        } else if (!headersTold) {
            headersTold = true;
            client.headers(plain(headers));
        }
        if (endOfStream) {
            inputEnded();
        }
    }

    private static int number(CharSequence code) {
        try {
            return Integer.parseInt(code.toString());
        } catch (NumberFormatException e) {
            return Code.UNKNOWN.number();
        }
    }

    private static Map<String, String> plain(Http2Headers headers) {
        Map<String, String> metadata = new TreeMap<>();
        headers.forEach(entry -> metadata.put(entry.getKey().toString(), entry.getValue().toString()));
        return metadata;
    }

    @Override
    void failed(Status failure) {
        status = failure;
        connection.reset(stream, Http2Error.CANCEL);
    }

    void refused(Status refusal) {
        status = refusal;
        close();
    }

    @Override
    void onClose() {
        client.finished(status);
    }
}
