package dev.rigbus.kernel.bundle;

import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.host.Trial;
import dev.rigbus.kernel.tree.TypeRegistry;
import dev.rigbus.kernel.tree.TypeRegistry.Origin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bundles that serve on this node. Which those are is remembered beside their content, so that drivers are there after a restart before
 * anybody else is. Safe to use from any thread.
 */
public final class Bundles {
    private static final Logger log = LoggerFactory.getLogger(Bundles.class);
    private static final String ACTIVE = "active.json";

    private final Path folder;
    private final BundleStore store;
    private final BundlePolicy policy;
    private final TypeRegistry registry;
    private final Map<String, String> active = new TreeMap<>();

    /** @param folder of the contents */
    public Bundles(Path folder, BundlePolicy policy, TypeRegistry registry) {
        this.folder = folder;
        this.store = new BundleStore(folder);
        this.policy = policy;
        this.registry = registry;
    }

    public BundleStore store() {
        return store;
    }

    /** The contents that serve, by the names of their bundles. */
    public synchronized Map<String, String> active() {
        return Map.copyOf(active);
    }

    /** Brings back what served when the node stopped; blocks. What cannot be brought back is said in the log, and keeps no other from it. */
    public void load() {
        for (Map.Entry<String, String> each : remembered().entrySet()) {
            try {
                List<DriverType<?>> types = types(each.getValue());
                registry.change(owner(each.getKey()), types, null)
                        .onSuccess(v -> note(each.getKey(), each.getValue()))
                        .onFailure(cause -> log.error("bundle {} is not there: {}", each.getKey(), cause.getMessage()));
            } catch (BundleException e) {
                log.error("bundle {} is not there: {}", each.getKey(), e.getMessage());
            }
        }
    }

    private Map<String, String> remembered() {
        Map<String, String> all = new TreeMap<>();
        try {
            new JsonObject(Files.readString(folder.resolve(ACTIVE)))
                    .forEach(each -> all.put(each.getKey(), String.valueOf(each.getValue())));
        } catch (NoSuchFileException e) {
            // There have never been any.
        } catch (IOException | DecodeException e) {
            log.error(
                    "{} cannot be read; bundles are there when the lab has said which: {}",
                    folder.resolve(ACTIVE),
                    e.getMessage());
        }
        return all;
    }

    private synchronized void note(String name, @Nullable String hash) {
        if (hash == null) {
            active.remove(name);
        } else {
            active.put(name, hash);
        }
    }

    /** Blocks. */
    private synchronized void remember() {
        JsonObject all = new JsonObject();
        active.forEach(all::put);
        Path half = folder.resolve(ACTIVE + ".half");
        try {
            Files.createDirectories(folder);
            Files.writeString(half, all.encodePrettily());
            Files.move(
                    half, folder.resolve(ACTIVE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // The lab's records say the same, a moment later.
            log.warn("{} cannot be written: {}", folder.resolve(ACTIVE), e.getMessage());
        }
    }

    private static String owner(String name) {
        return "bundle " + name;
    }

    private List<DriverType<?>> types(String hash) throws BundleException {
        if (!store.has(hash)) {
            throw new BundleException("its content " + hash + " is not here");
        }
        BundleFile file = BundleFile.open(store.jar(hash), hash.substring(0, 12));
        file.check(policy);
        List<DriverType<?>> types = file.load(store.unpacked(hash));
        types.forEach(type -> registry.note(type, new Origin(store.jar(hash), store.unpacked(hash))));
        return types;
    }

    /** A change that is ready to be made. */
    public interface Step {
        /** Has the new version serve. */
        Future<Void> commit();

        /** Leaves everything as it was. */
        Future<Void> abort();
    }

    /**
     * Brings a bundle's version up beside the one that serves.
     *
     * @param hash of its content, which must be here; absent to take the bundle away
     * @param failing told the name and the reason when the new version fails in its first minute
     * @return fails with the reason, and has changed nothing, if it cannot serve
     */
    public Future<Step> prepare(
            Vertx vertx, String name, @Nullable String hash, @Nullable BiConsumer<String, String> failing) {
        return vertx.<List<DriverType<?>>>executeBlocking(() -> hash == null ? List.of() : types(hash), false)
                .compose(types -> registry.prepare(owner(name), types))
                .map(change -> new Step() {
                    @Override
                    public Future<Void> commit() {
                        Trial trial = hash == null || failing == null
                                ? null
                                : new Trial(System::nanoTime, why -> failing.accept(name, why));
                        return change.commit(trial).compose(v -> {
                            note(name, hash);
                            return vertx.executeBlocking(
                                    () -> {
                                        remember();
                                        return null;
                                    },
                                    true);
                        });
                    }

                    @Override
                    public Future<Void> abort() {
                        return change.abort();
                    }
                });
    }
}
