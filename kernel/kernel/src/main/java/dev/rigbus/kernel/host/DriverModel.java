package dev.rigbus.kernel.host;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Concurrent;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import dev.rigbus.driver.Reason;
import dev.rigbus.driver.Validated;
import dev.rigbus.kernel.host.ExportedMethod.Kind;
import dev.rigbus.kernel.schema.SchemaMethod;
import dev.rigbus.kernel.value.Arguments;
import dev.rigbus.kernel.value.WireNames;
import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.BaseStream;
import java.util.stream.Stream;

/** What a driver class declares, read once and checked. Immutable. */
final class DriverModel {
    private static final ClassValue<DriverModel> MODELS = new ClassValue<>() {
        @Override
        protected DriverModel computeValue(Class<?> type) {
            return new DriverModel(type);
        }
    };

    private final Map<String, ExportedMethod> exported = new HashMap<>();
    private final Set<String> unmarked = new HashSet<>();
    private final boolean concurrent;

    /**
     * @throws IllegalArgumentException for a declaration that cannot be served, with the class, the method and the reason
     */
    static DriverModel of(Class<?> type) {
        return MODELS.get(type);
    }

    private DriverModel(Class<?> type) {
        concurrent = type.isAnnotationPresent(Concurrent.class);
        for (Method method : declaredMethods(type)) {
            Export call = method.getAnnotation(Export.class);
            ExportStream stream = method.getAnnotation(ExportStream.class);
            if (call != null && stream != null) {
                throw wrong(method, "has both @Export and @ExportStream");
            }
            if (call != null) {
                add(method, name(call.value(), method), callKind(method));
            } else if (stream != null) {
                add(method, name(stream.value(), method), streamKind(method));
            } else if (Modifier.isPublic(method.getModifiers())) {
                unmarked.add(WireNames.snakeCase(method.getName()));
            }
        }
        unmarked.removeAll(exported.keySet());
    }

    /** The methods of the class and those above it, each once, in an order that does not change. */
    private static List<Method> declaredMethods(Class<?> type) {
        List<Method> methods = new ArrayList<>(List.of(type.getMethods()));
        for (Method method : type.getDeclaredMethods()) {
            boolean marked = method.isAnnotationPresent(Export.class) || method.isAnnotationPresent(ExportStream.class);
            if (marked && !Modifier.isPublic(method.getModifiers())) {
                throw wrong(method, "is exported but not public");
            }
        }
        methods.removeIf(method -> method.isBridge() || method.isSynthetic());
        methods.sort(Comparator.comparing(Method::getName).thenComparing(Method::toGenericString));
        return methods;
    }

    private static String name(String given, Method method) {
        return given.isEmpty() ? WireNames.snakeCase(method.getName()) : given;
    }

    private void add(Method method, String name, Kind kind) {
        if (Modifier.isStatic(method.getModifiers())) {
            throw wrong(method, "is exported but static");
        }
        ExportedMethod other = exported.get(name);
        if (other != null) {
            throw wrong(method, "exports the name " + name + ", which " + other.method() + " has already");
        }
        method.setAccessible(true);
        exported.put(name, new ExportedMethod(kind, isBlocking(method), method, arguments(method, name)));
    }

    private static Arguments arguments(Method method, String name) {
        Class<?> type = method.getDeclaringClass();
        try {
            return Arguments.of(method, type.getSimpleName() + "." + name, type.isAnnotationPresent(Validated.class));
        } catch (IllegalArgumentException e) {
            throw wrong(method, String.valueOf(e.getMessage()));
        }
    }

    private static Kind callKind(Method method) {
        Class<?> returned = method.getReturnType();
        if (ByteStream.class.isAssignableFrom(returned) || ByteStream.class == futureOf(method)) {
            throw wrong(method, "returns a ByteStream (expected: @ExportStream instead of @Export)");
        }
        boolean items = ReadStream.class.isAssignableFrom(returned)
                || BaseStream.class.isAssignableFrom(returned)
                || Iterator.class.isAssignableFrom(returned);
        if (items && BaseStream.class.isAssignableFrom(returned) && !Stream.class.isAssignableFrom(returned)) {
            throw wrong(method, "returns " + returned.getSimpleName() + " (expected: java.util.stream.Stream)");
        }
        return items ? Kind.ITEMS : Kind.CALL;
    }

    private static Kind streamKind(Method method) {
        if (!ByteStream.class.isAssignableFrom(method.getReturnType()) && ByteStream.class != futureOf(method)) {
            throw wrong(
                    method,
                    "returns " + method.getGenericReturnType() + " (expected: ByteStream or Future<ByteStream>)");
        }
        if (method.getParameterCount() > 0) {
            throw wrong(method, "has parameters (expected: none, since a stream is opened without arguments)");
        }
        return Kind.STREAM;
    }

    private static boolean isBlocking(Method method) {
        Class<?> returned = method.getReturnType();
        // A byte stream reads and writes later; opening it is what may block.
        boolean items = ReadStream.class.isAssignableFrom(returned) && !ByteStream.class.isAssignableFrom(returned);
        return !Future.class.isAssignableFrom(returned) && !items;
    }

    private static Type futureOf(Method method) {
        return Future.class.isAssignableFrom(method.getReturnType())
                        && method.getGenericReturnType() instanceof ParameterizedType parameterized
                ? parameterized.getActualTypeArguments()[0]
                : Void.class;
    }

    private static IllegalArgumentException wrong(Method method, String reason) {
        return new IllegalArgumentException(
                method.getDeclaringClass().getName() + "." + method.getName() + " " + reason);
    }

    /** What can be called, but for streams of bytes. */
    List<SchemaMethod> callable() {
        List<SchemaMethod> all = new ArrayList<>();
        exported.forEach((name, method) -> {
            if (method.kind() != Kind.STREAM) {
                all.add(new SchemaMethod(name, method.kind() == Kind.ITEMS, method.method()));
            }
        });
        return all;
    }

    boolean isConcurrent() {
        return concurrent;
    }

    ExportedMethod method(String name, Kind kind) {
        ExportedMethod method = exported.get(name);
        if (method == null && !unmarked.contains(name) && !(name.startsWith("__") && name.endsWith("__"))) {
            throw new DriverException(Reason.NOT_FOUND, "method " + name + " not found on driver");
        }
        if (method == null || method.kind() != kind) {
            throw new DriverException(Reason.NOT_FOUND, "method " + name + " missing marker " + kind.marker);
        }
        return method;
    }
}
