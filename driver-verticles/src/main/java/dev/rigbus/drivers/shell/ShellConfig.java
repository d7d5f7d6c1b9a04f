package dev.rigbus.drivers.shell;

import dev.rigbus.driver.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a shell driver may run.
 *
 * @param methods the scripts by the names that clients call them by, in the order of the file
 * @param shell the program, with its options, that takes a script as its next argument
 * @param cwd where scripts run; the exporter's own directory if there is none
 */
record ShellConfig(
        Map<String, Method> methods,
        List<String> shell,
        @Nullable Path cwd) {
    private static final int DEFAULT_TIMEOUT_SECONDS = 300;

    /** @param timeout how long the script may run */
    record Method(String script, @Nullable String description, Duration timeout) {}

    static ShellConfig read(Settings settings) {
        int timeout = settings.integer("timeout", DEFAULT_TIMEOUT_SECONDS, 1, Integer.MAX_VALUE);
        List<String> shell = settings.strings("shell", List.of("bash", "-c"));
        if (shell.isEmpty()) {
            settings.problem("shell", "is empty (expected: a program and its options, such as [bash, -c])");
        }
        if (!settings.has("methods")) {
            settings.problem("methods", "is missing (expected: a map of names and scripts)");
        }
        return new ShellConfig(methods(settings.section("methods"), timeout), shell, settings.optionalPath("cwd"));
    }

    private static Map<String, Method> methods(Settings all, int timeout) {
        Map<String, Method> result = new LinkedHashMap<>();
        for (String name : all.keys()) {
            if (all.raw(name) instanceof String script) {
                result.put(name, new Method(script, null, Duration.ofSeconds(timeout)));
            } else if (all.raw(name) instanceof Map) {
                result.put(name, method(all.section(name), timeout));
            } else {
                all.problem(
                        name,
                        all.raw(name)
                                + " (expected: a script in quotes, or a map with command, description and timeout)");
            }
        }
        return result;
    }

    private static Method method(Settings settings, int timeout) {
        return new Method(
                settings.string("command", "echo Hello"),
                settings.optionalString("description"),
                Duration.ofSeconds(settings.integer("timeout", timeout, 1, Integer.MAX_VALUE)));
    }
}
