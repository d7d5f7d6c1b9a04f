package dev.rigbus.cluster.store;

import dev.rigbus.testkit.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL of a test's own, made of the binaries of the system; it refuses to run as root, so root lends it another user. */
final class PostgresServer implements AutoCloseable {
    static final String PASSWORD = "not a secret, but nobody prints it";

    private static final String USER = "nobody";

    private final boolean root = "root".equals(System.getProperty("user.name"));
    private final Path bin = binaries();
    private final Path home;
    private final Path data;
    private final int port;

    PostgresServer() throws IOException, InterruptedException {
        home = Files.createTempDirectory(
                "rigbus-pg", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        data = home.resolve("data");
        Path password = home.resolve("password");
        Files.writeString(password, PASSWORD);
        if (root) {
            var owner = home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
            Files.setOwner(home, owner);
            Files.setOwner(password, owner);
        }
        run(
                "initdb",
                "-D",
                data.toString(),
                "-U",
                "rigbus",
                "-A",
                "scram-sha-256",
                "--pwfile=" + password,
                "-E",
                "UTF8");
        port = FreePorts.one();
        start();
    }

    /** Of the newest that is installed. Without one this fails: what is promised for PostgreSQL is tested on PostgreSQL. */
    private static Path binaries() {
        try (var versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.max(Comparator.comparingInt(
                            v -> Integer.parseInt(v.getFileName().toString())))
                    .orElseThrow()
                    .resolve("bin");
        } catch (IOException e) {
            throw new AssertionError("this test wants PostgreSQL's server: install the package postgresql", e);
        }
    }

    void start() throws IOException, InterruptedException {
        String options = "-h 127.0.0.1 -p " + port + " -k " + home;
        run("pg_ctl", "-D", data.toString(), "-w", "-l", home.resolve("log").toString(), "-o", options, "start");
    }

    /** As if its host had lost power. */
    void crash() throws IOException, InterruptedException {
        run("pg_ctl", "-D", data.toString(), "-m", "immediate", "-w", "stop");
    }

    private void run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (root) {
            command.addAll(List.of("runuser", "-u", USER, "--"));
        }
        command.add(bin.resolve(program).toString());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("rigbus-pg", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(command + " failed: " + Files.readString(output));
            }
        } finally {
            Files.delete(output);
        }
    }

    int port() {
        return port;
    }

    static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            crash();
        } finally {
            try (var all = Files.walk(home)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
