package dev.rigbus.cluster.node;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The wire between two nodes: what comes here goes on to another port, unless it is cut. */
final class Relay implements Closeable {
    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    Relay(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** From now on nothing gets through and nobody is told, as where a cable is pulled. */
    void cut() {
        cut = true;
    }

    /** What was open while it was cut is of no use any more. */
    void heal() {
        closeSockets();
        cut = false;
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket from = server.accept();
            sockets.add(from);
            if (!cut) {
                run(() -> lead(from));
            }
        }
    }

    private void lead(Socket from) throws IOException {
        Socket to = new Socket();
        sockets.add(to);
        try {
            to.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        } catch (IOException e) {
            from.close();
            throw e;
        }
        run(() -> pump(to, from));
        pump(from, to);
    }

    private void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[16 * 1024];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (!cut) {
                    out.write(bytes, 0, read);
                }
            }
        } finally {
            sockets.remove(from);
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void run(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // Closed by one side or the other: that is what wires are for.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void closeSockets() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // Closed already, then.
            }
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        server.close();
        closeSockets();
    }
}
