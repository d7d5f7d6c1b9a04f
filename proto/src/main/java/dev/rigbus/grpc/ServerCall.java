package dev.rigbus.grpc;

import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call that a peer makes. */
public final class ServerCall extends GrpcStream {
    private static final Logger log = LoggerFactory.getLogger(ServerCall.class);
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString APPLICATION_GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString STATUS_200 = AsciiString.cached("200");
    private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");
    private static final AsciiString ZERO = AsciiString.cached("0");

    private static final Status ABANDONED = new Status(Code.CANCELLED, "the peer gave the call up");

    private static final long LAST_WORDS_SECONDS = 1;

    private final Http2Headers request;
    private boolean headersSent;
    private boolean finished;
    private Status result = ABANDONED;
    private @Nullable ScheduledFuture<?> deadline;

    ServerCall(GrpcConnection connection, Http2Stream stream, Http2Headers request) {
        super(connection, stream);
        this.request = request;
    }

    /** Has the call served by this handler from now on, or refused where there is none; on the call's event loop. */
    public void serve(@Nullable CallHandler handler) {
        if (finished || !isOpen()) {
            return;
        }
        if (handler == null) {
            finish(new Status(Code.UNIMPLEMENTED, "Method not found!"));
            return;
        }
        try {
            listener = handler.start(this);
        } catch (StatusException e) {
            finish(e.status());
        } catch (RuntimeException e) {
            log.error("a call of {} could not be started", request.path(), e);
            finish(new Status(Code.INTERNAL, "internal error"));
        }
    }

    /** The last value of a piece of the call's metadata; the name in lower case. */
    public @Nullable String metadata(String name) {
        CharSequence last = null;
        for (CharSequence value : request.getAll(name)) {
            last = value;
        }
        return last == null ? null : last.toString();
    }

    /** All values of a piece of the call's metadata, in order; empty if it was not sent. The name in lower case. */
    public List<String> metadataAll(String name) {
        return request.getAll(name).stream().map(CharSequence::toString).toList();
    }

    /** The peer's address, for logs. */
    public String peer() {
        return String.valueOf(connection.context().channel().remoteAddress());
    }

    /** Sends the response headers before there is a message, with these pieces of metadata. */
    public void sendHeaders(Map<String, String> metadata) {
        if (headersSent || !isOpen()) {
            return;
        }
        headersSent = true;
        Http2Headers headers = responseHeaders(2 + metadata.size());
        metadata.forEach(headers::add);
        connection.writeHeaders(stream, headers, false, connection.context().newPromise());
    }

    @Override
    void beforeMessage() {
        sendHeaders(Map.of());
    }

    /** Ends the call; a second end is without effect. */
    public void finish(Status status) {
        if (finished || !isOpen()) {
            return;
        }
        finished = true;
        result = status;
        Http2Headers trailers = headersSent ? new DefaultHttp2Headers(false, 4) : responseHeaders(4);
        trailers.add(
                GRPC_STATUS,
                status.isOk() ? ZERO : Integer.toString(status.code().number()));
        if (!status.text().isEmpty()) {
            trailers.add(GRPC_MESSAGE, StatusText.encode(status.text()));
        }
        headersSent = true;
        ChannelPromise written = connection.context().newPromise();
        if (stream.state().remoteSideOpen()) {
            // The peer need not send what nobody will read.
            written.addListener(done -> {
                if (stream.state().remoteSideOpen()) {
                    connection.reset(stream, Http2Error.NO_ERROR);
                }
            });
        }
        connection.writeHeaders(stream, trailers, true, written);
    }

    /** With what it was ended; CANCELLED until then, and for good if the peer was first. */
    public Status result() {
        return result;
    }

    /** Ends the call; if the peer does not read so far within this time, without the status. */
    public void finish(Status status, Duration lastWords) {
        finish(status);
        if (isOpen() && deadline == null) {
            deadline = eventLoop().schedule(this::abandon, lastWords.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Runs the task once what has been read so far is worked off, for flushes of what a call feeds. */
    public void afterRead(Runnable task) {
        connection.afterRead(task);
    }

    private static Http2Headers responseHeaders(int sizeHint) {
        return new DefaultHttp2Headers(false, sizeHint).status(STATUS_200).add(CONTENT_TYPE, APPLICATION_GRPC);
    }

    void startDeadline(long nanos) {
        deadline = eventLoop().schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
    }

    private void expire() {
        finish(new Status(Code.DEADLINE_EXCEEDED, "Deadline Exceeded"));
        // A peer that does not read keeps the status from leaving; its call ends all the same.
        deadline = eventLoop().schedule(this::abandon, LAST_WORDS_SECONDS, TimeUnit.SECONDS);
    }

    private void abandon() {
        if (isOpen()) {
            connection.reset(stream, Http2Error.CANCEL);
        }
    }

    @Override
    void headersRead(Http2Headers headers, boolean endOfStream) {
        if (endOfStream) {
            inputEnded();
        }
    }

    @Override
    void failed(Status status) {
        finish(status, Duration.ofSeconds(LAST_WORDS_SECONDS));
    }

    @Override
    void onClose() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
