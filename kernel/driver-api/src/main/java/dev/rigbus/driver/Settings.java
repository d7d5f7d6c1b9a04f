package dev.rigbus.driver;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says in one place, read key by key into a record. A value that does not fit is noted and a stand-in is
 * returned, so that one reading finds every problem; {@link #check()} then reports them all, unknown keys among them. A key that is
 * present with an empty value counts as absent. Not for use by several threads.
 */
public final class Settings {
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h|d)");
    private static final Map<String, Double> UNIT_SECONDS =
            Map.of("ms", 0.001, "s", 1.0, "m", 60.0, "h", 3600.0, "d", 86400.0);

    private final String path;
    private final Map<String, ?> values;
    private final List<Problem> problems;
    private final Set<String> read = new HashSet<>();
    private final List<Settings> sections = new ArrayList<>();

    private Settings(String path, Map<String, ?> values, List<Problem> problems) {
        this.path = path;
        this.values = values;
        this.problems = problems;
    }

    /**
     * @param path where these values stand in the file, as {@code export.power.config}; empty for the top
     * @param values text, numbers, booleans, lists and maps with text keys
     */
    public static Settings of(String path, Map<String, ?> values) {
        return new Settings(path, values, new ArrayList<>());
    }

    public boolean has(String key) {
        read.add(key);
        return values.get(key) != null;
    }

    /** Declares keys that are allowed but have no effect here. */
    public void accept(String... keys) {
        read.addAll(List.of(keys));
    }

    public String string(String key) {
        return require(key, this::text, "");
    }

    public String string(String key, String otherwise) {
        return or(optional(key, this::text), otherwise);
    }

    public @Nullable String optionalString(String key) {
        return optional(key, this::text);
    }

    /** One of the given words. */
    public String oneOf(String key, String otherwise, String... words) {
        String value = string(key, otherwise);
        if (!Arrays.asList(words).contains(value)) {
            problem(key, quote(value) + " (expected one of: " + String.join(", ", words) + ")");
            return otherwise;
        }
        return value;
    }

    public int integer(String key, int least, int most) {
        return require(key, (k, v) -> whole(k, v, least, most), least);
    }

    public int integer(String key, int otherwise, int least, int most) {
        return or(optional(key, (k, v) -> whole(k, v, least, most)), otherwise);
    }

    /** A port to connect to: 1..65535. */
    public int port(String key) {
        return integer(key, 1, 65535);
    }

    public double decimal(String key, double otherwise) {
        return or(optional(key, this::number), otherwise);
    }

    public @Nullable Double optionalDecimal(String key) {
        return optional(key, this::number);
    }

    public boolean bool(String key, boolean otherwise) {
        return or(optional(key, (k, v) -> v instanceof Boolean b ? b : unfit(k, v, "true or false")), otherwise);
    }

    /** A duration such as {@code 250ms}, {@code 5s}, {@code 2h}, or a plain number of seconds. */
    public Duration duration(String key, Duration otherwise) {
        return or(optional(key, this::time), otherwise);
    }

    public Path path(String key) {
        return require(key, this::file, Path.of(""));
    }

    public @Nullable Path optionalPath(String key) {
        return optional(key, this::file);
    }

    public URI uri(String key, String... schemes) {
        return require(key, (k, v) -> address(k, v, schemes), URI.create("none:none"));
    }

    public List<String> strings(String key, List<String> otherwise) {
        return or(optional(key, this::texts), otherwise);
    }

    /** A map of texts in the order of the file; numbers and booleans are read as the text that stands there. */
    public Map<String, String> stringMap(String key) {
        Settings section = section(key);
        Map<String, String> result = new LinkedHashMap<>();
        for (String name : section.keys()) {
            result.put(name, section.plain(name));
        }
        return result;
    }

    /** The settings under a key; empty when the key is absent. */
    public Settings section(String key) {
        Object value = value(key);
        if (value != null && !(value instanceof Map)) {
            unfit(key, value, "a map");
        }
        @SuppressWarnings("unchecked")
        Map<String, ?> map = value instanceof Map<?, ?> m ? (Map<String, ?>) m : Map.of();
        Settings section = new Settings(at(key), map, problems);
        sections.add(section);
        return section;
    }

    /** All keys, in the order of the file. */
    public Set<String> keys() {
        return values.keySet();
    }

    /** The value as the file has it: text, number, boolean, list or map. */
    public @Nullable Object raw(String key) {
        return value(key);
    }

    /** Notes that the value of a key does not fit, with what was expected. */
    public void problem(String key, String text) {
        problems.add(new Problem(at(key), text));
    }

    /** Throws {@link SettingsException} if anything that was read did not fit, or a key was never asked for. */
    public void check() {
        reportUnknown();
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    private void reportUnknown() {
        for (String key : values.keySet()) {
            if (!read.contains(key)) {
                problem(key, "unknown key" + suggestion(key));
            }
        }
        sections.forEach(Settings::reportUnknown);
        read.addAll(values.keySet());
    }

    private String suggestion(String key) {
        String near = Names.nearest(key, read, 1).stream().findFirst().orElse(null);
        if (near != null) {
            return " (did you mean " + near + "?)";
        }
        return read.isEmpty()
                ? " (none is expected here)"
                : " (known here: " + read.stream().sorted().collect(Collectors.joining(", ")) + ")";
    }

    private @Nullable Object value(String key) {
        read.add(key);
        return values.get(key);
    }

    private <T> T require(String key, Reader<T> reader, T standIn) {
        Object value = value(key);
        if (value == null) {
            problem(key, "is missing");
            return standIn;
        }
        return or(reader.read(key, value), standIn);
    }

    private <T> @Nullable T optional(String key, Reader<T> reader) {
        Object value = value(key);
        return value == null ? null : reader.read(key, value);
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    private @Nullable String text(String key, Object value) {
        return value instanceof String s ? s : unfit(key, value, "a text; put quotes around it");
    }

    private String plain(String key) {
        Object value = value(key);
        if (value == null || value instanceof Map || value instanceof List) {
            unfit(key, value == null ? "nothing" : value, "a text");
            return "";
        }
        return value.toString();
    }

    private @Nullable List<String> texts(String key, Object value) {
        if (!(value instanceof List<?> list)) {
            return unfit(key, value, "a list of texts");
        }
        List<String> result = new ArrayList<>();
        for (Object item : list) {
            String text = text(key, item == null ? "" : item);
            result.add(text == null ? "" : text);
        }
        return result;
    }

    private @Nullable Integer whole(String key, Object value, int least, int most) {
        if (value instanceof Number n
                && n.doubleValue() == Math.rint(n.doubleValue())
                && n.longValue() >= least
                && n.longValue() <= most) {
            return n.intValue();
        }
        return unfit(key, value, "a whole number, " + least + ".." + (most == Integer.MAX_VALUE ? "" : most));
    }

    private @Nullable Double number(String key, Object value) {
        return value instanceof Number n ? (Double) n.doubleValue() : unfit(key, value, "a number");
    }

    private @Nullable Duration time(String key, Object value) {
        if (value instanceof Number n && n.doubleValue() >= 0) {
            return Duration.ofNanos(Math.round(n.doubleValue() * 1e9));
        }
        Matcher matcher = DURATION.matcher(value.toString().strip());
        if (!matcher.matches()) {
            return unfit(key, value, "a duration such as 250ms, 5s or 2h");
        }
        double seconds = Double.parseDouble(matcher.group(1)) * UNIT_SECONDS.getOrDefault(matcher.group(2), 1.0);
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private @Nullable Path file(String key, Object value) {
        try {
            return value instanceof String s && !s.isEmpty() ? Path.of(s) : unfit(key, value, "a path");
        } catch (InvalidPathException e) {
            return unfit(key, value, "a path");
        }
    }

    private @Nullable URI address(String key, Object value, String... schemes) {
        try {
            URI uri = new URI(value.toString());
            if (uri.getScheme() != null
                    && (schemes.length == 0 || List.of(schemes).contains(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // told below, with what was expected
        }
        return unfit(
                key, value, schemes.length == 0 ? "a URL" : "a URL with the scheme " + String.join(" or ", schemes));
    }

    private <T> @Nullable T unfit(String key, Object value, String expected) {
        problem(key, quote(value) + " (expected: " + expected + ")");
        return null;
    }

    private static String quote(Object value) {
        return value instanceof String s ? '"' + s + '"' : String.valueOf(value);
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Turns the value of a key into what is wanted, or notes a problem and answers null. */
    @FunctionalInterface
    private interface Reader<T> {
        @Nullable
        T read(String key, Object value);
    }

    /** Reads every entry of a map of sections, in the order of the file. */
    public <T> Map<String, T> sections(String key, Function<Settings, T> reader) {
        Settings all = section(key);
        Map<String, T> result = new LinkedHashMap<>();
        for (String name : all.keys()) {
            result.put(name, reader.apply(all.section(name)));
        }
        return result;
    }
}
