package dev.rigbus.app.command;

import dev.rigbus.app.apart.DriverProcess;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.config.ExporterFile;
import dev.rigbus.app.log.Logs;
import dev.rigbus.app.node.NodeVertx;
import dev.rigbus.app.shell.Connecting;
import dev.rigbus.app.shell.ShellSession;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterAddress;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.lease.LabAccess;
import dev.rigbus.client.lease.Lease;
import dev.rigbus.client.lease.LeaseInfo;
import dev.rigbus.client.lease.LeaseRequest;
import dev.rigbus.client.lease.Leases;
import dev.rigbus.kernel.Exporter;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** {@code rigbus shell}: what {@code jmp shell} is, for those who have no Python. */
final class Shell implements Command {
    private static final Flag LEASE = new Flag("--lease", "NAME", "A lease that is there already; also JMP_LEASE.");
    private static final Flag DIRECT =
            new Flag("--tls-grpc", "HOST:PORT", "An exporter that serves there, without a lab.");
    private static final Flag INSECURE = new Flag("--tls-grpc-insecure", "", "That exporter does not speak TLS.");
    private static final Flag PASSPHRASE = new Flag(
            "--passphrase", "TEXT", "What that exporter asks for; also RIGBUS_PASSPHRASE, which others cannot see.");
    private static final Flag LOCAL =
            new Flag("--exporter-config", "FILE", "An exporter in this process, for as long as the shell lasts.");
    private static final Flag LOGS = new Flag("--exporter-logs", "", "Shows what the exporter and its drivers log.");
    private static final Flag PATIENCE =
            new Flag("--acquisition-timeout", "TIME", "How long to wait for the lease. Default: 2h.");
    private static final Flag RENEW = new Flag("--renew", "", "Makes the lease longer for as long as the shell lasts.");
    private static final long START_SECONDS = 120;

    @Override
    public String name() {
        return "shell";
    }

    @Override
    public String summary() {
        return "Leases an exporter and runs a shell, or one command, that finds it; `j` inside uses its drivers.";
    }

