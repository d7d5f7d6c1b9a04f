package dev.rigbus.app.apart;

import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.log.Logs;
import dev.rigbus.app.node.NodeVertx;
import dev.rigbus.kernel.Apart;
import dev.rigbus.kernel.bridge.JvmOutposts;
import dev.rigbus.kernel.bundle.BundleException;
import dev.rigbus.kernel.bundle.BundleFile;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.DriverStartException;
import dev.rigbus.kernel.tree.Outposts;
import dev.rigbus.kernel.tree.TypeRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The entry point of a process that runs drivers for a node. The order for it is the first line of its input, whose end is its own, however the
 * node has ended.
 */
public final class DriverProcess {
    private static final long LOAD_SECONDS = 60;
    private static final long CLOSE_SECONDS = 10;

    private DriverProcess() {}

    /** Starts such a process, in a JVM like this one. */
    public static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                // Two processes cannot be debugged, or measured, on one port.
                .filter(flag -> !flag.startsWith("-agentlib:")
                        && !flag.startsWith("-javaagent:")
                        && !flag.startsWith("-Dcom.sun.management."))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DriverProcess.class.getName()));
        return command;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream answers = System.out;
        // What libraries print is not for the node's program.
        System.setOut(System.err);
        Logs.quietDrivers();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String order = input.readLine();
        if (order == null) {
            System.exit(1);
            return;
        }
        Vertx vertx = Vertx.vertx(NodeVertx.options(1));
        Apart drivers = start(vertx, new JsonObject(order), answers);
        if (drivers == null) {
            System.exit(1);
            return;
        }
        answer(answers, new JsonObject().put("ready", true));
        while (input.read() >= 0) {
            // Nothing more is said, until it ends.
        }
        try {
            await(drivers.stop(), CLOSE_SECONDS);
        } catch (IOException e) {
            System.err.println("the drivers did not close: " + e.getMessage());
        }
        // A thread that hangs in a driver must not keep the process.
        System.exit(0);
    }

    private static @Nullable Apart start(Vertx vertx, JsonObject order, PrintStream answers)
            throws InterruptedException {
        try {
            TypeRegistry registry = DriverTypes.registry();
            JsonArray bundles = order.getJsonArray("bundles");
            for (int i = 0; i < bundles.size(); i++) {
                JsonObject bundle = bundles.getJsonObject(i);
                BundleFile file = BundleFile.open(Path.of(bundle.getString("jar")));
                var types = file.load(Path.of(bundle.getString("unpacked")));
                await(registry.change("bundle " + file.manifest().name(), types, null), LOAD_SECONDS);
            }
            return await(Apart.start(vertx, order, new DriverCatalog(registry, Outposts.NONE)), Integer.MAX_VALUE);
        } catch (IOException | BundleException | ConfigException e) {
            JsonObject failed = e.getCause() instanceof DriverStartException driver
                    ? new JsonObject().put("path", driver.path()).put("failed", driver.reason())
                    : new JsonObject().put("failed", String.valueOf(e.getMessage()));
            answer(answers, failed);
            return null;
        }
    }

    private static void answer(PrintStream answers, JsonObject words) {
        answers.println(JvmOutposts.MARK + words.encode());
        answers.flush();
    }

    private static <T> T await(Future<T> future, long seconds) throws IOException, InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + seconds + " s", e);
        }
    }
}
