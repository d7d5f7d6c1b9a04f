package dev.rigbus.client;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.StatusException;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A connection to a node of a lab, to ask and to administer it. May be used from any thread. */
public final class LabClient implements AutoCloseable {
    private static final long CLOSE_SECONDS = 5;

    private final EventLoopGroup loop;
    private final GrpcClient grpc;

    private LabClient(EventLoopGroup loop, GrpcClient grpc) {
        this.loop = loop;
        this.grpc = grpc;
    }

    /**
     * Connects to a node.
     *
     * @param metadata sent with every call, such as who calls
     * @throws IOException with a text for people: nobody there, not trusted
     */
    public static LabClient connect(ExporterAddress address, ClientOptions options, Map<String, String> metadata)
            throws IOException {
        EventLoopGroup loop = Connector.newLoop();
        try {
            Connector connector = new Connector(loop.next(), options, "node", metadata);
            return new LabClient(loop, ExporterClient.awaitIo(connector.connect(address)));
        } catch (IOException | RuntimeException e) {
            shutDown(loop);
            throw e;
        }
    }

    /**
     * Calls a method with one message each way.
     *
     * @param path such as {@code /package.Service/Method}
     * @throws CallException for what the node refuses
     */
    public <T extends MessageLite> T call(String path, MessageLite request, Parser<T> parser, Duration limit) {
        return CallException.in(() -> Await.forever(AsyncCall.unary(grpc, path, request, limit, parser)));
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
        AsyncCall<T> call = AsyncCall.asking(grpc, path, request, null, parser);
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
        grpc.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        shutDown(loop);
    }

    private static void shutDown(EventLoopGroup loop) {
        loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
