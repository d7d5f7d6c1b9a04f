package dev.rigbus.drivers.serial;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A port and the socket that its bytes go through; one thread for each direction. A port that vanishes may return
 * meanwhile.
 */
final class HostedPort {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final long LOOK_AGAIN_MILLIS = 50;
    private static final long DRAIN_MILLIS = 1000;

    private final String path;
    private final int baudrate;
    private final boolean disableHupcl;
    private final long reopenMillis;
    private final IntConsumer news;
    private final CountDownLatch written = new CountDownLatch(1);
    private @Nullable NativePort port;
    private @Nullable ServerSocketChannel server;
    private @Nullable SocketChannel client;
    private boolean vanished;
    private boolean over;

    HostedPort(String path, int baudrate, boolean disableHupcl, long reopenMillis, IntConsumer news) {
        this.path = path;
        this.baudrate = baudrate;
        this.disableHupcl = disableHupcl;
        this.reopenMillis = reopenMillis;
        this.news = news;
    }

    /** Opens the port, and the socket for the one client that comes for it. */
    synchronized void open(Path socket, Executor threads) throws PortFailure, IOException {
        port = NativePort.open(path, baudrate, disableHupcl);
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server = listening;
        listening.bind(UnixDomainSocketAddress.of(socket));
        threads.execute(() -> serve(listening, socket, threads));
    }

    boolean isAt(String otherPath) {
        return path.equals(otherPath);
    }

    void set(String line, boolean value) throws PortFailure {
        NativePort open = current();
        if (open == null) {
            throw new PortFailure(PortFailure.NO_SUCH_FILE);
        }
        open.set(line, value);
    }

    private void serve(ServerSocketChannel listening, Path socket, Executor threads) {
        try (SocketChannel channel = listening.accept()) {
            synchronized (this) {
                client = channel;
            }
            listening.close();
            Files.deleteIfExists(socket);
            threads.execute(() -> pumpToPort(channel));
            pumpFromPort(channel);
        } catch (IOException e) {
            // Either side has closed; what is left to do is the same.
        } finally {
            release();
        }
    }

    private void pumpFromPort(SocketChannel channel) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (NativePort from = current(); from != null; ) {
            int read = from.read(chunk);
            if (read <= 0) {
                from = reopen(from);
                continue;
            }
            for (ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, read); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
        }
    }

    private void pumpToPort(SocketChannel channel) {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        try {
            while (channel.read(chunk.clear()) >= 0) {
                writeAll(chunk.flip());
            }
        } catch (IOException e) {
            // The reading side sees it too and ends.
        } finally {
            written.countDown();
        }
    }

    /**
     * Writes the bytes once there is a port. Those under way when it vanishes are lost: sent again they might arrive
     * twice.
     */
    private void writeAll(ByteBuffer bytes) throws IOException {
        NativePort to = usable();
        while (bytes.hasRemaining()) {
            int taken = to.write(bytes.array(), bytes.position(), bytes.remaining());
            if (taken <= 0) {
                awaitOther(to);
                return;
            }
            bytes.position(bytes.position() + taken);
        }
    }

    private synchronized @Nullable NativePort current() {
        return over ? null : port;
    }

    private synchronized NativePort usable() throws IOException {
        while (vanished && !over) {
            await();
        }
        if (over || port == null) {
            throw new IOException("closed");
        }
        return port;
    }

    private synchronized void awaitOther(NativePort gone) throws IOException {
        while (!over && port == gone) {
            await();
        }
    }

    private synchronized void await() throws IOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Waits for a port that vanished; null when it did not return in time, or when nobody waits for it any more. */
    private @Nullable NativePort reopen(NativePort gone) {
        synchronized (this) {
            if (over) {
                return null;
            }
            vanished = true;
        }
        news.accept(PortHost.VANISHED);
        gone.close();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(reopenMillis);
        while (System.nanoTime() < end && current() != null) {
            try {
                NativePort returned = NativePort.open(path, baudrate, disableHupcl);
                news.accept(PortHost.RETURNED);
                return replace(returned);
            } catch (PortFailure e) {
                pause();
            }
        }
        return null;
    }

    private synchronized @Nullable NativePort replace(NativePort returned) {
        if (over) {
            returned.close();
            return null;
        }
        port = returned;
        vanished = false;
        notifyAll();
        return returned;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what has arrived for the port, as far as the port takes it soon, and closes. */
    void close() {
        try {
            // Also where the client is not accepted yet: what it sent lies in the socket.
            written.await(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        release();
    }

    private void release() {
        NativePort toClose;
        synchronized (this) {
            toClose = over ? null : port;
            over = true;
            notifyAll();
            closeQuietly(server);
            closeQuietly(client);
        }
        if (toClose != null) {
            toClose.close();
        }
    }

    private static void closeQuietly(@Nullable AutoCloseable channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (Exception e) {
            System.err.println("serial ports: " + e.getMessage());
        }
    }
}
