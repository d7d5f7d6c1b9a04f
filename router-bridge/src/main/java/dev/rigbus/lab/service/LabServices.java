package dev.rigbus.lab.service;

import dev.rigbus.grpc.CallHandler;
import dev.rigbus.kernel.grpc.HealthCalls;
import dev.rigbus.kernel.grpc.ReflectionCalls;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.lab.audit.Trail;
import dev.rigbus.lab.authority.Authorities;
import dev.rigbus.lab.authority.Leasing;
import dev.rigbus.lab.authority.ListenDesk;
import dev.rigbus.lab.identity.Authenticator;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import dev.rigbus.wire.JumpstarterProto;
import dev.rigbus.wire.RouterProto;
import dev.rigbus.wire.client.ClientProto;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The controller's and the client's services of one node; any node answers for the whole lab. */
public final class LabServices {
    private static final Set<String> NAMES = Set.of(
            "jumpstarter.v1.ControllerService", "jumpstarter.client.v1.ClientService", "jumpstarter.v1.RouterService");

    private final Vertx vertx;
    private final ListenDesk listens;
    private final Authorities authorities;
    private final Caretaker caretaker;
    private final ControllerCalls controller;
    private final ClientCalls client;
    private final CallMeters meters;

    public LabServices(
            Vertx vertx,
            Cluster cluster,
            LabView view,
            LabWriter writer,
            Leasing leasing,
            Authorities authorities,
            ListenDesk listens,
            Authenticator who,
            TokenIssuer tokens,
            LabSettings settings,
            Trail trail,
            MeterRegistry meters) {
        this.vertx = vertx;
        this.listens = listens;
        this.authorities = authorities;
        Placement placement = new Placement(view, writer, leasing, authorities);
        this.caretaker = new Caretaker(cluster, view, writer, leasing, placement, settings);
        LeaseDesk desk = new LeaseDesk(view, writer, leasing, placement, settings, caretaker::polled);
        Deeds deeds = new Deeds(trail, view);
        this.controller = new ControllerCalls(who, view, new Registration(writer), desk, authorities, listens, deeds);
        this.client = new ClientCalls(who, tokens, view, desk, settings, deeds);
        this.meters = new CallMeters(meters);
    }

    /** Takes up what this node looked after before, and looks after leases from now on. */
    public Future<Void> start() {
        return listens.start()
                .compose(v -> authorities.start())
                // Many leases times many boards take their time; no event loop should.
                .compose(v -> vertx.deployVerticle(
                        caretaker, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)))
                .mapEmpty();
    }

    /** Health and reflection among them; the router's are not. */
    public Map<String, CallHandler> handlers() {
        Map<String, CallHandler> handlers = new LinkedHashMap<>(controller.handlers());
        handlers.putAll(client.handlers());
        HealthCalls health = new HealthCalls(NAMES);
        handlers.put("/grpc.health.v1.Health/Check", health.check());
        handlers.put("/grpc.health.v1.Health/Watch", health.watch());
        CallHandler reflection = call -> new ReflectionCalls(List.of(
                        JumpstarterProto.getDescriptor(), ClientProto.getDescriptor(), RouterProto.getDescriptor()))
                .info()
                .start(call);
        handlers.put("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", reflection);
        handlers.put("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", reflection);
        return meters.of(handlers);
    }
}
