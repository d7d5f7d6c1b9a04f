package dev.rigbus.app.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rigbus.kernel.bundle.BundleException;
import dev.rigbus.kernel.bundle.BundleStore;
import dev.rigbus.kernel.host.DriverThreads;
import dev.rigbus.kernel.pump.NodeLinks;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.kernel.pump.RawStreams;
import dev.rigbus.kernel.pump.Splice;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the contents of bundles from node to node, beside the bus. */
final class BundleWay {
    private static final Logger log = LoggerFactory.getLogger(BundleWay.class);
    private static final String SERVICE = "bundle";

    private final Vertx vertx;
    private final NodeLinks links;
    private final BundleStore store;
    private final ExecutorService threads = DriverThreads.create();

    BundleWay(Vertx vertx, NodeLinks links, BundleStore store) {
        this.vertx = vertx;
        this.links = links;
        this.store = store;
    }

    /** Gives contents to who asks. */
    void start() {
        links.accept(SERVICE, this::asked);
    }

    void close() {
        threads.shutdownNow();
    }

    private void asked(String node, byte[] header, RawStream stream) {
        String hash = new String(header, US_ASCII);
        EventLoop loop = stream.eventLoop();
        vertx.executeBlocking(() -> Files.newInputStream(store.jar(hash)), false)
                .onComplete(opened -> loop.execute(() -> {
                    if (opened.failed()) {
                        log.info("node {} asks for a bundle that is not here: {}", node, hash);
                        stream.close();
                        return;
                    }
                    InputStream in = opened.result();
                    Splice.join(
                            stream,
                            RawStreams.blocking(loop, threads, in, OutputStream.nullOutputStream(), () -> close(in)));
                }));
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            log.debug("a content could not be closed", e);
        }
    }

    /** Brings one here; fails if that node does not have it. */
    Future<Void> pull(String hash, String node) {
        EventLoop loop = ((VertxInternal) vertx).nettyEventLoopGroup().next();
        return links.open(node, SERVICE, hash.getBytes(US_ASCII), loop).compose(stream -> {
            Arriving arriving = new Arriving(hash);
            loop.execute(() ->
                    Splice.join(stream, RawStreams.blocking(loop, threads, arriving.end, arriving, arriving::broken)));
            return arriving.whole.future();
        });
    }

    /** A content on its way into the store. */
    private final class Arriving extends OutputStream {
        private final String hash;
        private final Promise<Void> whole = Promise.promise();
        private final CountDownLatch over = new CountDownLatch(1);

        /** Nothing is said to the other side but that all has been taken. */
        private final InputStream end = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    over.await();
                    return -1;
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
            }
        };

        private long offset;

        Arriving(String hash) {
            this.hash = hash;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            put(Arrays.copyOfRange(bytes, from, from + length), false);
        }

        private void put(byte[] piece, boolean last) throws IOException {
            try {
                store.put(hash, offset, piece, last);
                offset += piece.length;
            } catch (BundleException e) {
                whole.tryFail(e);
                throw new IOException(e);
            } catch (IOException e) {
                whole.tryFail(new IOException("the bundle cannot be kept: " + e.getMessage(), e));
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            try {
                put(new byte[0], true);
                whole.tryComplete();
            } finally {
                over.countDown();
            }
        }

        void broken() {
            over.countDown();
            whole.tryFail(new IOException("the connection broke off"));
        }
    }
}
