package dev.rigbus.client;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.EndSessionRequest;
import dev.rigbus.wire.EndSessionResponse;
import dev.rigbus.wire.GetReportResponse;
import dev.rigbus.wire.GetStatusRequest;
import dev.rigbus.wire.GetStatusResponse;
import dev.rigbus.wire.LogStreamResponse;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A connection to an exporter and its tree of drivers, for who must not wait. Safe to use from any thread; futures complete on the client's
 * event loop.
 */
public final class AsyncExporter {
    private static final String SERVICE = "/jumpstarter.v1.ExporterService/";
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(5);

    private final EventLoopGroup loop;
    private final GrpcClient grpc;
    private final AsyncDriver root;

    private AsyncExporter(EventLoopGroup loop, GrpcClient grpc, AsyncDriver root) {
        this.loop = loop;
        this.grpc = grpc;
        this.root = root;
    }

    /** Connects and asks for the tree of drivers; fails with an {@link IOException} for people. */
    public static Future<AsyncExporter> connect(ExporterAddress address, ClientOptions options) {
        EventLoopGroup loop = Connector.newLoop();
        return new Connector(loop.next(), options)
                .connect(address)
                .compose(grpc -> AsyncCall.unary(
                                grpc,
                                SERVICE + "GetReport",
                                Empty.getDefaultInstance(),
                                options.timeout(),
                                GetReportResponse.parser())
                        .recover(cause -> Future.failedFuture(refusal(address, cause)))
                        .compose(report -> made(loop, grpc, report)))
                .onFailure(cause -> shutDown(loop));
    }

    private static Future<AsyncExporter> made(EventLoopGroup loop, GrpcClient grpc, GetReportResponse report) {
        try {
            return Future.succeededFuture(new AsyncExporter(loop, grpc, Tree.build(report, grpc)));
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
    }

    private static IOException refusal(ExporterAddress address, Throwable cause) {
        String who = "the exporter at " + address;
        if (!(cause instanceof StatusException e)) {
            return new IOException(who + " cannot be understood: " + cause.getMessage(), cause);
        }
        return new IOException(
                switch (e.status().code()) {
                    case UNAUTHENTICATED -> who + " refuses: " + e.status().text();
                    case UNAVAILABLE, DEADLINE_EXCEEDED ->
                        who + " does not answer: " + e.status().text();
                    default -> who + " answers with " + e.status();
                },
                e);
    }

    /** The root of the tree; the drivers are below it. */
    public AsyncDriver root() {
        return root;
    }

    /**
     * A driver by its path from the root, such as {@code board.power}.
     *
     * @throws IllegalArgumentException for one that is not there; the text names those that are
     */
    public AsyncDriver driver(String path) {
        AsyncDriver driver = root;
        for (String name : path.split("\\.", -1)) {
            driver = driver.child(name);
        }
        return driver;
    }

    private <T> Future<T> ask(String method, MessageLite request, Duration limit, Parser<T> parser) {
        return AsyncCall.unary(grpc, SERVICE + method, request, limit, parser)
                .recover(cause -> Future.failedFuture(CallException.of(cause)));
    }

    /** What the exporter says of its session. */
    public Future<SessionStatus> status() {
        return ask("GetStatus", GetStatusRequest.getDefaultInstance(), STATUS_LIMIT, GetStatusResponse.parser())
                .map(SessionStatus::of);
    }

    /**
     * Waits until the session is in one of some states; an exporter that tells no states counts as ready.
     *
     * @return fails with a {@link java.util.concurrent.TimeoutException} when it is not in time
     */
    public Future<SessionStatus> waitForStatus(Set<SessionStatus.State> states, Duration limit) {
        Promise<SessionStatus> reached = Promise.promise();
        StatusMonitor monitor = new StatusMonitor(this, grpc.eventLoop(), true);
        monitor.start(
                status -> {
                    if (states.contains(status.state())) {
                        reached.tryComplete(status);
                    }
                },
                reached::tryFail);
        return reached.future()
                .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(
                        cause instanceof java.util.concurrent.TimeoutException
                                ? new java.util.concurrent.TimeoutException("the session was not "
                                        + String.join(
                                                " or ",
                                                states.stream()
                                                        .map(Enum::name)
                                                        .sorted()
                                                        .toList())
                                        + " within " + Durations.text(limit))
                                : cause))
                .onComplete(done -> monitor.close());
    }

    /**
     * Is told of the session's status now and at every change, until it is closed.
     *
     * @param listener called on the client's event loop
     * @param lost told once, when the exporter does not answer any more
     */
    public AutoCloseable watchStatus(Consumer<SessionStatus> listener, Consumer<Throwable> lost) {
        StatusMonitor monitor = new StatusMonitor(this, grpc.eventLoop(), false);
        monitor.start(listener, lost);
        return monitor;
    }

    /**
     * Asks the exporter to end the session, and so to run its after-lease hook.
     *
     * @return whether it does; an exporter that is gone, or knows no sessions, has nothing to end
     */
    public Future<Boolean> endSession() {
        return AsyncCall.unary(
                        grpc,
                        SERVICE + "EndSession",
                        EndSessionRequest.getDefaultInstance(),
                        STATUS_LIMIT,
                        EndSessionResponse.parser())
                .map(EndSessionResponse::getSuccess)
                .recover(cause -> {
                    Code code = cause instanceof StatusException e ? e.status().code() : Code.UNKNOWN;
                    return switch (code) {
                        case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED -> Future.succeededFuture(true);
                        case UNIMPLEMENTED -> Future.succeededFuture(false);
                        default -> Future.failedFuture(CallException.of(cause));
                    };
                });
    }

    /** What the exporter and its drivers log, from a little before now on, until it is closed. */
    public AsyncLog log() {
        return new AsyncLog(logStream());
    }

    AsyncCall<LogStreamResponse> logStream() {
        return AsyncCall.asking(
                grpc, SERVICE + "LogStream", Empty.getDefaultInstance(), null, LogStreamResponse.parser());
    }

    /** Completes when the connection is gone, for whatever reason. */
    public Future<Void> closed() {
        Promise<Void> closed = Promise.promise();
        grpc.closed().addListener(done -> closed.complete());
        return closed.future();
    }

    /** Ends what is still under way. */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        grpc.close().addListener(done -> {
            closed.complete();
            shutDown(loop);
        });
        return closed.future();
    }

    private static void shutDown(EventLoopGroup loop) {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    }
}
