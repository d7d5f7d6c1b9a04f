package dev.rigbus.grpc;

import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Map;
import java.util.TreeMap;

/** One call to a server, from its end as a client. */
public final class ClientCall extends GrpcStream {
    private static final Status LOST = new Status(Code.UNAVAILABLE, "the connection was lost");
    private static final Status CUT = new Status(Code.UNAVAILABLE, "the server broke off the call");

    private final ClientListener client;
    private boolean headersTold;
    private boolean ended;
    private boolean answered;
    private boolean abandoned;
    private boolean allTold;
    private boolean streamClosed;
    private Status status = LOST;

    ClientCall(GrpcConnection connection, Http2Stream stream, ClientListener listener) {
        super(connection, stream);
        this.client = listener;
        this.listener = new Teller();
    }

    /** Sends what has been written so far, as far as the peer takes it, without waiting for this turn of the event loop to end. */
    public void flush() {
        if (isOpen() && !streamClosed) {
            connection.flush(connection.context());
        }
    }

    /** Sends the only or last message, and with it the end. */
    public void writeLast(MessageLite message) {
        write(message);
        end();
    }

    /** Says that no more messages follow. */
    public void end() {
        if (!ended && isOpen() && !streamClosed) {
            ended = true;
            connection.writeData(stream, Unpooled.EMPTY_BUFFER, true);
        }
    }

    /** Ends the call at once, in both directions; without effect on one that is over. */
    public void cancel() {
        if (isOpen()) {
            abandon(new Status(Code.CANCELLED, "cancelled by the client"));
        }
    }

    private void abandon(Status reason) {
        abandoned = true;
        status = reason;
        if (streamClosed) {
            super.close();
        } else {
            connection.reset(stream, Http2Error.CANCEL);
        }
    }

    @Override
    public void resume() {
        try {
            super.resume();
        } catch (StatusException e) {
            failed(e.status());
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
            answered = true;
            readToTheEnd();
        }
    }

    private void readToTheEnd() {
        try {
            inputEnded();
        } catch (StatusException e) {
            // After a failure the server has no reason to complete the message that it was at.
            allTold = true;
            status = status.isOk() ? e.status() : status;
        }
        if (!ended) {
            connection.reset(stream, Http2Error.CANCEL);
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
        headers.forEach(entry ->
                metadata.put(entry.getKey().toString(), entry.getValue().toString()));
        return metadata;
    }

    @Override
    void failed(Status failure) {
        abandon(failure);
    }

    void refused(Status refusal) {
        status = refusal;
        close();
    }

    /** The stream is over; the call only when a paused listener has also had what had arrived before. */
    @Override
    void close() {
        streamClosed = true;
        if (!answered || abandoned || allTold) {
            super.close();
        }
    }

    @Override
    void onClose() {
        boolean cut = status.equals(LOST) && connection.context().channel().isActive();
        client.finished(cut ? CUT : status);
    }

    /** Hands on to the client, and notices when that has been told everything. */
    private final class Teller implements CallListener {
        @Override
        public void message(ByteBuf message) {
            client.message(message);
        }

        @Override
        public void halfClosed() {
            client.halfClosed();
            allTold = true;
            if (streamClosed) {
                close();
            }
        }

        @Override
        public void writable() {
            client.writable();
        }

        @Override
        public void closed() {
            client.closed();
        }
    }
}
