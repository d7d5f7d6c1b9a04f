package dev.rigbus.kernel.value;

import dev.rigbus.kernel.value.Converter.UnfitException;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The converters of parameter types. */
final class Converters {
    private static final Map<Class<?>, Converter> SIMPLE = Map.ofEntries(
            Map.entry(Object.class, plain -> plain),
            Map.entry(String.class, plain -> plain instanceof String s ? s : unfit("a valid string", plain)),
            Map.entry(boolean.class, Converters::bool),
            Map.entry(Boolean.class, Converters::bool),
            Map.entry(int.class, plain -> (int) whole(plain, Integer.MIN_VALUE, Integer.MAX_VALUE)),
            Map.entry(Integer.class, plain -> (int) whole(plain, Integer.MIN_VALUE, Integer.MAX_VALUE)),
            Map.entry(long.class, plain -> whole(plain, Long.MIN_VALUE, Long.MAX_VALUE)),
            Map.entry(Long.class, plain -> whole(plain, Long.MIN_VALUE, Long.MAX_VALUE)),
            Map.entry(double.class, Converters::number),
            Map.entry(Double.class, Converters::number),
            Map.entry(UUID.class, Converters::uuid),
            Map.entry(Path.class, Converters::path),
            Map.entry(Duration.class, plain -> Duration.ofNanos(Math.round((double) number(plain) * 1e9))),
            Map.entry(byte[].class, Converters::base64));

    private Converters() {}

    /** The converter for a type, or null if there is none. */
    static @Nullable Converter of(Type type) {
        if (type instanceof Class<?> c) {
            Converter simple = SIMPLE.get(c);
            return simple != null ? simple : c.isEnum() ? word(c) : c.isRecord() ? record(c) : null;
        }
        if (type instanceof ParameterizedType p && p.getRawType() == List.class) {
            Converter item = of(bound(p.getActualTypeArguments()[0]));
            return item == null ? null : plain -> list(plain, item);
        }
        if (type instanceof ParameterizedType p
                && p.getRawType() == Map.class
                && p.getActualTypeArguments()[0] == String.class) {
            Converter item = of(bound(p.getActualTypeArguments()[1]));
            return item == null ? null : plain -> map(plain, item);
        }
        return null;
    }

    private static Type bound(Type argument) {
        return argument instanceof java.lang.reflect.WildcardType wildcard ? wildcard.getUpperBounds()[0] : argument;
    }

    private static Object bool(@Nullable Object plain) {
        return plain instanceof Boolean b ? b : unfit("a valid boolean", plain);
    }

    private static long whole(@Nullable Object plain, long least, long most) {
        if (plain instanceof Double d) {
            if (d != Math.rint(d)) {
                throw new UnfitException("a valid integer without a fractional part", plain);
            }
            if (d >= least && d <= most) {
                return d.longValue();
            }
        }
        throw new UnfitException("a valid integer", plain);
    }

    private static Object number(@Nullable Object plain) {
        return plain instanceof Double d ? d : unfit("a valid number", plain);
    }

    private static Object uuid(@Nullable Object plain) {
        try {
            return UUID.fromString(String.valueOf(plain));
        } catch (IllegalArgumentException e) {
            throw new UnfitException("a valid UUID", plain);
        }
    }

    private static Object path(@Nullable Object plain) {
        try {
            return plain instanceof String s ? Path.of(s) : unfit("a path", plain);
        } catch (InvalidPathException e) {
            throw new UnfitException("a path", plain);
        }
    }

    private static Object base64(@Nullable Object plain) {
        try {
            return plain instanceof String s ? Base64.getDecoder().decode(s) : unfit("base64", plain);
        } catch (IllegalArgumentException e) {
            throw new UnfitException("base64", plain);
        }
    }

    private static Object list(@Nullable Object plain, Converter item) {
        if (!(plain instanceof List<?> list)) {
            throw new UnfitException("a valid list", plain);
        }
        List<@Nullable Object> converted = new ArrayList<>(list.size());
        list.forEach(each -> converted.add(item.convert(each)));
        return converted;
    }

    private static Object map(@Nullable Object plain, Converter item) {
        if (!(plain instanceof Map<?, ?> map)) {
            throw new UnfitException("a valid dictionary", plain);
        }
        Map<String, @Nullable Object> converted = new LinkedHashMap<>();
        map.forEach((key, each) -> converted.put(String.valueOf(key), item.convert(each)));
        return converted;
    }

    private static Converter word(Class<?> type) {
        Map<String, Object> words = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            words.put(constant.toString(), constant);
        }
        return plain -> {
            Object constant = plain instanceof String s ? words.get(s) : null;
            return constant != null ? constant : unfit("one of " + words.keySet(), plain);
        };
    }

    private static @Nullable Converter record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Converter[] converters = new Converter[components.length];
        for (int i = 0; i < components.length; i++) {
            Converter converter = of(components[i].getGenericType());
            if (converter == null) {
                return null;
            }
            converters[i] = converter;
        }
        Constructor<?> constructor = constructor(type, components);
        return plain -> {
            if (!(plain instanceof Map<?, ?> map)) {
                throw new UnfitException("a valid dictionary", plain);
            }
            @Nullable Object[] values = new @Nullable Object[components.length];
            for (int i = 0; i < components.length; i++) {
                Object value = map.get(WireNames.snakeCase(components[i].getName()));
                values[i] =
                        value == null && !components[i].getType().isPrimitive() ? null : converters[i].convert(value);
            }
            return make(constructor, values);
        };
    }

    private static Constructor<?> constructor(Class<?> type, RecordComponent[] components) {
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(type + " has no canonical constructor", e);
        }
    }

    private static Object make(Constructor<?> constructor, @Nullable Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (java.lang.reflect.InvocationTargetException e) {
            Throwable thrown = e.getTargetException();
            throw new IllegalArgumentException(thrown.getMessage(), thrown);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T unfit(String expected, @Nullable Object got) {
        throw new UnfitException(expected, got);
    }
}
