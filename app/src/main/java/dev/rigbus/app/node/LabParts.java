package dev.rigbus.app.node;

import dev.rigbus.app.config.HostPort;
import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.cluster.store.OpenStore;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.kernel.bundle.Bundles;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.pump.NodeLinks;
import dev.rigbus.lab.admin.AdminAccess;
import dev.rigbus.lab.admin.AdminCalls;
import dev.rigbus.lab.admin.FacadeChanges;
import dev.rigbus.lab.admin.Lab;
import dev.rigbus.lab.admin.LabCalls;
import dev.rigbus.lab.admin.LabNodes;
import dev.rigbus.lab.audit.Trail;
import dev.rigbus.lab.authority.Authorities;
import dev.rigbus.lab.authority.Invitation;
import dev.rigbus.lab.authority.LeaseHistory;
import dev.rigbus.lab.authority.LeaseMeters;
import dev.rigbus.lab.authority.Leasing;
import dev.rigbus.lab.authority.ListenDesk;
import dev.rigbus.lab.identity.Authenticator;
import dev.rigbus.lab.identity.OidcConfig;
import dev.rigbus.lab.identity.OidcIssuer;
import dev.rigbus.lab.identity.RouterTokens;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.identity.TokenKeys;
import dev.rigbus.lab.lease.Limits;
import dev.rigbus.lab.lease.Times;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.router.OtherNodes;
import dev.rigbus.lab.router.RouterCalls;
import dev.rigbus.lab.router.RouterLimits;
import dev.rigbus.lab.router.RouterMeters;
import dev.rigbus.lab.service.LabServices;
import dev.rigbus.lab.service.LabSettings;
import dev.rigbus.lab.view.Changed;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import dev.rigbus.lab.web.Site;
import dev.rigbus.lab.web.WebHandlers;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lab's services on one node, put together. */
final class LabParts {
    private final String endpoint;
    private final String node;
    private final EventLoopGroup loops;
    private final LabView view;
    private final Boards boards;
    private final BoardDesk desk;
    private final BundleDesk bundleDesk;
    private final RouterTokens routerTokens;
    private final RouterCalls router;
    private final List<OidcIssuer> issuers;
    private final Leasing leasing;
    private final LabServices services;
    private final WebHandlers web;
    private final AdminCalls localAdmin;
    private final AdminCalls remoteAdmin;
    private final LabCalls localLab;
    private final LabCalls remoteLab;
    private final NodeMeters nodeMeters;
    private final NodeStates states;
    private final Readiness readiness;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    LabParts(
            NodeConfig config,
            Vertx vertx,
            Cluster cluster,
            OpenStore store,
            LabKeys keys,
            String endpoint,
            String version,
            LabNodes nodes,
            Bundles bundles,
            NodeLinks links,
            OtherNodes others) {
        this.endpoint = endpoint;
        this.node = cluster.self();
        this.loops = ((VertxInternal) vertx).nettyEventLoopGroup();
        this.view = new LabView(store.records(), name -> cluster.members().contains(name));
        LeaseMeters leaseMeters = new LeaseMeters(meters, view);
        this.nodeMeters = new NodeMeters(meters, cluster, view);
        Trail trail = new Trail(store.audit(), cluster);
        LeaseHistory history = new LeaseHistory(trail, leaseMeters);
        this.states = new NodeStates(store.records());
        this.readiness = new Readiness(vertx, store::probe, () -> states.isDraining(node));
        LabWriter writer = new LabWriter(store.records(), view);
        TokenKeys tokenKeys = new TokenKeys(keys.tokenKey(), keys.routerKey());
        NodeConfig.Authentication authentication = config.authentication();
        TokenIssuer tokens =
                new TokenIssuer(tokenKeys, "https://" + endpoint, authentication.tokenLife(), store.records(), cluster);
        this.issuers = authentication.issuers().stream()
                .map(issuer -> new OidcIssuer(vertx, oidc(issuer)))
                .toList();
        Set<String> provisioned = authentication.provisioning() ? Set.of(config.namespace()) : Set.of();
        Authenticator who = new Authenticator(tokens, issuers, provisioned, store.records(), meters);
        this.routerTokens = new RouterTokens(tokenKeys, cluster);
        this.router = new RouterCalls(
                routerTokens::verify, this::ownBoard, others, RouterLimits.DEFAULT, new RouterMeters(meters), loops);

        LabSettings settings = new LabSettings(
                config.leasePolicy().maxTags(),
                Set.copyOf(config.hiddenLabels()),
                config.deprecatedLabels(),
                limits(config.leasePolicy()),
                config.leasePolicy().grace());
        ListenDesk listens = new ListenDesk(vertx, node);
        this.leasing = new Leasing(vertx, cluster, view, writer, states::isDraining, settings.limits(), history);
        Authorities authorities = new Authorities(vertx, cluster, view, leasing, this::invitation, listens);
        this.services = new LabServices(
                vertx, cluster, view, writer, leasing, authorities, listens, who, tokens, settings, trail, meters);
        this.boards = new Boards(vertx, node, writer, authorities, leasing::now);
        this.desk = new BoardDesk(vertx, cluster, store.records(), view, boards, config.namespace());
        this.bundleDesk = new BundleDesk(vertx, cluster, links, store.records(), bundles, trail);

        Lab lab = new Lab(
                vertx,
                store.records(),
                view,
                writer,
                tokens,
                store.audit(),
                cluster,
                nodes,
                desk,
                bundleDesk,
                new Lab.Site(endpoint, keys.caPem(), config.namespace(), version),
                meters::scrape,
                store::backup);
        AdminAccess byToken = call -> who.admin(call).map(admin -> "admin " + admin.name());
        this.localAdmin = new AdminCalls(lab, AdminAccess.LOCAL);
        this.remoteAdmin = new AdminCalls(lab, byToken);
        this.localLab = new LabCalls(lab, AdminAccess.LOCAL, who::client);
        this.remoteLab = new LabCalls(lab, byToken, who::client);
        Site site = new Site(
                endpoint,
                keys.caPem(),
                config.namespace(),
                authentication.issuers().stream()
                        .map(issuer -> new Site.Provider(issuer.url(), issuer.audiences()))
                        .toList());
        this.web = new WebHandlers(site, tokens, who, store.records(), new FacadeChanges(lab), readiness::unready);
    }

