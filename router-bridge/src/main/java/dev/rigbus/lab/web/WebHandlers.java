package dev.rigbus.lab.web;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.lab.identity.Authenticator;
import dev.rigbus.lab.identity.TokenIssuer;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Future;
import java.net.SocketAddress;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a node serves over HTTP/1.1. Safe to use from any thread. */
public final class WebHandlers {
    private final Function<Request, Future<Answer>> pages;
    private final Supplier<@Nullable String> unready;

    /**
     * @param changes what {@code jmp admin} may change
     * @param unready why the node should get no work now, in a few words; nothing if it should. Asked on an event loop
     */
    public WebHandlers(
            Site site,
            TokenIssuer issuer,
            Authenticator authenticator,
            RecordStore records,
            LabChanges changes,
            Supplier<@Nullable String> unready) {
        KubeFacade kube = new KubeFacade(site, authenticator, issuer, records, changes);
        this.pages = Pages.main(site, issuer, unready, kube::answer);
        this.unready = unready;
    }

    /** Takes over one connection of the lab's port, after TLS: for {@link dev.rigbus.grpc.GrpcServer}'s {@code http/1.1}. */
    public ChannelHandler connection() {
        return WebServer.connection(pages, WebServer.PATIENCE);
    }

    /**
     * Listens, without encryption, for those who watch over the lab: {@code /metrics}, {@code /healthz}, {@code /readyz}.
     *
     * @param metrics in the text form of Prometheus
     */
    public ChannelFuture listenMetrics(EventLoopGroup loops, SocketAddress address, Supplier<String> metrics) {
        return WebServer.listen(
                loops, address, WebServer.connection(Pages.metrics(metrics, unready), WebServer.PATIENCE));
    }
}
