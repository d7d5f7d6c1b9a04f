package dev.rigbus.client;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Arguments on their way to an exporter and results on their way back. On the wire all numbers are doubles. */
final class Values {
    private static final Value NULL =
            Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();

    private Values() {}

    static List<Value> encodeAll(@Nullable Object... arguments) {
        return Arrays.stream(arguments).map(Values::encode).toList();
    }

    private static Value encode(@Nullable Object argument) {
        if (argument == null) {
            return NULL;
        }
        Value.Builder value = Value.newBuilder();
        if (argument instanceof Boolean bool) {
            return value.setBoolValue(bool).build();
        }
        if (argument instanceof Number number) {
            double finite = number.doubleValue();
            return Double.isFinite(finite) ? value.setNumberValue(finite).build() : NULL;
        }
        if (argument instanceof Map<?, ?> map) {
            Struct.Builder struct = Struct.newBuilder();
            map.forEach((key, item) -> struct.putFields(String.valueOf(key), encode(item)));
            return value.setStructValue(struct).build();
        }
        if (argument instanceof Iterable<?> items && !(argument instanceof Path)) {
            ListValue.Builder list = ListValue.newBuilder();
            items.forEach(item -> list.addValues(encode(item)));
            return value.setListValue(list).build();
        }
        if (isText(argument)) {
            return value.setStringValue(argument.toString()).build();
        }
        throw new IllegalArgumentException(
                "argument of type " + argument.getClass().getName()
                        + " (expected: null, a boolean, number, text, list or map, or what has a plain text form)");
    }

    private static boolean isText(Object argument) {
        return argument instanceof CharSequence
                || argument instanceof Enum<?>
                || argument instanceof UUID
                || argument instanceof Path
                || argument instanceof Temporal
                || argument instanceof Duration;
    }

    /** Plain data: null, Boolean, Double, String, List and Map. */
    static @Nullable Object decode(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> null;
            case BOOL_VALUE -> value.getBoolValue();
            case NUMBER_VALUE -> value.getNumberValue();
            case STRING_VALUE -> value.getStringValue();
            case LIST_VALUE -> {
                List<@Nullable Object> list =
                        new ArrayList<>(value.getListValue().getValuesCount());
                value.getListValue().getValuesList().forEach(item -> list.add(decode(item)));
                yield list;
            }
            case STRUCT_VALUE -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                value.getStructValue().getFieldsMap().forEach((key, item) -> map.put(key, decode(item)));
                yield map;
            }
        };
    }
}