    private static OidcConfig oidc(NodeConfig.Issuer issuer) {
        return new OidcConfig(
                URI.create(issuer.url()),
                issuer.audiences(),
                issuer.authority(),
                issuer.usernameClaim(),
                issuer.usernamePrefix(),
                Map.of());
    }

    private static Limits limits(NodeConfig.LeasePolicy policy) {
        return new Limits(
                policy.unusedAfter() == null ? Duration.ZERO : policy.unusedAfter(),
                policy.abandonedAfter() == null ? Duration.ZERO : policy.abandonedAfter(),
                policy.retention(),
                Limits.DEFAULT.mostKept());
    }

    private Invitation invitation(ObjectName exporter, String lease, long fence, boolean own) {
        ObjectName name = new ObjectName(exporter.namespace(), lease);
        Lease known = view.lease(name);
        Instant ends = known == null ? null : Times.expiry(known);
        return new Invitation(
                endpoint, routerTokens.issue(new RouterTokens.Purpose(exporter, name, fence, node), ends));
    }

    /** What a stream to a board of this node leads to; it is cut when its client loses the board. */
    private @Nullable CallHandlers ownBoard(RouterTokens.Purpose purpose) {
        String lease = purpose.lease().name();
        CallHandlers handlers = boards.handlers(purpose.exporter(), lease, purpose.fence());
        if (handlers != null) {
            boards.over(purpose.exporter(), lease, purpose.fence())
                    .onComplete(over -> router.cut(purpose.lease(), purpose.fence()));
        }
        return handlers;
    }

    NodeStates states() {
        return states;
    }

    /** Follows the bundles of the lab, from now on. */
    Future<Void> startBundles() {
        return bundleDesk.start();
    }

    /** Runs exporters that were applied, from now on. */
    Future<Void> startApplied() {
        return desk.start();
    }

    Boards boards() {
        return boards;
    }

    /** Whoever loses a board loses the ways to it at once, whatever the exporter does. */
    private void cutWhatIsOver(Changed<Lease> change) {
        Lease before = change.before();
        Lease now = change.now();
        if (before == null || before.grant() == null) {
            return;
        }
        boolean over = now == null || now.hasEnded() || !now.client().equals(before.client());
        if (over && !before.hasEnded()) {
            router.cut(before.name(), before.grant().fence());
        }
    }

    Future<Void> start() {
        view.onLease(this::cutWhatIsOver);
        List<Future<Void>> started =
                issuers.stream().map(issuer -> issuer.start(leasing.now())).toList();
        return Future.all(started).compose(v -> services.start()).onSuccess(v -> readiness.start());
    }

    /** Opens the services to everybody. */
    void serve(Ports ports) {
        ports.serve(services.handlers());
        ports.serve(Map.of(RouterCalls.PATH, router));
        ports.serve(remoteAdmin.handlers());
        ports.serve(remoteLab.handlers());
        ports.serve(ApplicationProtocolNames.HTTP_1_1, web::connection);
    }

    /** What is served to whoever can reach the administrator's socket. */
    Map<String, CallHandler> administration() {
        Map<String, CallHandler> all = new HashMap<>(localAdmin.handlers());
        all.putAll(localLab.handlers());
        return all;
    }

    Future<?> listenMetrics(HostPort address) {
        return Ports.bound(
                web.listenMetrics(loops, new InetSocketAddress(address.host(), address.port()), meters::scrape),
                address.toString());
    }

    Future<Void> close() {
        readiness.stop();
        desk.close();
        bundleDesk.close();
        states.close();
        nodeMeters.close();
        router.close();
        view.close();
        return Future.succeededFuture();
    }
}
