package dev.rigbus.kernel.value;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Results on their way to the wire, and plain data on its way from it. */
public final class Values {
    /** A client's parser gives up at a hundred nested messages, and a list in a value is two. */
    private static final int MOST_NESTING = 48;

    public static final Value NULL =
            Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
    private static final Value TRUE = Value.newBuilder().setBoolValue(true).build();
    private static final Value FALSE = Value.newBuilder().setBoolValue(false).build();

    private Values() {}

    /**
     * @throws IllegalArgumentException for an object that has no form on the wire
     */
    public static Value encode(@Nullable Object result) {
        return encode(result, 0);
    }

    private static Value encode(@Nullable Object result, int depth) {
        if (depth > MOST_NESTING) {
            throw new NestingException();
        }
        if (result == null) {
            return NULL;
        }
        if (result instanceof String s) {
            return text(s);
        }
        if (result instanceof Boolean b) {
            return b ? TRUE : FALSE;
        }
        if (result instanceof Number n) {
            return number(n);
        }
        if (result instanceof Map<?, ?> map) {
            return struct(map, depth);
        }
        if (result instanceof Iterable<?> items && !(result instanceof Path)) {
            ListValue.Builder list = ListValue.newBuilder();
            items.forEach(item -> list.addValues(encode(item, depth + 1)));
            return Value.newBuilder().setListValue(list).build();
        }
        if (result instanceof Optional<?> optional) {
            return encode(optional.orElse(null), depth);
        }
        if (result instanceof byte[] bytes) {
            return text(utf8(bytes));
        }
        if (result instanceof Record record) {
            return encode(RecordFields.of(record), depth);
        }
        if (result.getClass().isArray()) {
            return encode(items(result), depth);
        }
        if (isText(result)) {
            return text(result instanceof InetAddress address ? address.getHostAddress() : result.toString());
        }
        throw new IllegalArgumentException(
                "Unable to serialize unknown type: <class '" + result.getClass().getName() + "'>");
    }

    private static boolean isText(Object result) {
        return result instanceof UUID
                || result instanceof Path
                || result instanceof Temporal
                || result instanceof Duration
                || result instanceof URI
                || result instanceof URL
                || result instanceof Enum<?>
                || result instanceof CharSequence
                || result instanceof Character
                || result instanceof InetAddress;
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /** As stock has it: bytes are text; what is none goes as base64, which its driver makes of it. */
    private static String utf8(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int wrong = text.indexOf('\ufffd');
        if (wrong >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            int position = text.substring(0, wrong).getBytes(StandardCharsets.UTF_8).length;
            throw new IllegalArgumentException(String.format(
                    "'utf-8' codec can't decode byte 0x%02x in position %d: invalid utf-8", bytes[position], position));
        }
        return text;
    }

    private static Value number(Number number) {
        if (number instanceof BigDecimal decimal) {
            return text(decimal.toPlainString());
        }
        double value = number.doubleValue();
        if (Double.isInfinite(value) && !(number instanceof Double) && !(number instanceof Float)) {
            throw new ArithmeticException("int too large to convert to float");
        }
        return Double.isNaN(value) || Double.isInfinite(value)
                ? NULL
                : Value.newBuilder().setNumberValue(value).build();
    }

    private static Value struct(Map<?, ?> map, int depth) {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((key, value) -> struct.putFields(key == null ? "None" : key.toString(), encode(value, depth + 1)));
        return Value.newBuilder().setStructValue(struct).build();
    }

    private static List<@Nullable Object> items(Object array) {
        List<@Nullable Object> items = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            items.add(Array.get(array, i));
        }
        return items;
    }

    /**
     * Plain data: null, Boolean, Double, String, List and Map; a value without a kind is null.
     *
     * @throws IllegalArgumentException for NaN and infinities, which the wire does not allow
     */
    public static @Nullable Object decode(Value value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> null;
            case BOOL_VALUE -> value.getBoolValue();
            case NUMBER_VALUE -> finite(value.getNumberValue());
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

    private static double finite(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw new IllegalArgumentException("Fail to serialize " + (Double.isNaN(number) ? "NaN" : "Infinity")
                    + " for Value.number_value, which would parse as string_value");
        }
        return number;
    }

    /** A result that no client could read. */
    static final class NestingException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NestingException() {
            super("Message too deep. Max recursion depth is 100");
        }
    }
}
