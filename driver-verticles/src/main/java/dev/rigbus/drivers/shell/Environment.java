package dev.rigbus.drivers.shell;

import dev.rigbus.drivers.python.Repr;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The variables that a client sends along. They are values for the script and must not change what runs, or as whom.
 */
final class Environment {
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");
    // What a stock exporter blocks, and further names by which shells and interpreters find code to run.
    private static final Set<String> BLOCKED = Set.of(
            "LD_PRELOAD",
            "LD_LIBRARY_PATH",
            "PATH",
            "PYTHONPATH",
            "BASH_ENV",
            "KUBECONFIG",
            "HOME",
            "SHELLOPTS",
            "BASHOPTS",
            "PS4",
            "PYTHONHOME",
            "PYTHONSTARTUP",
            "PERL5LIB",
            "PERL5OPT",
            "RUBYLIB",
            "RUBYOPT",
            "NODE_OPTIONS",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS");
    private static final List<String> BLOCKED_PREFIXES = List.of("LD_", "BASH_FUNC_");

    private Environment() {}

    /** The variables, once each has passed; throws {@link IllegalArgumentException} for the first that does not. */
    static Map<String, String> checked(Map<String, ?> given) {
        Map<String, String> result = new LinkedHashMap<>();
        given.forEach((name, value) -> result.put(checkedName(name), checkedValue(name, value)));
        return result;
    }

    private static String checkedName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Invalid environment variable name: " + name);
        }
        if (BLOCKED.contains(name) || BLOCKED_PREFIXES.stream().anyMatch(name::startsWith)) {
            throw new IllegalArgumentException("Environment variable '" + name + "' is blocked for security reasons");
        }
        return name;
    }

    private static String checkedValue(String name, Object value) {
        if (!(value instanceof String text)) {
            throw new IllegalArgumentException(
                    "Environment variable '" + name + "' must be a string, got " + Repr.typeOf(value));
        }
        return Arguments.checked(text);
    }
}
