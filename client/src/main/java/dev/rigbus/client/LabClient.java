package dev.rigbus.client;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.StreamResponse;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A way to a lab, to ask and to administer it. A call fails when the node is gone that it came to; the next one goes to any that is there. May be used
 * from any thread.
 */
public final class LabClient implements AutoCloseable {
    private static final long CLOSE_SECONDS = 5;

    private final EventLoopGroup loop;
    private final Connector connector;
    private final List<ExporterAddress> nodes;
    private final ClientOptions options;
    private final Map<String, Future<GrpcClient>> routers = new ConcurrentHashMap<>();
    private Future<GrpcClient> node;

    private LabClient(
            EventLoopGroup loop,
            Connector connector,
            List<ExporterAddress> nodes,
            ClientOptions options,
            Future<GrpcClient> node) {
        this.loop = loop;
        this.connector = connector;
        this.nodes = List.copyOf(nodes);
        this.options = options;
        this.node = node;
    }

    /**
     * Connects to a node.
     *
     * @param nodes of which the first is taken that is there
     * @param metadata sent with every call, such as who calls
     * @throws IOException with a text for people: nobody there, not trusted
     */
    public static LabClient connect(List<ExporterAddress> nodes, ClientOptions options, Map<String, String> metadata)
            throws IOException {
        EventLoopGroup loop = Connector.newLoop();
        try {
            Connector connector = new Connector(loop.next(), options, "node", metadata);
            Future<GrpcClient> node = connector.connect(nodes);
            ExporterClient.awaitIo(node);
            return new LabClient(loop, connector, nodes, options, node);
        } catch (IOException | RuntimeException e) {
            shutDown(loop);
            throw e;
        }
    }

    /** The connection to a node; another one if that is lost. */
    private synchronized Future<GrpcClient> node() {
        if (node.failed() || node.succeeded() && node.result().closed().isDone()) {
            node = connector
                    .connect(nodes)
                    .recover(cause -> Future.failedFuture(
                            new StatusException(Code.UNAVAILABLE, String.valueOf(cause.getMessage()))));
        }
        return node;
    }

    /**
     * Calls a method with one message each way.
     *
     * @param path such as {@code /package.Service/Method}
     * @throws CallException for what the node refuses
     */
    public <T extends MessageLite> T call(String path, MessageLite request, Parser<T> parser, Duration limit) {
        return CallException.in(
                () -> Await.forever(node().compose(to -> AsyncCall.unary(to, path, request, limit, parser))));
    }

    /** The same without waiting; fails with a {@link CallException} for what the node refuses. */
    public <T extends MessageLite> Future<T> ask(String path, MessageLite request, Parser<T> parser, Duration limit) {
        return node().compose(to -> AsyncCall.unary(to, path, request, limit, parser))
                .recover(cause -> Future.failedFuture(CallException.of(cause)));
    }

    /**
     * Opens the stream that a router joins with that of another peer. It is there at once, whether or not the other has come.
     *
     * @param endpoint of the router, as {@code host:port}
     * @param token by which it knows the two
     */
    public Future<ByteChannel> tunnel(String endpoint, String token) {
        return router(endpoint)
                .map(router -> ByteChannel.now(AsyncCall.start(
                        router,
                        "/jumpstarter.v1.RouterService/Stream",
                        Map.of("authorization", "Bearer " + token),
                        null,
                        StreamResponse.parser())));
    }

    /** Does something without waiting, after a while. */
    public <T> Future<T> later(long millis, Supplier<Future<T>> task) {
        Promise<T> done = Promise.promise();
        loop.schedule(() -> task.get().onComplete(done), millis, TimeUnit.MILLISECONDS);
        return done.future();
    }

    private Future<GrpcClient> router(String endpoint) {
        return routers.computeIfAbsent(
                endpoint,
                where -> new Connector(loop.next(), options, "router", Map.of())
                        .connect(ExporterAddress.parse(where))
                        .onFailure(cause -> routers.remove(where))
                        .onSuccess(router -> router.closed().addListener(done -> routers.remove(where))));
    }

    /**
     * Calls a method that answers with many messages, and hands them on one by one.
     *
     * @param limit for each of them
     * @throws CallException for what the node refuses
     */
    public <T extends MessageLite> void each(
            String path, MessageLite request, Parser<T> parser, Duration limit, Consumer<T> consumer)
            throws TimeoutException {
        GrpcClient to = CallException.in(() -> Await.forever(node()));
        AsyncCall<T> call = AsyncCall.asking(to, path, request, null, parser);
        try {
            for (T next = Await.result(call.in().next(), limit);
                    next != null;
                    next = Await.result(call.in().next(), limit)) {
                consumer.accept(next);
            }
        } catch (StatusException e) {
            throw CallException.of(e);
        } finally {
            call.cancel();
        }
    }

    @Override
    public void close() {
        routers.values().forEach(router -> router.onSuccess(GrpcClient::close));
        Future<GrpcClient> last;
        synchronized (this) {
            last = node;
        }
        if (last.succeeded()) {
            last.result().close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
        shutDown(loop);
    }

    private static void shutDown(EventLoopGroup loop) {
        loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
