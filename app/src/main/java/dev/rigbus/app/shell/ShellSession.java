package dev.rigbus.app.shell;

import dev.rigbus.app.thin.Frames;
import dev.rigbus.app.thin.RawTerminal;
import dev.rigbus.app.thin.Thin;
import dev.rigbus.client.CallException;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.LogStream;
import dev.rigbus.client.SessionStatus;
import dev.rigbus.client.SessionStatus.State;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/** A shell, or a command, whose programs find an exporter in their environment, and {@code j} on their path. */
public final class ShellSession implements AutoCloseable {
    private static final Duration HOOK = Duration.ofSeconds(300);
    private static final Duration LOG_POLL = Duration.ofSeconds(1);
    private static final String WARNING = "[HOOK_WARNING] ";
    private static final int NOT_FOUND = 127;
    private static final List<Class<?>> THIN = List.of(Thin.class, Frames.class, Frames.Frame.class, RawTerminal.class);

    private final ExporterClient client;
    private final PrintWriter err;
    private final Path room;
    private final Helper helper;
    private volatile @Nullable Process process;
    private volatile boolean over;
    private @Nullable LogStream logs;

    private ShellSession(Connecting connecting, PrintWriter err) throws IOException {
        this.client = connecting.connect();
        this.err = err;
        // Only this user can look into it.
        this.room = Files.createTempDirectory("rigbus-shell-");
        Path bin = Files.createDirectory(room.resolve("bin"));
        Path j = bin.resolve("j");
        Files.writeString(j, script(thin(room)));
        Files.setPosixFilePermissions(j, PosixFilePermissions.fromString("rwx------"));
        this.helper = Helper.start(room.resolve("socket"), client, connecting);
    }

    /**
     * Connects and prepares for programs.
     *
     * @param connecting is asked again when the connection is lost
     */
    public static ShellSession open(Connecting connecting, PrintWriter err) throws IOException {
        return new ShellSession(connecting, err);
    }

    /** Those of the program, in a folder of their own: to open a jar, and all that it names, takes longer than they run. */
    private static Path thin(Path room) throws IOException {
        Path folder = room.resolve("classes");
        for (Class<?> each : THIN) {
            String name = each.getName().replace('.', '/') + ".class";
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            try (InputStream in = Objects.requireNonNull(each.getClassLoader()).getResourceAsStream(name)) {
                Files.write(file, Objects.requireNonNull(in).readAllBytes());
            }
        }
        return folder;
    }

    /** A JVM that does next to nothing is there in no time. */
    private static String script(Path classes) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return "#!/bin/sh\nexec " + quoted(java)
                + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xshare:auto -Xmx24m -cp "
                + quoted(classes.toString()) + " " + Thin.class.getName() + " \"$@\"\n";
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /**
     * Shows what hooks say, and, if wanted, all else that the exporter logs, until the session is closed.
     *
     * @param all whether not only hooks are of interest
     */
    public void showLogs(boolean all) {
        LogStream opened = client.logStream();
        logs = opened;
        Thread reader = new Thread(() -> readLogs(opened, all), "exporter-log");
        reader.setDaemon(true);
        reader.start();
    }

    private void readLogs(LogStream log, boolean all) {
        try {
            while (!over) {
                try {
                    LogStream.Entry entry = log.next(LOG_POLL);
                    if (entry == null) {
                        return;
                    }
                    boolean hook = entry.source() == LogStream.Source.BEFORE_LEASE_HOOK
                            || entry.source() == LogStream.Source.AFTER_LEASE_HOOK;
                    if (hook || all) {
                        err.println("[" + entry.severity() + "] " + name(entry.source()) + ": " + entry.message());
                        err.flush();
                    }
                } catch (TimeoutException e) {
                    // Nothing to say.
                }
            }
        } catch (CallException e) {
            // The connection is gone, which others tell.
        }
    }

