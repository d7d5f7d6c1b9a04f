package dev.rigbus.app.j;

import dev.rigbus.client.PortForward;
import dev.rigbus.client.typed.NetworkClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A network port. */
@Command(description = "Generic Network Connection")
final class NetworkCommands extends GroupCommands {
    private final NetworkClient network;
    private final Io io;

    NetworkCommands(NetworkClient network, Io io) {
        this.network = network;
        this.io = io;
    }

    @Command(name = "forward-tcp", description = "Forward local TCP port to remote network")
    void forwardTcp(
            @Option(names = "--address", defaultValue = "localhost", description = "Default: localhost.")
                    String address,
            @Parameters(paramLabel = "PORT", description = "The TCP port to listen on; 0 for any.") int port)
            throws IOException, InterruptedException {
        try (PortForward forward = network.forwardTcp(address, port)) {
            io.out().println(forward.address());
            io.out().flush();
            new CountDownLatch(1).await();
        }
    }

    @Command(name = "forward-unix", description = "Forward local Unix domain socket to remote network")
    void forwardUnix(
            @Parameters(
                            arity = "0..1",
                            paramLabel = "PATH",
                            description = "The path of the Unix domain socket to listen on; default: a new one.")
                    @Nullable
                    Path path)
            throws IOException, InterruptedException {
        Path room = path == null ? Files.createTempDirectory("rigbus-forward-") : null;
        Path socket = room == null ? io.directory().resolve(path) : room.resolve("socket");
        try (PortForward forward = network.forwardUnix(socket)) {
            io.out().println(forward.address());
            io.out().flush();
            new CountDownLatch(1).await();
        } finally {
            if (room != null) {
                Files.deleteIfExists(room);
            }
        }
    }

    @Command(description = "Direct TCP connection to remote network")
    void address(@Option(names = "--host") boolean host, @Option(names = "--port") boolean port) {
        String address = network.address();
        URI parsed = URI.create(address.contains("://") ? address : "tcp://" + address);
        if (host == port) {
            io.out().println(address.replaceFirst("^[a-z]+://", ""));
        } else {
            io.out().println(host ? parsed.getHost().replaceAll("[\\[\\]]", "") : String.valueOf(parsed.getPort()));
        }
    }
}
