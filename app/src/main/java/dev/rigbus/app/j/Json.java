package dev.rigbus.app.j;

import io.vertx.core.json.DecodeException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as people type and read them. */
final class Json {
    private Json() {}

    static @Nullable Object[] arguments(@Nullable List<String> words) {
        return words == null
                ? new Object[0]
                : words.stream().map(Json::argument).toArray();
    }

    private static @Nullable Object argument(String word) {
        try {
            Object value = io.vertx.core.json.Json.decodeValue(word);
            if (value instanceof io.vertx.core.json.JsonObject object) {
                return object.getMap();
            }
            return value instanceof io.vertx.core.json.JsonArray array ? array.getList() : value;
        } catch (DecodeException e) {
            return word;
        }
    }

    static String pretty(@Nullable Object value) {
        return encode(value, 0, true);
    }

    static String plain(@Nullable Object value) {
        return encode(value, 0, false);
    }

    /** Whole numbers without a point: on the wire all are doubles. */
    private static String encode(@Nullable Object value, int depth, boolean lines) {
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1L << 53) {
            return String.valueOf(number.longValue());
        }
        String begin = lines ? "\n" + "  ".repeat(depth + 1) : "";
        String end = lines ? "\n" + "  ".repeat(depth) : "";
        String comma = lines ? "," : ", ";
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            StringBuilder text = new StringBuilder("{");
            map.forEach((key, item) -> text.append(text.length() > 1 ? comma : "")
                    .append(begin)
                    .append(io.vertx.core.json.Json.encode(String.valueOf(key)))
                    .append(": ")
                    .append(encode(item, depth + 1, lines)));
            return text.append(end).append('}').toString();
        }
        if (value instanceof List<?> list && !list.isEmpty()) {
            StringBuilder text = new StringBuilder("[");
            list.forEach(item ->
                    text.append(text.length() > 1 ? comma : "").append(begin).append(encode(item, depth + 1, lines)));
            return text.append(end).append(']').toString();
        }
        return io.vertx.core.json.Json.encode(value);
    }
}
