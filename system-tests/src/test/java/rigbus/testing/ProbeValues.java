package rigbus.testing;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Results of every kind. */
final class ProbeValues {
    private static final Map<String, @Nullable Object> VALUES = new LinkedHashMap<>();

    private ProbeValues() {}

    enum Colour {
        RED;

        @Override
        public String toString() {
            return "red";
        }
    }

    record Model(int a, @Nullable String b, byte[] data) {}

    record Pair(int x, String y) {}

    static {
        VALUES.put("none", null);
        VALUES.put("true", true);
        VALUES.put("int", 7);
        VALUES.put("five", 5);
        VALUES.put("bigint", (1L << 60) + 1);
        VALUES.put("float", 1.5);
        VALUES.put("nan", Double.NaN);
        VALUES.put("inf", Double.POSITIVE_INFINITY);
        VALUES.put("neginf", Double.NEGATIVE_INFINITY);
        VALUES.put("nested_nan", List.of(Double.NaN, Map.of("v", Double.POSITIVE_INFINITY)));
        VALUES.put("str", "héllo");
        VALUES.put("bytes", "abc".getBytes(StandardCharsets.UTF_8));
        VALUES.put("bytes_bin", new byte[] {(byte) 0xff, 0});
        VALUES.put("list", Arrays.asList(1, "a", null));
        VALUES.put("tuple", List.of(1, "b"));
        VALUES.put("set", Set.of(3));
        VALUES.put("dict", Map.of("k", List.of(1, 2)));
        VALUES.put("dict_intkey", Map.of(1, "x"));
        VALUES.put("odd_keys", oddKeys());
        VALUES.put("enum", Colour.RED);
        VALUES.put("intenum", 1);
        VALUES.put("model", new Model(1, null, "hi".getBytes(StandardCharsets.UTF_8)));
        VALUES.put("dataclass", new Pair(1, "s"));
        VALUES.put("base64", Map.of("data", Base64.getEncoder().encodeToString(new byte[] {0, (byte) 0xff, 0x10})));
        VALUES.put("uuid", new UUID(0, 5));
        VALUES.put("path", Path.of("/a/b"));
        VALUES.put("datetime", LocalDateTime.of(2026, 1, 2, 3, 4, 5));
        VALUES.put("instant", Instant.parse("2026-01-02T03:04:05Z"));
        VALUES.put("date", LocalDate.of(2026, 1, 2));
        VALUES.put("time", LocalTime.of(1, 2, 3));
        VALUES.put("timedelta", Duration.ofSeconds(90));
        VALUES.put("duration_ms", Duration.ofMillis(60_500));
        VALUES.put("decimal", new BigDecimal("1.50"));
        VALUES.put("object", new Object());
    }

    private static Map<@Nullable Object, String> oddKeys() {
        Map<@Nullable Object, String> map = new LinkedHashMap<>();
        map.put(1, "x");
        map.put(2.5, "x");
        map.put(null, "x");
        return map;
    }

    static @Nullable Object of(String kind) {
        if (!VALUES.containsKey(kind)) {
            throw new IllegalStateException("'" + kind + "'");
        }
        return VALUES.get(kind);
    }
}