    @Override
    public String operands() {
        return "[-- COMMAND...]";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(
                ClientFlags.SELECTOR,
                ClientFlags.EXPORTER,
                LEASE,
                ClientFlags.DURATION,
                RENEW,
                PATIENCE,
                LOGS,
                DIRECT,
                INSECURE,
                PASSPHRASE,
                LOCAL));
        flags.addAll(ClientFlags.WHO);
        return flags;
    }

    @Override
    public String details() {
        return """
                Examples:
                  rigbus shell -l board=rpi4                       a shell with any such board
                  rigbus shell -n rpi4-2 -- j power on             one command
                  rigbus shell --tls-grpc rack1:19090 -- pytest    an exporter without a lab
                The exit code is that of the command.
                """;
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        Logs.level(
                words.has(Rigbus.LOG_LEVEL)
                        ? Rigbus.logLevel(words, System.getenv())
                        : dev.rigbus.app.log.LogLevel.WARNING);
        Map<String, String> environment = System.getenv();
        int code;
        try {
            if (words.has(DIRECT)) {
                code = direct(words, console, environment);
            } else if (words.has(LOCAL)) {
                code = local(words, console);
            } else {
                code = leased(words, console, environment);
            }
        } catch (IOException e) {
            throw new CommandException("Error: " + e.getMessage(), e);
        }
        throw new ExitException(code);
    }

    private static int direct(Words words, Console console, Map<String, String> environment)
            throws IOException, InterruptedException, UsageException {
        String address = String.valueOf(words.value(DIRECT));
        boolean insecure = words.has(INSECURE);
        String given = words.value(PASSPHRASE);
        String passphrase = given == null ? environment.get("RIGBUS_PASSPHRASE") : given;
        String roots = environment.get("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
        ClientOptions options = insecure
                ? ClientOptions.plaintext()
                : roots == null ? ClientOptions.secure() : ClientOptions.secure(Path.of(roots));
        if (ExporterAddress.parse(address) instanceof ExporterAddress.Unix) {
            throw new UsageException("--tls-grpc " + address + " (expected: HOST:PORT)");
        }
        Map<String, String> variables = new LinkedHashMap<>(Map.of(
                "JUMPSTARTER_HOST", address,
                "JMP_DRIVERS_ALLOW", "UNSAFE",
                "JMP_EXPORTER", "direct",
                "JMP_LEASE", "direct",
                "_JMP_SUPPRESS_DRIVER_WARNINGS", "1"));
        if (insecure) {
            variables.put("JMP_GRPC_INSECURE", "1");
        }
        if (passphrase != null) {
            variables.put("JMP_GRPC_PASSPHRASE", passphrase);
            options = options.withPassphrase(passphrase);
        }
        ClientOptions how = options;
        return session(words, console, () -> ExporterClient.connect(address, how), "direct", variables);
    }

    private static int session(
            Words words, Console console, Connecting connecting, String prompt, Map<String, String> variables)
            throws IOException, InterruptedException {
        try (ShellSession session = ShellSession.open(connecting, console.err())) {
            session.showLogs(words.has(LOGS));
            session.awaitReady();
            return session.run(words.operands(), prompt, variables);
        }
    }

    private static int local(Words words, Console console) throws Exception {
        ExporterFile file = ExporterFile.read(Path.of(String.valueOf(words.value(LOCAL))), System.getenv());
        Vertx vertx = Vertx.vertx(NodeVertx.options(1));
        try {
            Exporter exporter =
                    await(Exporter.start(vertx, file.spec(), DriverTypes.load(DriverProcess::command), null));
            try {
                String socket = exporter.socket().toString();
                Map<String, String> variables = Map.of(
                        "JUMPSTARTER_HOST", socket,
                        "JMP_DRIVERS_ALLOW", "UNSAFE",
                        "_JMP_SUPPRESS_DRIVER_WARNINGS", "1");
                return session(
                        words,
                        console,
                        () -> ExporterClient.connect(socket, ClientOptions.plaintext()),
                        "local",
                        variables);
            } finally {
                await(exporter.stop());
            }
        } finally {
            await(vertx.close());
        }
    }

    private static <T> T await(io.vertx.core.Future<T> future) throws IOException, InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException e) {
            throw new IOException("not done within " + START_SECONDS + " s", e);
        }
    }

    private static int leased(Words words, Console console, Map<String, String> environment) throws Exception {
        LabAccess access = ClientFlags.access(words, environment);
        try (Leases lab = Leases.connect(access)) {
            Lease lease = lease(words, console, lab, environment);
            StopSignals signals = StopSignals.install();
            int code = 1;
            try (lease;
                    ShellSession session = ShellSession.open(() -> connect(lease), console.err())) {
                signals.first().thenAccept(signal -> {
                    if (!signal.equals("SIGINT")) {
                        session.hangUp();
                    }
                });
                AtomicBoolean finished = new AtomicBoolean();
                lease.over().onSuccess(reason -> {
                    if (finished.get()) {
                        return; // by us
                    }
                    console.err().println("The lease has ended: " + reason);
                    console.err().flush();
                    session.hangUp();
                });
                session.showLogs(words.has(LOGS));
                session.awaitReady();
                code = session.run(words.operands(), lease.exporter(), lease.environment());
                finished.set(true);
                String failed = lease.endSession();
                if (!failed.isEmpty()) {
                    throw new IOException(failed);
                }
            }
            return code;
        }
    }

    private static ExporterClient connect(Lease lease) throws IOException {
        return ExporterClient.connect(
                new ExporterAddress.Unix(lease.socket()),
                ClientOptions.plaintext().withTimeout(Duration.ofSeconds(60)));
    }

    private static Lease lease(Words words, Console console, Leases lab, Map<String, String> environment)
            throws IOException, InterruptedException, UsageException {
        String selector = ClientFlags.selector(words);
        String exporter = words.value(ClientFlags.EXPORTER);
        String there = words.value(LEASE) == null ? environment.get("JMP_LEASE") : words.value(LEASE);
        if (there != null && (words.has(LEASE) || selector == null && exporter == null)) {
            return lab.use(there);
        }
        if (selector == null && exporter == null) {
            return lab.use(onlyOne(lab));
        }
        String patience = words.value(PATIENCE);
        LeaseRequest request = new LeaseRequest(
                selector,
                exporter,
                ClientFlags.duration(words),
                patience == null ? Duration.ofHours(2) : DurationWords.parse(PATIENCE, patience),
                words.has(RENEW),
                reason -> {
                    if (!reason.isEmpty()) {
                        console.err().println("waiting: " + reason);
                        console.err().flush();
                    }
                });
        return lab.acquire(request);
    }

    private static String onlyOne(Leases lab) throws UsageException {
        @Nullable String found = null;
        List<String> all = new ArrayList<>();
        for (LeaseInfo lease : lab.list(false)) {
            found = lease.name();
            all.add(lease.name() + (lease.exporter() == null ? "" : " (exporter " + lease.exporter() + ")"));
        }
        if (found == null) {
            throw new UsageException(
                    "no active leases found (expected: --selector or --name for a new one, or --lease)");
        }
        if (all.size() > 1) {
            throw new UsageException(
                    "multiple active leases found: " + String.join(", ", all) + " (expected: --lease)");
        }
        return found;
    }
}
