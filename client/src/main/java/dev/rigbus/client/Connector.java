package dev.rigbus.client;

import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes connections. */
final class Connector {
    private static final String THREADS = "rigbus-client";
    private static final String PASSPHRASE = "x-jumpstarter-passphrase";

    private final EventLoop loop;
    private final ClientOptions options;
    private final String peer;
    private final Map<String, String> metadata;

    Connector(EventLoop loop, ClientOptions options) {
        this(loop, options, "exporter", Map.of());
    }

    /**
     * @param peer what is to be found there, for people
     * @param metadata sent with every call
     */
    Connector(EventLoop loop, ClientOptions options, String peer, Map<String, String> metadata) {
        this.loop = loop;
        this.options = options;
        this.peer = peer;
        this.metadata = metadata;
    }

    /** One thread for all of a client's traffic. */
    static EventLoopGroup newLoop() {
        IoHandlerFactory sockets = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(THREADS, true), sockets);
    }

    /** Whether the calling thread is one of {@link #newLoop()}. */
    static boolean isOwnThread() {
        return Thread.currentThread().getName().startsWith(THREADS);
    }

    /** Connects to the first of these that accepts; fails with what the last one said. */
    io.vertx.core.Future<GrpcClient> connect(List<ExporterAddress> addresses) {
        io.vertx.core.Future<GrpcClient> connected = connect(addresses.get(0));
        for (ExporterAddress next : addresses.subList(1, addresses.size())) {
            connected = connected.recover(refused -> connect(next));
        }
        return connected;
    }

    /** Connects to the first address of the host that accepts; fails with an {@link IOException} for people. */
    io.vertx.core.Future<GrpcClient> connect(ExporterAddress address) {
        Promise<GrpcClient> connected = Promise.promise();
        // Looking up a name blocks, and so this has a thread for as long as it takes.
        Thread thread = new Thread(
                () -> {
                    try {
                        connected.complete(connectNow(address));
                    } catch (IOException | RuntimeException e) {
                        connected.fail(e);
                    }
                },
                "rigbus-connect");
        thread.setDaemon(true);
        thread.start();
        return connected.future();
    }

    private GrpcClient connectNow(ExporterAddress address) throws IOException {
        boolean tcp = address instanceof ExporterAddress.Tcp;
        SslContext tls = tcp && options.tls() ? tls() : null;
        IOException failure = new IOException("the " + peer + "'s host has no address");
        for (SocketAddress each : resolve(address)) {
            try {
                return await(GrpcClient.connect(loop, each, tls, metadata(), limits(tcp)), address);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private Map<String, String> metadata() {
        String passphrase = options.passphrase();
        Map<String, String> all = new HashMap<>(metadata);
        if (passphrase != null) {
            all.put(PASSPHRASE, passphrase);
        }
        return all;
    }

    /** On Unix sockets a stock exporter takes signs of life for an attack. */
    private static GrpcLimits limits(boolean tcp) {
        GrpcLimits usual = GrpcLimits.DEFAULT;
        return new GrpcLimits(
                usual.messageBytes(),
                usual.streamWindowBytes(),
                usual.connectionWindowBytes(),
                usual.headerBytes(),
                usual.resetsPerWindow(),
                tcp ? usual.keepAlive() : Duration.ofDays(1),
                usual.grace());
    }

    private List<SocketAddress> resolve(ExporterAddress address) throws IOException {
        if (address instanceof ExporterAddress.Unix unix) {
            if (!Files.exists(unix.path())) {
                throw new IOException("no " + peer + " at " + unix.path()
                        + ": no such file (a TCP address needs a port, as in host:1234)");
            }
            return List.of(Transport.of(loop.parent()).unixAddress(unix.path()));
        }
        ExporterAddress.Tcp tcp = (ExporterAddress.Tcp) address;
        try {
            List<SocketAddress> all = new ArrayList<>();
            String name = options.serverName();
            for (InetAddress each : InetAddress.getAllByName(tcp.host())) {
                InetAddress named = name == null ? each : InetAddress.getByAddress(name, each.getAddress());
                all.add(new InetSocketAddress(named, tcp.port()));
            }
            return all;
        } catch (UnknownHostException e) {
            throw new IOException("no " + peer + " at " + address + ": the host " + tcp.host() + " is not known", e);
        }
    }

    private SslContext tls() throws IOException {
        Path roots = options.roots();
        if (roots != null && !Files.isReadable(roots)) {
            throw new IOException(roots + ": cannot be read (expected: the certificates to trust, in PEM)");
        }
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2));
            String text = options.authorities();
            if (text != null) {
                builder.trustManager(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
            } else if (roots != null) {
                builder.trustManager(roots.toFile());
            }
            return builder.build();
        } catch (IllegalArgumentException | SSLException e) {
            throw new IOException((roots == null ? "the authority" : roots) + ": holds no certificates in PEM", e);
        }
    }

    private GrpcClient await(Future<GrpcClient> connecting, ExporterAddress address) throws IOException {
        String nobody = "no " + peer + " at " + address + ": ";
        try {
            return connecting.get(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(nobody + text(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            connecting.addListener(late -> abandon(connecting));
            throw new IOException(nobody + "not connected within " + Durations.text(options.timeout()), e);
        } catch (InterruptedException e) {
            connecting.addListener(late -> abandon(connecting));
            Thread.currentThread().interrupt();
            throw new IOException(nobody + "interrupted while connecting", e);
        }
    }

    private static void abandon(Future<GrpcClient> connected) {
        if (connected.isSuccess()) {
            connected.getNow().close();
        }
    }

    /** The deepest cause says most: what lies above it only wraps. */
    private static String text(@Nullable Throwable failure) {
        Throwable deepest = failure;
        if (failure instanceof ConnectException) {
            // The system's words stand behind those of the call that failed.
            String said = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
            return said.contains("refused") ? "connection refused" : "not connected (" + failure.getMessage() + ")";
        }
        while (deepest != null && deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        if (deepest == null) {
            return "unknown failure";
        }
        String message = deepest.getMessage();
        if (failure instanceof SSLException && deepest instanceof GeneralSecurityException) {
            return "its certificate is not trusted (" + message + ")";
        }
        boolean plaintextPeer = deepest.getClass().getSimpleName().equals("NotSslRecordException");
        return plaintextPeer ? "it does not speak TLS" : message == null ? deepest.toString() : message;
    }
}
