package dev.rigbus.system.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.client.CallException;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.ItemStream;
import dev.rigbus.client.LogStream;
import dev.rigbus.client.RawStream;
import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.kernel.LeasedExporter;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.session.HookSpec;
import dev.rigbus.kernel.session.HookSpec.OnFailure;
import dev.rigbus.kernel.session.LeaseService;
import dev.rigbus.kernel.session.SessionStatus;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LeasedExporterTest {
    private static final long SECONDS = 20;
    private static final Duration LIMIT = Duration.ofSeconds(SECONDS);

    private final Vertx vertx = Vertx.vertx();
    private final GrpcServer server = new GrpcServer(((VertxInternal) vertx).nettyEventLoopGroup(), GrpcLimits.DEFAULT);
    private final List<String> told = new CopyOnWriteArrayList<>();
    private @Nullable LeasedExporter exporter;

    @TempDir
    private Path room;

    @AfterEach
    void stop() throws Exception {
        if (exporter != null) {
            await(exporter.stop());
        }
        server.close();
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    private static void eventually(BooleanSupplier condition, String what) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static NodeSpec driver(String name, String type) {
        return new NodeSpec.DriverSpec("export." + name, type, Map.of(), null, Map.of(), Map.of());
    }

    private static HookSpec hook(String script) {
        return new HookSpec(script, null, Duration.ofSeconds(30), OnFailure.WARN);
    }

    private LeasedExporter start(@Nullable HookSpec before, @Nullable HookSpec after) throws Exception {
        List<DriverType<?>> types = new ArrayList<>();
        ServiceLoader.load(DriverProvider.class).forEach(provider -> types.addAll(provider.types()));
        Map<String, NodeSpec> export = Map.of(
                "power", driver("power", "jumpstarter_driver_power.driver.MockPower"),
                "echo", driver("echo", "jumpstarter_driver_network.driver.EchoNetwork"),
                "probe", driver("probe", "rigbus.testing.Probe"));
        LeasedExporter started = await(LeasedExporter.start(
                vertx, new ExporterSpec("rig", null, export, before, after), DriverCatalog.of(types)));
        exporter = started;
        started.listen((status, release) -> told.add(status.shortName() + (release ? "!" : "")));
        return started;
    }

    /** Connects as the lab does: a connection that ends in the handlers of the lease. */
    private ExporterClient connect(LeasedExporter to, String lease, long fence) throws Exception {
        Channel listener = server.listen(new InetSocketAddress("127.0.0.1", 0), to.handlers(lease, fence), null)
                .sync()
                .channel();
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        return ExporterClient.connect("127.0.0.1:" + port, ClientOptions.plaintext());
    }

    private static void assertRefused(ExporterClient client, String text) {
        assertThatThrownBy(() -> client.driver("power").call("on"))
                .isInstanceOf(CallException.ExporterNotReady.class)
                .hasMessageContaining(text);
        assertThatThrownBy(client::status).hasMessageContaining(text);
    }

    @Test
    void R08_afterTheEndOfTheLeaseEveryCallIsRefusedAtOnce() throws Exception {
        LeasedExporter rig = start(null, null);
        await(rig.begin("one", "ann", 1));
        try (ExporterClient ann = connect(rig, "one", 1)) {
            ann.driver("power").call("on");
            assertThat(ann.status().state()).hasToString("LEASE_READY");

            await(rig.end("its time is up"));
            assertRefused(ann, "the lease one has ended: its time is up");

            await(rig.begin("two", "bob", 2));
            assertRefused(ann, "the lease one has ended: its time is up");
            assertThatThrownBy(() -> connect(rig, "one", 1))
                    .hasMessageContaining("the lease one does not hold this exporter");
            try (ExporterClient bob = connect(rig, "two", 2)) {
                bob.driver("power").call("on");
            }
        }
        assertThat(told).containsExactly("LEASE_READY", "AVAILABLE", "LEASE_READY");
    }

    @Test
    void R13_streamsAndCallsUnderWayAreCutWithTheLease() throws Exception {
        LeasedExporter rig = start(null, null);
        await(rig.begin("one", "ann", 1));
        try (ExporterClient ann = connect(rig, "one", 1);
                RawStream echo = ann.driver("echo").stream("connect");
                ItemStream items = ann.driver("probe").streamingCall("forever")) {
            echo.send(new byte[] {1});
            assertThat(echo.receive(LIMIT)).containsExactly(1);
            assertThat(items.hasNext()).isTrue();
            CompletableFuture<Object> sleeping = CompletableFuture.supplyAsync(
                    () -> String.valueOf(ann.driver("probe").call("sleep_forever")));

            await(rig.transfer("bob"));

            assertThatThrownBy(() -> sleeping.get(SECONDS, TimeUnit.SECONDS))
                    .hasMessageContaining("the lease one was transferred to another client");
            assertThatThrownBy(() -> {
                        while (items.hasNext()) {
                            items.next();
                        }
                    })
                    .hasMessageContaining("the lease one was transferred to another client");
            assertThatThrownBy(() -> {
                        while (echo.receive(LIMIT) != null) {
                            echo.send(new byte[] {1});
                        }
                        throw new java.io.IOException("ended");
                    })
                    .isInstanceOf(java.io.IOException.class);
            assertRefused(ann, "transferred");
        }
        try (ExporterClient bob = connect(rig, "one", 1)) {
            bob.driver("power").call("on");
        }
    }

    @Test
    void R26_aLeaseShowsNothingOfTheOneBefore() throws Exception {
        LeasedExporter rig = start(null, null);
        await(rig.begin("one", "ann", 1));
        try (ExporterClient ann = connect(rig, "one", 1)) {
            ann.driver("power").call("on");
        }
        await(rig.end(""));
        await(rig.begin("two", "bob", 2));
        try (ExporterClient bob = connect(rig, "two", 2)) {
            bob.driver("power").call("off");
            try (LogStream log = bob.logStream()) {
                LogStream.Entry first = log.next(LIMIT);
                assertThat(first).isNotNull();
                assertThat(first.message()).isEqualTo("power off");
            }
        }
    }

    @Test
    void hooksKnowTheLeaseAndReachTheDrivers() throws Exception {
        String script = "echo $LEASE_NAME,$CLIENT_NAME,$JUMPSTARTER_HOST > %s/said.new; mv %1$s/said.new %1$s/%s; "
                + "until [ -e %1$s/go-%2$s ]; do sleep 0.02; done";
        LeasedExporter rig = start(hook(script.formatted(room, "before")), hook(script.formatted(room, "after")));
        await(rig.begin("one", "ann", 1));
        useFromHook("before", "one,ann,");
        eventually(() -> told.contains("LEASE_READY"), "ready");
        await(rig.transfer("bob"));

        Future<Void> ended = rig.end("");
        useFromHook("after", "one,bob,");
        await(ended);

        assertThat(told).containsExactly("BEFORE_LEASE_HOOK", "LEASE_READY", "AFTER_LEASE_HOOK", "AVAILABLE");
    }

    private void useFromHook(String which, String variables) throws Exception {
        Path said = room.resolve(which);
        eventually(() -> Files.exists(said), which + " hook runs");
        String text = Files.readString(said).strip();
        assertThat(text).startsWith(variables);
        String socket = text.substring(variables.length());
        try (ExporterClient hook = ExporterClient.connect(socket, ClientOptions.plaintext())) {
            hook.driver("power").call("on");
        }
        Files.createFile(room.resolve("go-" + which));
    }

    @Test
    void R03_theEndStopsTheBeforeHookAndItNeverBecomesReady() throws Exception {
        LeasedExporter rig = start(hook("touch " + room + "/begun; sleep 600"), null);
        await(rig.begin("one", "ann", 1));
        eventually(() -> Files.exists(room.resolve("begun")), "the hook runs");

        // The wait is shorter than the hook may take.
        await(rig.end(""));

        assertThat(told).containsExactly("BEFORE_LEASE_HOOK", "AVAILABLE");
    }

    @Test
    void R06_overTheBusWhatComesLateDoesNothingToTheNextLease() throws Exception {
        LeasedExporter rig = start(null, null);
        LeaseService service = LeaseService.at(vertx, Addresses.exporter("rig"));
        await(service.begin("one", "ann", 1));
        assertThat(await(service.endSession(1))).isTrue();
        await(service.end("one", ""));
        await(service.begin("two", "bob", 2));

        await(service.end("one", "again, since the first answer was lost"));
        assertThat(await(service.endSession(1))).isFalse();

        assertThat(SessionStatus.of(await(service.status())).fence()).isEqualTo(2);
        assertThat(rig.status().shortName()).isEqualTo("LEASE_READY");
        assertThatThrownBy(() -> await(service.begin("three", "cat", 3)))
                .hasMessageContaining("the exporter is held by lease two");
        assertThatThrownBy(() -> await(service.reset(1))).hasMessageContaining("is over");
    }

    @Test
    void aClientThatEndsItsSessionAndDoesNotReleaseIsReleased() throws Exception {
        LeasedExporter rig = start(null, hook("echo bye"));
        await(rig.begin("one", "ann", 1));
        assertThat(await(LeaseService.at(vertx, Addresses.exporter("rig")).endSession(1)))
                .isTrue();

        eventually(() -> told.contains("AVAILABLE!"), "the release is asked for");
        assertThat(told).containsExactly("LEASE_READY", "AFTER_LEASE_HOOK", "AVAILABLE", "AVAILABLE!");

        await(rig.stop());
        assertThat(told).endsWith("OFFLINE!");
        exporter = null;
    }
}