    private static String name(LogStream.Source source) {
        return switch (source) {
            case DRIVER -> "exporter:driver";
            case BEFORE_LEASE_HOOK -> "exporter:beforeLease";
            case AFTER_LEASE_HOOK -> "exporter:afterLease";
            default -> "exporter:system";
        };
    }

    /** Waits until the before-lease hook has run; fails with what to say if it has failed. */
    public void awaitReady() throws IOException {
        try {
            SessionStatus status =
                    client.waitForStatus(Set.of(State.LEASE_READY, State.BEFORE_LEASE_HOOK_FAILED), HOOK);
            if (status.state() == State.BEFORE_LEASE_HOOK_FAILED) {
                throw new IOException(status.message().isEmpty() ? "beforeLease hook failed" : status.message());
            }
            if (status.message().startsWith(WARNING)) {
                err.println("Warning: " + status.message().substring(WARNING.length()));
                err.flush();
            }
        } catch (TimeoutException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Runs a command, or a shell, to its end.
     *
     * @param command empty for a shell
     * @param prompt what the shell's prompt shows
     * @return the exit code
     */
    public int run(List<String> command, String prompt, Map<String, String> exporter) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        Map<String, String> environment = builder.environment();
        environment.putAll(exporter);
        environment.put(Thin.SOCKET, room.resolve("socket").toString());
        String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("PATH", room.resolve("bin") + File.pathSeparator + path);
        try {
            builder.command(command.isEmpty() ? shell(environment, prompt) : found(command, environment));
            Process started = builder.start();
            process = started;
            // The terminal sends it to the command as well, which decides what it is good for.
            var before = Signal.handle(new Signal("INT"), signal -> {});
            try {
                return started.waitFor();
            } finally {
                Signal.handle(new Signal("INT"), before);
            }
        } catch (IOException e) {
            err.println("rigbus: " + String.join(" ", builder.command()) + ": cannot be run: " + e.getMessage());
            err.flush();
            return NOT_FOUND;
        } finally {
            process = null;
        }
    }

    private List<String> shell(Map<String, String> environment, String prompt) throws IOException {
        String shell = environment.getOrDefault("SHELL", "bash");
        List<String> command = new ArrayList<>(List.of(shell));
        if (shell.endsWith("bash")) {
            Path profile = room.resolve("profile");
            Files.writeString(
                    profile,
                    "PS1="
                            + quoted("\\[\\e[90m\\]\\W \\[\\e[93m\\]⚡\\[\\e[97m\\]" + prompt
                                    + " \\[\\e[93m\\]➤\\[\\e[0m\\] ")
                            + "\ncomplete -C j j\n");
            command.addAll(List.of("--noprofile", "--rcfile", profile.toString()));
        } else if (shell.endsWith("zsh")) {
            environment.put("PS1", "%F{8}%1~ %F{yellow}⚡%F{white}" + prompt + " %F{yellow}➤%f ");
            command.add("--no-rcs");
        }
        return command;
    }

    /** Java looks for a program in its own environment, not in that of the program. */
    private static List<String> found(List<String> command, Map<String, String> environment) {
        String name = command.get(0);
        if (!name.contains("/")) {
            for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
                Path file = Path.of(folder, name);
                if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                    List<String> all = new ArrayList<>(command);
                    all.set(0, file.toString());
                    return all;
                }
            }
        }
        return command;
    }

    /** Ends the command that runs, as a terminal does that is closed. */
    public void hangUp() {
        Process running = process;
        if (running != null) {
            try {
                new ProcessBuilder("kill", "-HUP", String.valueOf(running.pid()))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor(5, TimeUnit.SECONDS);
            } catch (IOException e) {
                running.destroy();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() throws IOException {
        over = true;
        // Else the connection would wait a moment for it to end.
        if (logs != null) {
            logs.close();
        }
        helper.close();
        try (Stream<Path> all = Files.walk(room)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
