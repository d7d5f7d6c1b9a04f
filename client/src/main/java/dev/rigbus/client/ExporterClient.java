package dev.rigbus.client;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * A connection to an exporter and its tree of drivers. Its methods block the thread that calls them, which may be any but an event loop; closing it ends
 * what is still under way.
 */
public final class ExporterClient implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final AsyncExporter exporter;
    private final DriverNode root;

    private ExporterClient(AsyncExporter exporter) {
        this.exporter = exporter;
        this.root = new DriverNode(exporter.root());
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
        return new ExporterClient(awaitIo(AsyncExporter.connect(address, options)));
    }

    static <T> T awaitIo(Future<T> future) throws IOException {
        try {
            return Await.forever(future);
        } catch (StatusException e) {
            throw new IOException(e.getMessage(), e);
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** The same connection for who must not wait. */
    public AsyncExporter async() {
        return exporter;
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
        return CallException.in(() -> Await.forever(exporter.status()));
    }

    /**
     * Waits until the session is in one of some states; an exporter that tells no states counts as ready.
     *
     * @throws TimeoutException when it is not in time
     */
    public SessionStatus waitForStatus(Set<SessionStatus.State> states, Duration limit) throws TimeoutException {
        try {
            return Await.forever(exporter.waitForStatus(states, limit));
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof TimeoutException late) {
                throw late;
            }
            throw e;
        }
    }

    /** Asks the exporter to end the session, and so to run its after-lease hook; tells whether it does. */
    public boolean endSession() {
        return CallException.in(() -> Await.forever(exporter.endSession()));
    }

    /** What the exporter and its drivers log, from a little before now on. Close it when it is no longer of interest. */
    public LogStream logStream() {
        return new LogStream(exporter.logStream());
    }

    @Override
    public void close() {
        try {
            Await.result(exporter.close(), CLOSE);
        } catch (TimeoutException e) {
            throw new StatusException(Code.DEADLINE_EXCEEDED, "the connection could not be closed");
        }
    }
}
