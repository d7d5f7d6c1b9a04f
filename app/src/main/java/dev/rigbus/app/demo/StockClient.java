package dev.rigbus.app.demo;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The {@code jmp} of Jumpstarter, where it is installed. */
record StockClient(Path program) {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    static Optional<StockClient> find(Map<String, String> environment) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "jmp"))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .map(StockClient::new);
    }

    /** The words that open a shell on an exporter. */
    static List<String> shell(String address) {
        return List.of("jmp", "shell", "--tls-grpc", address, "--tls-grpc-insecure");
    }

    /** Runs {@code j} with these words on an exporter; fails with what it had to say. */
    void j(String address, List<String> words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(shell(address));
        command.set(0, program.toString());
        command.addAll(List.of("--", "j"));
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        prepare(builder.environment());
        Path said = Files.createTempFile("rigbus-demo", ".log");
        try {
            Process process = builder.redirectOutput(said.toFile()).start();
            try {
                if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException("it was not done within " + LIMIT.toSeconds() + " s");
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
            }
            if (process.exitValue() != 0) {
                throw new IOException("it ended with " + process.exitValue() + lastLine(said));
            }
        } finally {
            Files.delete(said);
        }
    }

    /** The demo may itself run in such a shell, whose settings are not for this one; and j must be found beside jmp. */
    private void prepare(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.matches("_?JMP_.*|JUMPSTARTER_.*"));
        environment.put("PATH", program.toAbsolutePath().getParent() + File.pathSeparator + environment.get("PATH"));
        environment.put("NO_COLOR", "1");
    }

    private static String lastLine(Path said) throws IOException {
        String text = new String(Files.readAllBytes(said), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "" : ": " + text.substring(text.lastIndexOf('\n') + 1);
    }
}
