package dev.rigbus.app.lab;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.rigbus.wire.lab.LabObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Messages as plain values, for JSON and YAML: names as JSON has them, times as ISO 8601. */
public final class Values {
    private Values() {}

    /** An object with its kind in front. */
    public static Map<String, Object> of(LabObject object) {
        Map<String, Object> values = new LinkedHashMap<>();
        object.getAllFields().forEach((field, value) -> {
            values.put("kind", field.getName());
            values.putAll(of((Message) value));
        });
        return values;
    }

    /** What is absent is left out; what is merely empty is not. */
    public static Map<String, Object> of(Message message) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (!field.hasPresence() || message.hasField(field)) {
                values.put(field.getJsonName(), value(field, message.getField(field)));
            }
        }
        return values;
    }

    private static Object value(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            Map<Object, Object> map = new TreeMap<>();
            for (Object entry : (List<?>) value) {
                MapEntry<?, ?> each = (MapEntry<?, ?>) entry;
                map.put(each.getKey(), each.getValue());
            }
            return map;
        }
        return value instanceof List<?> list ? list.stream().map(Values::single).toList() : single(value);
    }

    private static Object single(Object value) {
        if (value instanceof Timestamp time) {
            return time(time).toString();
        }
        if (value instanceof Duration duration) {
            return text(java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos()));
        }
        return value instanceof Message message ? of(message) : value;
    }

    static Instant time(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    /** As {@code 1h30m}. */
    static String text(java.time.Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        append(text, duration.toDays(), "d");
        append(text, duration.toHoursPart(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return text.toString();
    }

    private static void append(StringBuilder text, long number, String unit) {
        if (number > 0) {
            text.append(number).append(unit);
        }
    }

    /** Of a map, as {@code a=b,c=d}. */
    static String text(Map<String, String> labels) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(labels)
                .forEach((key, value) -> text.append(text.isEmpty() ? "" : ",")
                        .append(key)
                        .append('=')
                        .append(value));
        return text.toString();
    }

    /** Without characters that move the cursor or start a sequence: others wrote it. */
    static String harmless(@Nullable Object value) {
        StringBuilder safe = new StringBuilder();
        String.valueOf(value == null ? "" : value)
                .codePoints()
                .forEach(c -> safe.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '\uFFFD' : c));
        return safe.toString();
    }
}
