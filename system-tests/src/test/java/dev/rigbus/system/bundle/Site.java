package dev.rigbus.system.bundle;

import dev.rigbus.app.apart.DriverProcess;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.Listener;
import dev.rigbus.kernel.bridge.JvmOutposts;
import dev.rigbus.kernel.bundle.BundlePolicy;
import dev.rigbus.kernel.bundle.BundleStore;
import dev.rigbus.kernel.bundle.Bundles;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.kernel.tree.Outposts;
import dev.rigbus.kernel.tree.TypeRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An exporter in this process, on a host that takes bundles. */
final class Site implements AutoCloseable {
    private static final long SECONDS = 30;

    final Vertx vertx = Vertx.vertx();
    final TypeRegistry registry;
    final Bundles bundles;
    private @Nullable Exporter exporter;

    Site(Path room) {
        this(room, BundlePolicy.USUAL);
    }

    Site(Path room, BundlePolicy policy) {
        List<DriverType<?>> types = new ArrayList<>();
        ServiceLoader.load(DriverProvider.class).forEach(provider -> types.addAll(provider.types()));
        registry = TypeRegistry.of(types);
        bundles = new Bundles(room.resolve("bundles"), policy, registry);
    }

    static NodeSpec node(String key, String type, Map<String, ?> config, Map<String, NodeSpec> children) {
        return new NodeSpec.DriverSpec("export." + key, type, config, null, Map.of(), children);
    }

    static NodeSpec node(String key, String type) {
        return node(key, type, Map.of(), Map.of());
    }

    void export(Map<String, NodeSpec> export) throws Exception {
        exporter = await(Exporter.start(
                vertx,
                new ExporterSpec("rig", null, export, null, null),
                new DriverCatalog(registry, new JvmOutposts(registry, DriverProcess::command, Outposts.NONE)),
                new Listener("127.0.0.1", 0, null, null)));
    }

    ExporterClient client() throws IOException {
        if (exporter == null) {
            throw new IllegalStateException("nothing is exported");
        }
        return ExporterClient.connect("127.0.0.1:" + exporter.port(), ClientOptions.plaintext());
    }

    /** Puts a jar into the store; gives its hash. */
    String put(Path jar) throws Exception {
        String hash = BundleStore.hash(jar);
        bundles.store().put(hash, 0, Files.readAllBytes(jar), true);
        return hash;
    }

    /** Has a bundle serve; absent to take it away. */
    void serve(String name, @Nullable String hash) throws Exception {
        await(bundles.prepare(vertx, name, hash, null).compose(Bundles.Step::commit));
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        if (exporter != null) {
            await(exporter.stop());
        }
        await(vertx.close());
    }
}
