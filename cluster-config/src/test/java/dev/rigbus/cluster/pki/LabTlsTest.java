package dev.rigbus.cluster.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The port of a node, and what different peers are shown there. */
@Timeout(30)
class LabTlsTest {
    private static final InstantSource CLOCK = InstantSource.system();

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final GrpcServer server = new GrpcServer(loops, GrpcLimits.DEFAULT);
    private final BlockingQueue<String> accepted = new LinkedBlockingQueue<>();

    @TempDir
    private Path temp;

    private LabKeys lab;

    @BeforeEach
    void makeKeys() throws IOException {
        lab = LabKeys.openOrCreate(temp, CLOCK);
    }

    @AfterEach
    void stop() throws Exception {
        server.close().get(10, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS);
    }

    private NodeIdentity node(LabKeys of, String name) throws IOException {
        return NodeIdentity.openOrCreate(temp.resolve(name), of, name, Set.of("localhost", "127.0.0.1"), CLOCK);
    }

    /** Says who came, by which protocol. */
    private final class Greeter extends ChannelInboundHandlerAdapter {
        private final String protocol;

        Greeter(String protocol) {
            this.protocol = protocol;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            var session = ctx.pipeline().get(SslHandler.class).engine().getSession();
            accepted.add(
                    protocol + " " + LabTls.node(session).map(LabTls.Peer::name).orElse("nobody"));
        }
    }

    private InetSocketAddress serve(@Nullable Credentials own) throws Exception {
        SslContext tls = new LabTls(node(lab, "a")).server(own, List.of("h2", "http/1.1", "rigbus-tunnel/1"));
        return (InetSocketAddress) server.listen(
                        new InetSocketAddress("127.0.0.1", 0),
                        CallHandlers.NONE,
                        tls,
                        Map.of(
                                "http/1.1", () -> new Greeter("http/1.1"),
                                "rigbus-tunnel/1", () -> new Greeter("rigbus-tunnel/1")))
                .sync()
                .channel()
                .localAddress();
    }

    private SslHandler connect(SslContext tls, InetSocketAddress address) throws Exception {
        Channel channel = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                        made.pipeline().addLast(tls.newHandler(made.alloc(), "localhost", address.getPort()));
                        made.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                                ctx.close();
                            }
                        });
                    }
                })
                .connect(address)
                .sync()
                .channel();
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        handler.handshakeFuture().await(10, TimeUnit.SECONDS);
        if (!handler.handshakeFuture().isSuccess()) {
            throw new IOException(handler.handshakeFuture().cause());
        }
        return handler;
    }

    private static SslContext stock(X509Certificate trusted, String... protocols) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient().trustManager(trusted);
        return protocols.length == 0
                ? builder.build()
                : builder.applicationProtocolConfig(LabTls.protocols(List.of(protocols)))
                        .build();
    }

    private static X509Certificate shown(SslHandler handler) throws Exception {
        return (X509Certificate) handler.engine().getSession().getPeerCertificates()[0];
    }

    @Test
    void aClientWithoutCertificateIsServedByTheNameOfTheHost() throws Exception {
        InetSocketAddress address = serve(null);
        SslHandler client = connect(stock(lab.ca(), "h2"), address);
        assertThat(client.applicationProtocol()).isEqualTo("h2");
        assertThat(Certificates.node(shown(client))).contains("a");
    }

    @Test
    void whoNamesNoProtocolGetsHttp() throws Exception {
        connect(stock(lab.ca()), serve(null));
        assertThat(accepted.poll(10, TimeUnit.SECONDS)).isEqualTo("http/1.1 nobody");
    }

    @Test
    void aNodeIsKnownByItsCertificate() throws Exception {
        InetSocketAddress address = serve(null);
        SslHandler client = connect(new LabTls(node(lab, "b")).client("rigbus-tunnel/1"), address);
        assertThat(accepted.poll(10, TimeUnit.SECONDS)).isEqualTo("rigbus-tunnel/1 b");
        LabTls.Peer peer = LabTls.node(client.engine().getSession()).orElseThrow();
        assertThat(peer).isEqualTo(new LabTls.Peer("a", node(lab, "a").keyFingerprint()));
    }

    @Test
    void anotherLabsNodeIsRefusedByBothSides() throws Exception {
        InetSocketAddress address = serve(null);
        NodeIdentity stranger = node(LabKeys.openOrCreate(temp.resolve("elsewhere"), CLOCK), "stranger");
        assertThatThrownBy(() -> connect(new LabTls(stranger).client("rigbus-tunnel/1"), address))
                .hasRootCauseMessage("unable to find valid certification path to requested target");
        SslContext credulous = SslContextBuilder.forClient()
                .keyManager(new NodeKeyManager(stranger, null))
                .trustManager(lab.ca())
                .applicationProtocolConfig(LabTls.protocols(List.of("rigbus-tunnel/1")))
                .build();
        SslHandler client = connect(credulous, address);
        // In TLS 1.3 the client has finished before the server looks at its certificate.
        assertThat(client.sslCloseFuture().await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(accepted).isEmpty();
    }

    @Test
    void whatElseTheAuthorityHasSignedIsNoNode() throws Exception {
        var key = Certificates.newKey();
        X509Certificate other = Certificates.authority(key, Instant.now());
        assertThat(Certificates.node(other)).isEmpty();
    }

    @Test
    void clientsAreShownAnOwnCertificateAndNodesTheLabs() throws Exception {
        LabKeys company = LabKeys.openOrCreate(temp.resolve("company"), CLOCK);
        NodeIdentity own = node(company, "www");
        Path certificate = Files.writeString(temp.resolve("own.pem"), own.pem().certificate());
        Path key = Files.writeString(temp.resolve("own.key"), own.pem().key());
        InetSocketAddress address = serve(Credentials.load(certificate, key));
        assertThat(Certificates.node(shown(connect(stock(company.ca(), "h2"), address))))
                .contains("www");
        SslHandler node = connect(new LabTls(node(lab, "b")).client("rigbus-tunnel/1"), address);
        assertThat(Certificates.node(shown(node))).contains("a");
    }

    @Test
    void aKeyOfAnotherCertificateIsNamed() throws Exception {
        Path certificate =
                Files.writeString(temp.resolve("own.pem"), node(lab, "a").pem().certificate());
        Path key =
                Files.writeString(temp.resolve("own.key"), node(lab, "b").pem().key());
        assertThatThrownBy(() -> Credentials.load(certificate, key))
                .isInstanceOf(IOException.class)
                .hasMessage("the TLS key " + key + " is not the one of the certificate " + certificate);
    }

    @Test
    void aRenewedCertificateIsShownWithoutARestart() throws Exception {
        NodeIdentity node = node(lab, "a");
        SslContext tls = new LabTls(node).server(null, List.of("h2"));
        InetSocketAddress address =
                (InetSocketAddress) server.listen(new InetSocketAddress("127.0.0.1", 0), Map.of(), tls)
                        .sync()
                        .channel()
                        .localAddress();
        X509Certificate before = shown(connect(stock(lab.ca(), "h2"), address));
        assertThat(node.renewIfNeeded(Set.of("localhost", "renamed.example"))).isTrue();
        X509Certificate after = shown(connect(stock(lab.ca(), "h2"), address));
        assertThat(Certificates.names(before)).doesNotContain("renamed.example");
        assertThat(Certificates.names(after)).contains("renamed.example");
    }
}
