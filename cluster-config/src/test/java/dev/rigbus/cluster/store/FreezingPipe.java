package dev.rigbus.cluster.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Stands between a client and a server, and can let everything hang, as a network does that loses packets. */
final class FreezingPipe implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch flowing = new CountDownLatch(0);

    FreezingPipe(int target) throws IOException {
        this.target = target;
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void freeze() {
        flowing = new CountDownLatch(1);
    }

    void thaw() {
        flowing.countDown();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket peer = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(peer);
                start(() -> copy(client, peer));
                start(() -> copy(peer, client));
            } catch (IOException e) {
                // Closed, or the server is down: then the client is told so by its connection ending.
            }
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            for (int count; (count = from.getInputStream().read(buffer)) > 0; ) {
                flowing.await();
                to.getOutputStream().write(buffer, 0, count);
            }
        } catch (IOException | InterruptedException e) {
            // One side went.
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "pipe");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        thaw();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
