package dev.rigbus.lab.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What streams have been seen to suffer from: regressions R20 to R23, scaled down so that they take seconds. */
@Timeout(60)
class RouterFaultsTest {
    private static final byte[] MESSAGE = new byte[32 * 1024];

    private static GrpcLimits keepAlive(Duration period) {
        GrpcLimits usual = GrpcLimits.DEFAULT;
        return new GrpcLimits(
                usual.messageBytes(),
                usual.streamWindowBytes(),
                usual.connectionWindowBytes(),
                usual.headerBytes(),
                usual.resetsPerWindow(),
                period,
                usual.grace());
    }

    /** R20: 60 dials, each of whose peers breaks off several times before it stays. Whoever stays is joined to the one who stays. */
    @Test
    void aStormOfReconnectionsLosesNoDial() throws Exception {
        try (TestRouter router = new TestRouter(2, RouterLimits.DEFAULT, GrpcLimits.DEFAULT)) {
            GrpcClient clients = router.connect();
            GrpcClient exporters = router.connect();
            for (int dial = 0; dial < 60; dial++) {
                String token = Tokens.good("dial " + dial);
                for (int i = 0; i < dial % 4; i++) {
                    TestPeer dead = TestPeer.open(exporters, token);
                    TestRouter.until("it waits", () -> router.router.waiting() == 1 || dead.status.isDone());
                    dead.cancel();
                    TestRouter.until("it waits no more", () -> router.router.waiting() == 0);
                }
                TestPeer client = TestPeer.open(clients, token);
                TestPeer exporter = TestPeer.open(exporters, token);
                client.send(new byte[] {8, 1});
                assertThat(exporter.next()).containsExactly(8, 1);
                exporter.end();
                client.end();
                assertThat(client.end10s().isOk()).isTrue();
            }
            assertThat(router.router.waiting()).isZero();
        }
    }

    /** R21: 1,000 pairings, a third of them half-open or broken off; what they used is free again. */
    @Test
    void nothingIsLeftOfManyPairings() throws Exception {
        try (TestRouter router = new TestRouter(2, RouterLimits.DEFAULT, GrpcLimits.DEFAULT)) {
            GrpcClient one = router.connect();
            GrpcClient other = router.connect();
            pairings(router, one, other, 300);
            long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            pairings(router, one, other, 700);
            long after = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            assertThat(after - before).as("bytes of direct memory").isLessThan(16L * 1024 * 1024);
            assertThat(router.pairs).hasValue(0);
            assertThat(router.waiting).hasValue(0);
        }
    }

    private static void pairings(TestRouter router, GrpcClient one, GrpcClient other, int count) throws Exception {
        List<TestPeer> open = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String token = Tokens.good("pairing " + i);
            TestPeer first = TestPeer.open(one, token);
            if (i % 3 == 0) {
                first.send(MESSAGE);
                first.cancel();
                continue;
            }
            TestPeer second = TestPeer.open(other, token);
            first.send(MESSAGE);
            if (i % 3 == 1) {
                // Only one that has been joined leaves the other alone; before, it would have met nobody.
                second.next();
                second.cancel();
            } else {
                second.end();
                first.end();
            }
            open.add(first);
        }
        for (TestPeer peer : open) {
            peer.end10s();
        }
        TestRouter.until("all is over", () -> router.router.pairs() == 0 && router.router.waiting() == 0);
    }

    /** R22: the wire goes dead without a word; the other side is told within two periods of the keepalive. */
    @Test
    void aPeerThatFallsSilentIsNoticed() throws Exception {
        try (TestRouter router = new TestRouter(2, RouterLimits.DEFAULT, keepAlive(Duration.ofMillis(300)));
                Wire wire = new Wire(router.address)) {
            String token = Tokens.good("x");
            TestPeer silent = TestPeer.open(router.connect(wire.address()), token);
            TestPeer stays = router.peer(token);
            silent.send(new byte[1]);
            assertThat(stays.next()).hasSize(1);
            wire.dead = true;
            assertThat(stays.end10s().isOk()).isFalse();
            TestRouter.until("the pair is over", () -> router.router.pairs() == 0);
        }
    }

    /** R23: one reader stands still, nine others, of whom some share its connection, get all of theirs. */
    @Test
    void aStalledReaderHoldsBackOnlyItsOwnWriter() throws Exception {
        try (TestRouter router = new TestRouter(2, RouterLimits.DEFAULT, GrpcLimits.DEFAULT)) {
            GrpcClient writers = router.connect();
            GrpcClient readers = router.connect();
            TestPeer stalled = TestPeer.open(readers, Tokens.good("stalled"));
            stalled.pause();
            TestPeer held = router.peer(Tokens.good("stalled"));
            int sent = 0;
            for (long quietSince = System.nanoTime(); System.nanoTime() - quietSince < 300_000_000; ) {
                if (held.trySend(MESSAGE)) {
                    sent++;
                    quietSince = System.nanoTime();
                }
            }
            // Windows on both legs and what is under way between them.
            assertThat((long) sent * MESSAGE.length).isLessThan(8L * 1024 * 1024);
            List<TestPeer> live = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                String token = Tokens.good("live " + i);
                TestPeer reader = i % 2 == 0 ? TestPeer.open(readers, token) : router.peer(token);
                reader.keep = false;
                TestPeer writer = TestPeer.open(writers, token);
                for (int n = 0; n < 40; n++) {
                    writer.send(MESSAGE);
                }
                live.add(reader);
            }
            for (TestPeer reader : live) {
                TestRouter.until("a live reader has all", () -> reader.bytes.get() == 40L * MESSAGE.length);
            }
            stalled.resume();
            long all = (long) sent * MESSAGE.length;
            TestRouter.until("the stalled one has all in the end", () -> stalled.bytes.get() == all);
        }
    }

    /** A wire that can go dead: it takes bytes and carries none, and closes nothing. */
    private static final class Wire implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final List<Socket> sockets = new ArrayList<>();
        volatile boolean dead;

        Wire(InetSocketAddress to) throws IOException {
            Thread accept = new Thread(() -> connect(to), "wire");
            accept.setDaemon(true);
            accept.start();
        }

        InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
        }

        private void connect(InetSocketAddress to) {
            try {
                Socket near = listener.accept();
                Socket far = new Socket(to.getAddress(), to.getPort());
                sockets.add(near);
                sockets.add(far);
                carry(near, far);
                carry(far, near);
            } catch (IOException e) {
                // The test is over.
            }
        }

        private void carry(Socket from, Socket to) {
            Thread thread = new Thread(
                    () -> {
                        byte[] buffer = new byte[16 * 1024];
                        try {
                            InputStream in = from.getInputStream();
                            OutputStream out = to.getOutputStream();
                            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                                if (!dead) {
                                    out.write(buffer, 0, n);
                                }
                            }
                        } catch (IOException e) {
                            // As above.
                        }
                    },
                    "wire");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
