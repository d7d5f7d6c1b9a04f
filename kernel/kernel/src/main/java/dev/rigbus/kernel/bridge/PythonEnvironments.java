package dev.rigbus.kernel.bridge;

import dev.rigbus.kernel.tree.Outposts.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Virtual environments with Python drivers, one for each set of packages, made once and kept. */
final class PythonEnvironments {
    private static final Logger log = LoggerFactory.getLogger(PythonEnvironments.class);
    private static final List<String> PYTHONS =
            List.of("python3", "python3.14", "python3.13", "python3.12", "python3.11");

    private final Path cache;

    PythonEnvironments(Path cache) {
        this.cache = cache;
    }

    /**
     * The interpreter that has some packages; makes its environment if there is none yet, which takes a while. Blocks.
     *
     * @param named an environment that is there already; absent for one that is made here
     */
    Path python(@Nullable String named, Set<String> packages, Place place) throws IOException, InterruptedException {
        if (named != null) {
            return Path.of(named, "bin", "python");
        }
        Files.createDirectories(cache);
        String name = name(packages);
        Path made = cache.resolve(name);
        Path ready = made.resolve("ready");
        if (!Files.exists(ready)) {
            try (FileChannel file = FileChannel.open(
                            cache.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = file.lock()) {
                if (lock.isValid() && !Files.exists(ready)) {
                    delete(made);
                    log.atInfo()
                            .addKeyValue("exporter", place.exporter().name())
                            .log("making the environment of {} in {}, once", String.join(", ", packages), made);
                    make(made, packages);
                    Files.createFile(ready);
                }
            }
        }
        return made.resolve("bin").resolve("python");
    }

    private static String name(Set<String> packages) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\n", packages).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void make(Path folder, Set<String> packages) throws IOException, InterruptedException {
        run(List.of(interpreter(), "-m", "venv", folder.toString()), "a virtual environment cannot be made");
        List<String> install = new ArrayList<>(List.of(
                folder.resolve("bin").resolve("python").toString(),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check"));
        install.addAll(packages);
        run(install, "pip cannot install " + String.join(", ", packages));
    }

    private static String interpreter() throws IOException, InterruptedException {
        for (String python : PYTHONS) {
            try {
                Process process = new ProcessBuilder(python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (process.waitFor() == 0) {
                    return python;
                }
            } catch (IOException e) {
                log.debug("{}: {}", python, e.getMessage());
            }
        }
        throw new IOException(
                "Python 3.11 or later is missing; install it, or name an environment under python.environment");
    }

    private static void run(List<String> command, String failure) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String last = "";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line.isBlank() ? last : line.strip();
            }
        }
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(failure + " (exit " + code + "): " + last);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
