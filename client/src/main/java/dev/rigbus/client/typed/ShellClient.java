package dev.rigbus.client.typed;

import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ItemStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Commands that the exporter's configuration has, by their names. */
public final class ShellClient {
    private final DriverNode driver;

    public ShellClient(DriverNode driver) {
        this.driver = driver;
    }

    /** The names of the commands. */
    public List<String> methods() {
        List<String> names = new ArrayList<>();
        if (driver.call("get_methods") instanceof List<?> all) {
            all.forEach(name -> names.add(String.valueOf(name)));
        }
        return names;
    }

    /** What a command has said, and its exit code. */
    public record Result(int exitCode, String output, String errors) {}

    /** Runs a command and keeps what it says. */
    public Result run(String method, String... arguments) {
        StringBuilder output = new StringBuilder();
        StringBuilder errors = new StringBuilder();
        int code = run(method, Map.of(), List.of(arguments), output::append, errors::append);
        return new Result(code, output.toString(), errors.toString());
    }

    /**
     * Runs a command and passes on what it says, as it comes.
     *
     * @param environment beside that of the configuration
     * @return its exit code
     */
    public int run(
            String method,
            Map<String, String> environment,
            List<String> arguments,
            Consumer<String> output,
            Consumer<String> errors) {
        List<@Nullable Object> all = new ArrayList<>(List.of(method, environment));
        all.addAll(arguments);
        int code = 0;
        try (ItemStream items = driver.streamingCall("call_method", all.toArray())) {
            while (items.hasNext()) {
                if (items.next() instanceof List<?> said && said.size() >= 2) {
                    pass(said.get(0), output);
                    pass(said.get(1), errors);
                    code = said.size() > 2 && said.get(2) instanceof Number number ? number.intValue() : code;
                }
            }
        }
        return code;
    }

    private static void pass(@Nullable Object said, Consumer<String> to) {
        if (said != null && !said.toString().isEmpty()) {
            to.accept(said.toString());
        }
    }
}
