package dev.rigbus.app.dev;

import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.Listener;
import dev.rigbus.kernel.bundle.DriverFiles;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An exporter with the drivers of one source file, for this machine alone, and a client that is connected to it. */
public final class Bench implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final long SECONDS = 15;

    private final Vertx vertx;
    private final Path file;
    private final Map<String, Object> config;
    private final DriverCatalog catalog;
    private final PrintWriter out;
    private final DriverFiles files;
    private final CompletableFuture<List<String>> first = new CompletableFuture<>();
    private @Nullable Exporter exporter;
    private @Nullable ExporterClient client;
    private int version;

    /** @param config the settings of each driver */
    public Bench(Vertx vertx, Path file, Map<String, Object> config, DriverCatalog catalog, PrintWriter out) {
        this.vertx = vertx;
        this.file = file;
        this.config = config;
        this.catalog = catalog;
        this.out = out;
        this.files = DriverFiles.of(file, catalog.registry(), new Told());
    }

    /** Any thread. */
    private final class Told implements DriverFiles.Listener {
        @Override
        public void serves(Path from, List<String> types) {
            version++;
            if (version > 1) {
                say(from + ": version " + version + " serves");
            }
            first.complete(types);
        }

        @Override
        public void refused(Path from, String why) {
            say(why + "\n" + from
                    + (version == 0 ? ": waiting for it to be mended" : ": version " + version + " goes on"));
        }

        @Override
        public void gone(Path from) {
            say(from + " is gone");
        }
    }

    private void say(String text) {
        synchronized (out) {
            out.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + "  " + text);
            out.flush();
        }
    }

    /**
     * Serves what the file has, once it compiles.
     *
     * @param end complete when nobody waits any more
     */
    public void start(CompletableFuture<String> end) throws IOException, InterruptedException {
        files.load();
        files.follow(vertx);
        CompletableFuture.anyOf(first, end).join();
        if (!first.isDone()) {
            return;
        }
        Map<String, NodeSpec> export = new LinkedHashMap<>();
        for (String type : first.join()) {
            String name = name(type);
            export.put(name, new DriverSpec(name, type, config, null, Map.of(), Map.of()));
        }
        Listener listener = new Listener(HOST, 0, null, null);
        Exporter started =
                await(Exporter.start(vertx, new ExporterSpec("dev", null, export, null, null), catalog, listener));
        exporter = started;
        String address = HOST + ":" + started.port();
        client = ExporterClient.connect(address, ClientOptions.plaintext());
        say(file + ": version 1 serves " + String.join(", ", export.keySet()) + " on " + address);
        say("for the stock client: jmp shell --tls-grpc " + address + " --tls-grpc-insecure");
    }

    /** As {@code relay_power} for {@code my.lab.RelayPower}. */
    static String name(String type) {
        String simple = type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
        return simple.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** The drivers by name. */
    Map<String, DriverNode> drivers() {
        return Objects.requireNonNull(client).root().children();
    }

    private static <T> T await(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IOException("no answer within " + SECONDS + " s", e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        files.close();
        if (client != null) {
            client.close();
        }
        if (exporter != null) {
            await(exporter.stop());
        }
    }
}
