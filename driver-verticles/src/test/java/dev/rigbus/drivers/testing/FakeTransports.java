package dev.rigbus.drivers.testing;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Transports;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The transports that these drivers use, in their simplest form. */
final class FakeTransports implements Transports {
    private static final int CHUNK = 65536;

    private final Vertx vertx;

    FakeTransports(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Future<ByteStream> tcp(String host, int port) {
        return vertx.executeBlocking(() -> {
            Socket socket = new Socket(host, port);
            return blocking(socket.getInputStream(), new SocketOutput(socket), () -> closeQuietly(socket));
        });
    }

    @Override
    public Future<ByteStream> unix(Path path) {
        throw new UnsupportedOperationException("unix");
    }

    @Override
    public Future<ByteStream> udp(String host, int port) {
        throw new UnsupportedOperationException("udp");
    }

    @Override
    public Future<ByteStream> webSocket(URI url) {
        throw new UnsupportedOperationException("webSocket");
    }

    @Override
    public ByteStream loop() {
        FakeStream[] stream = new FakeStream[1];
        stream[0] = new FakeStream(
                vertx.getOrCreateContext(),
                data -> {
                    stream[0].arrived(data, false);
                    return Future.succeededFuture();
                },
                () -> {
                    stream[0].ended();
                    return Future.succeededFuture();
                },
                () -> {});
        return stream[0];
    }

    @Override
    public ByteStream blocking(InputStream in, OutputStream out, Runnable onClose) {
        ExecutorService writer = Executors.newSingleThreadExecutor(task -> daemon(task, "fake-writer"));
        FakeStream stream = new FakeStream(
                vertx.getOrCreateContext(),
                data -> on(writer, () -> {
                    out.write(data.getBytes());
                    out.flush();
                }),
                () -> on(writer, out::close),
                () -> {
                    onClose.run();
                    writer.shutdownNow();
                });
        daemon(() -> read(in, stream), "fake-reader").start();
        return stream;
    }

    private static void read(InputStream in, FakeStream stream) {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                stream.arrived(Buffer.buffer(Arrays.copyOf(chunk, n)), true);
            }
            stream.ended();
        } catch (IOException e) {
            stream.failed(e);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static Future<Void> on(ExecutorService thread, Task task) {
        Promise<Void> promise = Promise.promise();
        thread.execute(() -> {
            try {
                task.run();
                promise.complete();
            } catch (IOException e) {
                promise.fail(e);
            }
        });
        return promise.future();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Task {
        void run() throws IOException;
    }

    /** Closing it ends one direction only. */
    private static final class SocketOutput extends FilterOutputStream {
        private final Socket socket;

        SocketOutput(Socket socket) throws IOException {
            super(socket.getOutputStream());
            this.socket = socket;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            socket.shutdownOutput();
        }
    }
}
