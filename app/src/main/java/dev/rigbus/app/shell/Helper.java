package dev.rigbus.app.shell;

import dev.rigbus.app.j.Cli;
import dev.rigbus.app.thin.Frames;
import dev.rigbus.client.ExporterClient;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the command lines of {@code j} in this process, which has a connection and is warm. Whoever may open the folder of its socket may use it.
 */
final class Helper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Helper.class);
    private static final int BROKEN = 1;

    private final Path socket;
    private final ServerSocketChannel server;
    private final Connecting connecting;
    private ExporterClient client;
    private Future<Void> lost;

    private Helper(Path socket, ServerSocketChannel server, ExporterClient client, Connecting connecting) {
        this.socket = socket;
        this.server = server;
        this.client = client;
        this.lost = client.async().closed();
        this.connecting = connecting;
    }

    /** @param connecting makes another connection when one was lost */
    static Helper start(Path socket, ExporterClient client, Connecting connecting) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Helper helper = new Helper(socket, server, client, connecting);
        thread("j-listener", helper::accept);
        return helper;
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                thread("j", () -> serve(channel));
            } catch (IOException e) {
                if (server.isOpen()) {
                    log.warn("j cannot be served: {}", e.getMessage());
                    return;
                }
            }
        }
    }

    /** The connection, or another where that was lost: the shell outlives it. */
    private synchronized ExporterClient client() throws IOException {
        if (lost.isComplete()) {
            ExporterClient next = connecting.connect();
            client.close();
            client = next;
            lost = next.async().closed();
        }
        return client;
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            Frames frames = new Frames(channel);
            Frames.Frame command = frames.next();
            List<String> words = Arrays.asList(new String(command.content(), Charset.defaultCharset()).split("\0", -1));
            RemoteIo io = new RemoteIo(frames, Path.of(words.get(0)), words.get(1));
            Thread worker = Thread.currentThread();
            thread("j-input", () -> io.listen(worker));
            int code = BROKEN;
            try {
                code = Cli.run(client().root(), words.subList(2, words.size() - 1), io);
            } catch (IOException e) {
                io.err().println("Error: " + e.getMessage());
            } catch (RuntimeException e) {
                log.error("j failed", e);
            }
            // What the worker has been told since is not for the frames that follow.
            boolean gone = Thread.interrupted();
            io.flush();
            if (!gone) {
                frames.send(Frames.EXIT, ByteBuffer.allocate(4).putInt(code).array());
            }
        } catch (IOException e) {
            log.debug("a j has left: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        server.close();
        client.close();
        Files.deleteIfExists(socket);
    }
}
