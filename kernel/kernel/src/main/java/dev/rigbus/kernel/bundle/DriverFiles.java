package dev.rigbus.kernel.bundle;

import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.tree.TypeRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drivers that are single Java files. Each is compiled when it comes or changes, and those in use are replaced; what does not compile, or does
 * not start, leaves the ones before in use. Files are read when they have stayed the same for one look. Those that others than their owner may
 * write are not taken.
 */
public final class DriverFiles {
    private static final Logger log = LoggerFactory.getLogger(DriverFiles.class);
    private static final long LOOK_MILLIS = 250;
    private static final String JAVA = ".java";

    private final TypeRegistry registry;
    private final Supplier<Set<Path>> files;
    private final Listener listener;
    private Map<Path, Stamp> seen = Map.of();
    private Map<Path, Stamp> read = Map.of();
    private final Set<Path> served = ConcurrentHashMap.newKeySet();
    private @Nullable Vertx vertx;
    private long timer = -1;
    private boolean busy;

    /** Hears what becomes of each file. */
    public interface Listener {
        void serves(Path file, List<String> types);

        /** @param why in the compiler's words, or those of a driver that does not start */
        void refused(Path file, String why);

        void gone(Path file);
    }

    private record Stamp(FileTime changed, long size) {}

    private DriverFiles(TypeRegistry registry, Supplier<Set<Path>> files, Listener listener) {
        this.registry = registry;
        this.files = files;
        this.listener = listener;
    }

    /** All of a folder, which need not be there yet. */
    public static DriverFiles in(Path folder, TypeRegistry registry) {
        return new DriverFiles(registry, () -> javaFiles(folder), new Log());
    }

    /** One file. */
    public static DriverFiles of(Path file, TypeRegistry registry, Listener listener) {
        return new DriverFiles(registry, () -> Files.exists(file) ? Set.of(file) : Set.of(), listener);
    }

    private static Set<Path> javaFiles(Path folder) {
        Set<Path> found = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*" + JAVA)) {
            all.forEach(found::add);
        } catch (NoSuchFileException e) {
            // It may come.
        } catch (IOException e) {
            log.warn("{} cannot be read: {}", folder, e.getMessage());
        }
        return found;
    }

    private static final class Log implements Listener {
        @Override
        public void serves(Path file, List<String> types) {
            log.info("{} brings {}", file, String.join(", ", types));
        }

        @Override
        public void refused(Path file, String why) {
            log.error("{} is not taken; what was there before goes on\n{}", file, why);
        }

        @Override
        public void gone(Path file) {
            log.info("{} is gone, and its drivers with it", file);
        }
    }

    private Map<Path, Stamp> stamps() {
        Map<Path, Stamp> all = new TreeMap<>();
        for (Path file : files.get()) {
            try {
                all.put(file, new Stamp(Files.getLastModifiedTime(file), Files.size(file)));
            } catch (IOException gone) {
                // Between the listing and the look.
            }
        }
        return all;
    }

    /** Takes what is there now; blocks, and nothing may be in use yet. */
    public void load() {
        seen = stamps();
        read = seen;
        seen.keySet().forEach(file -> settle(file, compiled(file)));
    }

    private Future<?> settle(Path file, @Nullable List<DriverType<?>> types) {
        return types == null ? Future.succeededFuture() : taken(file, types);
    }

    /** Follows what changes from now on. */
    public void follow(Vertx on) {
        vertx = on;
        timer = on.setPeriodic(LOOK_MILLIS, any -> look());
    }

    public void close() {
        if (vertx != null) {
            vertx.cancelTimer(timer);
        }
    }

    private void look() {
        if (busy || vertx == null) {
            return;
        }
        busy = true;
        Vertx on = vertx;
        on.executeBlocking(this::changes, false)
                .compose(changes -> {
                    Future<?> all = Future.succeededFuture();
                    for (Supplier<Future<?>> change : changes) {
                        all = all.transform(v -> change.get());
                    }
                    return all;
                })
                .onComplete(done -> busy = false);
    }

    /** What is to be done; blocks while files are compiled. */
    private List<Supplier<Future<?>>> changes() {
        Map<Path, Stamp> now = stamps();
        Map<Path, Stamp> before = seen;
        seen = now;
        List<Supplier<Future<?>>> changes = new ArrayList<>();
        Map<Path, Stamp> settled = new TreeMap<>(read);
        now.forEach((file, stamp) -> {
            if (stamp.equals(before.get(file)) && !stamp.equals(read.get(file))) {
                settled.put(file, stamp);
                List<DriverType<?>> types = compiled(file);
                changes.add(() -> settle(file, types));
            }
        });
        for (Path file : read.keySet()) {
            if (!now.containsKey(file) && !before.containsKey(file)) {
                settled.remove(file);
                changes.add(() -> removed(file));
            }
        }
        read = settled;
        return changes;
    }

    private static String owner(Path file) {
        return "file " + file;
    }

    /** Absent if it cannot be used. */
    private @Nullable List<DriverType<?>> compiled(Path file) {
        try {
            String others = others(file);
            if (others != null) {
                throw new CompileException(others);
            }
            return SourceTypes.of(file);
        } catch (CompileException e) {
            listener.refused(file, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Code that anybody may change is not run. */
    private static @Nullable String others(Path file) {
        for (Path each : List.of(file, file.toAbsolutePath().getParent())) {
            try {
                Set<PosixFilePermission> may =
                        Files.readAttributes(each, PosixFileAttributes.class).permissions();
                if (may.contains(PosixFilePermission.OTHERS_WRITE)) {
                    return each + ": everybody may write to it (chmod o-w " + each + ")";
                }
            } catch (IOException | UnsupportedOperationException e) {
                return each + ": " + e.getMessage();
            }
        }
        return null;
    }

    private Future<Void> taken(Path file, List<DriverType<?>> types) {
        return registry.change(owner(file), types, null)
                .onSuccess(v -> {
                    served.add(file);
                    listener.serves(file, types.stream().map(DriverType::name).toList());
                })
                .onFailure(cause -> listener.refused(file, String.valueOf(cause.getMessage())));
    }

    private Future<Void> removed(Path file) {
        if (!served.contains(file)) {
            return Future.succeededFuture();
        }
        return registry.change(owner(file), List.of(), null)
                .onSuccess(v -> {
                    served.remove(file);
                    listener.gone(file);
                })
                .onFailure(cause -> listener.refused(file, "is gone, but " + cause.getMessage()));
    }
}
