package dev.rigbus.client;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.GetReportResponse;
import dev.rigbus.wire.GetStatusRequest;
import dev.rigbus.wire.GetStatusResponse;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection to an exporter and its tree of drivers. May be used from any thread; closing it ends what is still under way. */
public final class ExporterClient implements AutoCloseable {
    private static final String SERVICE = "/jumpstarter.v1.ExporterService/";
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(5);
    private static final long CLOSE_SECONDS = 5;

    private final EventLoopGroup loop;
    private final GrpcClient grpc;
    private final DriverNode root;

    private ExporterClient(EventLoopGroup loop, GrpcClient grpc, Duration timeout) throws IOException {
        this.loop = loop;
        this.grpc = grpc;
        byte[] report = BlockingCall.unary(grpc, SERVICE + "GetReport", Empty.getDefaultInstance(), timeout);
        this.root = Tree.build(Messages.parse(GetReportResponse.parser(), report), this);
    }

    /** Connects to the exporter that the environment names, as inside {@code jmp shell}. */
    public static ExporterClient connect() throws IOException {
        Map<String, String> environment = System.getenv();
        return connect(ExporterAddress.ofEnvironment(environment), ClientOptions.ofEnvironment(environment));
    }

    /** Connects to {@code host:port} or to the Unix socket with this path. */
    public static ExporterClient connect(String address, ClientOptions options) throws IOException {
        return connect(ExporterAddress.parse(address), options);
    }

    /**
     * Connects and asks for the tree of drivers.
     *
     * @throws IOException with a text for people: nobody there, not trusted, wrong passphrase, no exporter
     */
    public static ExporterClient connect(ExporterAddress address, ClientOptions options) throws IOException {
        EventLoopGroup loop = Connector.newLoop();
        try {
            GrpcClient grpc = new Connector(loop.next(), options).connect(address);
            return new ExporterClient(loop, grpc, options.timeout());
        } catch (StatusException e) {
            shutDown(loop);
            throw new IOException(refusal(address, e), e);
        } catch (IOException | RuntimeException e) {
            shutDown(loop);
            throw e;
        }
    }

    private static String refusal(ExporterAddress address, StatusException e) {
        String who = "the exporter at " + address;
        return switch (e.status().code()) {
            case UNAUTHENTICATED -> who + " refuses: " + e.status().text();
            case UNAVAILABLE, DEADLINE_EXCEEDED ->
                who + " does not answer: " + e.status().text();
            default -> who + " answers with " + e.status();
        };
    }

    /** The root of the tree; the drivers are below it. */
    public DriverNode root() {
        return root;
    }

    /**
     * A driver by its path from the root, such as {@code board.power}.
     *
     * @throws IllegalArgumentException for one that is not there; the text names those that are
     */
    public DriverNode driver(String path) {
        DriverNode node = root;
        for (String name : path.split("\\.", -1)) {
            node = node.child(name);
        }
        return node;
    }

    /** What the exporter says of its session. */
    public SessionStatus status() {
        try {
            byte[] answer = BlockingCall.unary(
                    grpc, SERVICE + "GetStatus", GetStatusRequest.getDefaultInstance(), STATUS_LIMIT);
            return SessionStatus.of(Messages.parse(GetStatusResponse.parser(), answer));
        } catch (StatusException e) {
            throw CallException.of(e.status());
        }
    }

    /** What the exporter and its drivers log, from a little before now on. Close it when it is no longer of interest. */
    public LogStream logStream() {
        BlockingCall call = start(SERVICE + "LogStream", Map.of());
        call.write(Empty.getDefaultInstance());
        call.end();
        return new LogStream(call);
    }

    BlockingCall start(String path, Map<String, String> metadata) {
        return BlockingCall.start(grpc, path, metadata, null);
    }

    byte[] unary(String method, MessageLite request, @Nullable Duration limit) {
        return BlockingCall.unary(grpc, SERVICE + method, request, limit);
    }

    @Override
    public void close() {
        try {
            if (!grpc.close().await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new StatusException(Code.DEADLINE_EXCEEDED, "the connection could not be closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            shutDown(loop);
        }
    }

    private static void shutDown(EventLoopGroup loop) {
        loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
