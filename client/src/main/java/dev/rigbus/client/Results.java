package dev.rigbus.client;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a driver has answered, as what an interface says that it is. */
final class Results {
    private Results() {}

    /** Fails for what no answer can become. */
    static void check(Method method, Type type) {
        Class<?> raw = raw(type);
        boolean fine = raw == void.class
                || raw == Void.class
                || raw.isPrimitive() && raw != char.class
                || raw.isEnum()
                || raw.isRecord()
                || List.of(
                                Object.class,
                                String.class,
                                Boolean.class,
                                Integer.class,
                                Long.class,
                                Double.class,
                                Float.class,
                                Number.class,
                                List.class,
                                Map.class,
                                UUID.class,
                                URI.class,
                                Path.class,
                                Duration.class,
                                Instant.class,
                                ByteChannel.class)
                        .contains(raw);
        if (!fine) {
            throw new IllegalArgumentException(
                    method.getDeclaringClass().getSimpleName() + "." + method.getName()
                            + " returns " + raw.getName()
                            + " (expected: a number, text, boolean, enum, record, List, Map, Iterator, RawStream, Future or ReadStream)");
        }
    }

    private static Class<?> raw(Type type) {
        if (type instanceof ParameterizedType of) {
            return raw(of.getRawType());
        }
        return type instanceof Class<?> plain ? plain : Object.class;
    }

    private static Type argument(Type type, int number) {
        return type instanceof ParameterizedType of ? of.getActualTypeArguments()[number] : Object.class;
    }

    static @Nullable Object as(Type type, @Nullable Object value) {
        Class<?> raw = raw(type);
        if (raw == void.class || raw == Void.class) {
            return null;
        }
        if (value == null) {
            if (raw.isPrimitive()) {
                throw unfit(type, null);
            }
            return null;
        }
        if (raw == Object.class) {
            return value;
        }
        if (raw.isPrimitive() || Number.class.isAssignableFrom(raw) || raw == Boolean.class) {
            return simple(raw, value);
        }
        if (value instanceof List<?> list && raw == List.class) {
            List<@Nullable Object> all = new ArrayList<>();
            list.forEach(item -> all.add(as(argument(type, 0), item)));
            return all;
        }
        if (value instanceof Map<?, ?> map && raw == Map.class) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            map.forEach((key, item) -> all.put(String.valueOf(key), as(argument(type, 1), item)));
            return all;
        }
        if (value instanceof Map<?, ?> map && raw.isRecord()) {
            return record(raw, map);
        }
        if (raw == Duration.class && value instanceof Double seconds) {
            return Duration.ofNanos(Math.round(seconds * 1e9));
        }
        return text(raw, value);
    }

    private static Object simple(Class<?> raw, Object value) {
        if (value instanceof Boolean && (raw == boolean.class || raw == Boolean.class)) {
            return value;
        }
        if (!(value instanceof Double number)) {
            throw unfit(raw, value);
        }
        boolean whole = number == Math.rint(number) && Math.abs(number) <= 1L << 53;
        if (whole && (raw == int.class || raw == Integer.class) && number == number.intValue()) {
            return number.intValue();
        }
        if (whole && (raw == long.class || raw == Long.class)) {
            return number.longValue();
        }
        if (raw == double.class || raw == Double.class || raw == Number.class) {
            return number;
        }
        if (raw == float.class || raw == Float.class) {
            return number.floatValue();
        }
        throw unfit(raw, value);
    }

    private static Object text(Class<?> raw, Object value) {
        if (!(value instanceof String text)) {
            throw unfit(raw, value);
        }
        if (raw == String.class) {
            return text;
        }
        if (raw.isEnum()) {
            for (Object each : raw.getEnumConstants()) {
                if (((Enum<?>) each).name().equals(text.toUpperCase(Locale.ROOT))) {
                    return each;
                }
            }
            throw unfit(raw, value);
        }
        try {
            return raw == UUID.class
                    ? UUID.fromString(text)
                    : raw == URI.class
                            ? URI.create(text)
                            : raw == Path.class
                                    ? Path.of(text)
                                    : raw == Duration.class
                                            ? Duration.parse(text)
                                            : raw == Instant.class ? Instant.parse(text) : fail(raw, value);
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            throw unfit(raw, value);
        }
    }

    private static Object fail(Class<?> raw, Object value) {
        throw unfit(raw, value);
    }

    private static Object record(Class<?> type, Map<?, ?> map) {
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            String name = components[i].getName();
            Object value = map.containsKey(name) ? map.get(name) : map.get(DriverProxy.snakeCase(name));
            values[i] = as(components[i].getGenericType(), value);
        }
        try {
            Constructor<?> made = type.getDeclaredConstructor(types);
            made.setAccessible(true);
            return made.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName() + " cannot be made: " + e.getMessage(), e);
        }
    }

    private static IllegalStateException unfit(Type type, @Nullable Object value) {
        return new IllegalStateException("the driver answers " + value + ", which is no " + type.getTypeName());
    }
}
