package dev.rigbus.cluster.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.kernel.pump.LoopStream;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.testkit.FreePorts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes with a port each, and what goes from one to the other. */
@Timeout(60)
class NodeTunnelsTest {
    private static final String TUNNEL = "rigbus-tunnel/test";

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();
    private final Map<String, HostAndPort> addresses = new ConcurrentHashMap<>();

    @TempDir
    private Path temp;

    private LabKeys lab;
    private NodeTunnels a;
    private NodeTunnels b;
    private int tunnelled;

    @BeforeEach
    void start() throws Exception {
        lab = LabKeys.openOrCreate(temp, InstantSource.system());
        a = node("a");
        b = node("b");
    }

    @AfterEach
    void stop() throws Exception {
        a.close();
        b.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private NodeTunnels node(String name) throws Exception {
        NodeIdentity identity =
                NodeIdentity.openOrCreate(temp.resolve(name), lab, name, Set.of("localhost"), InstantSource.system());
        NodeTunnels tunnels = new NodeTunnels(vertx, new LabTls(identity), new Nodes() {
            @Override
            public Optional<String> refusal(LabTls.Peer peer) {
                return Optional.ofNullable(refusals.get(peer.name()));
            }

            @Override
            public List<HostAndPort> addresses(String node) {
                HostAndPort address = addresses.get(node);
                return address == null ? List.of() : List.of(address);
            }
        });
        var bound = new GrpcServer(((VertxInternal) vertx).nettyEventLoopGroup(), GrpcLimits.DEFAULT)
                .listen(
                        new InetSocketAddress("127.0.0.1", 0),
                        CallHandlers.NONE,
                        new LabTls(identity).server(null, List.of("h2", NodeTunnels.PUMP, TUNNEL)),
                        Map.of(
                                NodeTunnels.PUMP,
                                tunnels::pump,
                                TUNNEL,
                                () -> tunnels.tunnelTo(() -> new InetSocketAddress("127.0.0.1", tunnelled))))
                .sync()
                .channel();
        addresses.put(name, HostAndPort.create("127.0.0.1", ((InetSocketAddress) bound.localAddress()).getPort()));
        return tunnels;
    }

    /** Counts what it gets and says when it ends. */
    private static final class Taker implements RawStream.Receiver {
        final AtomicLong bytes = new AtomicLong();
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final BlockingQueue<Long> writable = new LinkedBlockingQueue<>();
        final StringBuffer text = new StringBuffer();

        @Override
        public void data(ByteBuf chunk) {
            bytes.addAndGet(chunk.readableBytes());
            if (text.length() < 100) {
                text.append(chunk.toString(StandardCharsets.UTF_8));
            }
            chunk.release();
        }

        @Override
        public void ended() {
            events.add("ended");
        }

        @Override
        public void failed(Throwable cause) {
            events.add(String.valueOf(cause.getMessage()));
        }

        @Override
        public void writable() {
            writable.add(bytes.get());
        }

        String event() throws InterruptedException {
            String event = events.poll(20, TimeUnit.SECONDS);
            return event == null ? "nothing" : event;
        }
    }

    private RawStream open(NodeTunnels from, String to, String service, String header) throws Exception {
        var loop = ((VertxInternal) vertx).nettyEventLoopGroup().next();
        return from.open(to, service, header.getBytes(StandardCharsets.UTF_8), loop)
                .await(20, TimeUnit.SECONDS);
    }

    private static void on(RawStream stream, Runnable task) {
        stream.eventLoop().execute(task);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    @Test
    void aStreamTellsWhoOpensItAndEndsInEachDirectionByItself() throws Exception {
        var accepted = new CompletableFuture<RawStream>();
        var who = new LinkedBlockingQueue<String>();
        b.accept("test", (node, header, stream) -> {
            who.add(node + " " + new String(header, StandardCharsets.UTF_8));
            accepted.complete(stream);
        });
        RawStream mine = open(a, "b", "test", "ticket 7");
        RawStream theirs = accepted.get(20, TimeUnit.SECONDS);
        assertThat(who.take()).isEqualTo("a ticket 7");
        Taker here = new Taker();
        Taker there = new Taker();
        on(mine, () -> {
            mine.start(here);
            mine.write(bytes("over"));
            mine.end();
        });
        on(theirs, () -> theirs.start(there));
        assertThat(there.event()).isEqualTo("ended");
        assertThat(there.text).hasToString("over");
        on(theirs, () -> {
            theirs.write(bytes("and back"));
            theirs.end();
        });
        assertThat(here.event()).isEqualTo("ended");
        assertThat(here.text).hasToString("and back");
    }

    @Test
    void allBytesComeBackThroughALoop() throws Exception {
        b.accept("loop", (node, header, stream) -> join(stream, new LoopStream(stream.eventLoop())));
        RawStream stream = open(a, "b", "loop", "");
        Taker taker = new Taker();
        int chunk = 48 * 1024;
        int chunks = 100;
        AtomicInteger written = new AtomicInteger();
        on(stream, () -> {
            stream.start(taker);
            more(stream, taker, written, chunk, chunks);
        });
        assertThat(taker.event()).isEqualTo("ended");
        assertThat(taker.bytes).hasValue((long) chunk * chunks);
    }

    private static void more(RawStream stream, Taker taker, AtomicInteger written, int chunk, int chunks) {
        while (stream.isWritable() && written.get() < chunks) {
            written.incrementAndGet();
            stream.write(Unpooled.wrappedBuffer(new byte[chunk]));
        }
        stream.flush();
        if (written.get() < chunks) {
            stream.eventLoop().schedule(() -> more(stream, taker, written, chunk, chunks), 1, TimeUnit.MILLISECONDS);
        } else {
            stream.end();
        }
    }

    private static void join(RawStream one, RawStream other) {
        other.start(new Pipe(other, one));
        one.start(new Pipe(one, other));
    }

    private record Pipe(RawStream from, RawStream to) implements RawStream.Receiver {
        @Override
        public void data(ByteBuf chunk) {
            to.write(chunk);
            if (!to.isWritable()) {
                from.pause();
            }
        }

        @Override
        public void readComplete() {
            to.flush();
        }

        @Override
        public void ended() {
            to.end();
        }

        @Override
        public void failed(Throwable cause) {
            to.close();
        }

        @Override
        public void writable() {
            to.resume();
        }
    }

    @Test
    void whoDoesNotReadStopsTheOneWhoSends() throws Exception {
        var accepted = new CompletableFuture<RawStream>();
        b.accept("test", (node, header, stream) -> accepted.complete(stream));
        RawStream mine = open(a, "b", "test", "");
        RawStream theirs = accepted.get(20, TimeUnit.SECONDS);
        Taker here = new Taker();
        var sent = new CompletableFuture<Integer>();
        on(mine, () -> {
            mine.start(here);
            fill(mine, 0, 0, sent);
        });
        // What the buffers of two sockets take, and no more.
        int chunks = sent.get(20, TimeUnit.SECONDS);
        assertThat(chunks).isLessThan(1_000);
        Taker there = new Taker();
        on(theirs, () -> theirs.start(there));
        assertThat(here.writable.poll(20, TimeUnit.SECONDS)).isNotNull();
        on(mine, mine::end);
        assertThat(there.event()).isEqualTo("ended");
        assertThat(there.bytes).hasValue(chunks * 64L * 1024);
    }

    /** Writes while it may, and gives up once it may not for a while. */
    private static void fill(RawStream stream, int chunks, int idle, CompletableFuture<Integer> sent) {
        if (idle > 30 || chunks > 2_000) {
            sent.complete(chunks);
            return;
        }
        boolean writable = stream.isWritable();
        if (writable) {
            stream.write(Unpooled.wrappedBuffer(new byte[64 * 1024]));
            stream.flush();
        }
        stream.eventLoop()
                .schedule(
                        () -> fill(stream, writable ? chunks + 1 : chunks, writable ? 0 : idle + 1, sent),
                        writable ? 0 : 10,
                        TimeUnit.MILLISECONDS);
    }

    @Test
    void aRevokedNodeIsCutOffAndToldWhy() throws Exception {
        var accepted = new CompletableFuture<RawStream>();
        b.accept("test", (node, header, stream) -> accepted.complete(stream));
        RawStream mine = open(a, "b", "test", "");
        Taker here = new Taker();
        on(mine, () -> mine.start(here));
        accepted.get(20, TimeUnit.SECONDS);
        assertThat(b.connections("a")).isEqualTo(1);
        refusals.put("a", "node a has been revoked");
        b.cut("a");
        assertThat(here.event()).isEqualTo("the connection to the other node was lost");
        assertThatThrownBy(() -> open(a, "b", "test", ""))
                .hasMessage("node b at " + addresses.get("b") + ": it lets this node not in: node a has been revoked");
        assertThat(b.connections("a")).isZero();
    }

    @Test
    void aConnectionIsNotMistakenForOneToAnotherNode() {
        addresses.put("b", addresses.get("a"));
        assertThatThrownBy(() -> open(a, "b", "test", ""))
                .isInstanceOf(IOException.class)
                .hasMessage("node b at " + addresses.get("a") + ": it is a");
    }

    @Test
    void nodesOfAnotherReleaseAreTold() {
        assertThatThrownBy(() -> a.probe("b", "rigbus-tunnel/other").await(20, TimeUnit.SECONDS))
                .hasMessage("node b at " + addresses.get("b") + ": it does not speak rigbus-tunnel/other");
    }

    @Test
    void aPortOfLoopbackStandsForOneOfAnotherNode() throws Exception {
        int port = FreePorts.one();
        try (ServerSocket target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            tunnelled = target.getLocalPort();
            a.forward("b", TUNNEL, port).await(20, TimeUnit.SECONDS);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.setSoTimeout(20_000);
                client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
                Socket served = accept(target);
                assertThat(served.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
                served.getOutputStream().write("there".getBytes(StandardCharsets.UTF_8));
                assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("there");
                served.close();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    /** The first connections come from finding out whether the node is there. */
    private static Socket accept(ServerSocket target) throws IOException {
        while (true) {
            Socket served = target.accept();
            served.setSoTimeout(20_000);
            var in = new PushbackInputStream(served.getInputStream());
            int first = in.read();
            if (first >= 0) {
                in.unread(first);
                return new Peeked(served, in);
            }
        }
    }

    /** A socket of which something has been read already. */
    private static final class Peeked extends Socket {
        private final Socket socket;
        private final InputStream in;

        Peeked(Socket socket, InputStream in) {
            this.socket = socket;
            this.in = in;
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aPortStaysClosedWhileItsNodeIsGone() throws Exception {
        int port = FreePorts.one();
        HostAndPort where = addresses.remove("b");
        a.forward("b", TUNNEL, port).await(20, TimeUnit.SECONDS);
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(ConnectException.class);
        addresses.put("b", where);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!isOpen(port)) {
            assertThat(System.nanoTime()).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
