package dev.rigbus.client;

import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the methods of an interface into calls of a driver. */
final class DriverProxy implements InvocationHandler {
    private final DriverNode driver;
    private final Class<?> face;
    private final Map<Method, Kind> kinds = new HashMap<>();

    /** How a method reaches the driver. */
    private interface Kind {
        @Nullable
        Object call(DriverNode driver, @Nullable Object[] arguments);
    }

    private DriverProxy(DriverNode driver, Class<?> face) {
        this.driver = driver;
        this.face = face;
        for (Method method : face.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers())) {
                kinds.put(method, kind(method));
            }
        }
    }

    static <T> T of(DriverNode driver, Class<T> face) {
        return face.cast(
                Proxy.newProxyInstance(face.getClassLoader(), new Class<?>[] {face}, new DriverProxy(driver, face)));
    }

    private static Kind kind(Method method) {
        Type result = method.getGenericReturnType();
        Class<?> raw = method.getReturnType();
        WireName named = method.getAnnotation(WireName.class);
        String name = named == null ? snakeCase(method.getName()) : named.value();
        if (raw == RawStream.class) {
            return (driver, arguments) -> driver.stream(name);
        }
        if (raw == Future.class) {
            Results.check(method, argument(result));
            return (driver, arguments) -> argument(result) == ByteChannel.class
                    ? driver.async().stream(name)
                    : driver.async().call(name, arguments).map(value -> Results.as(argument(result), value));
        }
        if (raw == ReadStream.class) {
            Results.check(method, argument(result));
            return (driver, arguments) ->
                    new MappedItems<>(driver.async().streamingCall(name, arguments), argument(result));
        }
        if (raw == Iterator.class) {
            Results.check(method, argument(result));
            return (driver, arguments) -> items(driver.streamingCall(name, arguments), argument(result));
        }
        Results.check(method, result);
        return (driver, arguments) -> Results.as(result, driver.call(name, arguments));
    }

    private static Type argument(Type type) {
        return type instanceof ParameterizedType of ? of.getActualTypeArguments()[0] : Object.class;
    }

    private static Iterator<@Nullable Object> items(ItemStream items, Type type) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public @Nullable Object next() {
                return Results.as(type, items.next());
            }
        };
    }

    /** As the Python implementation names what it serves. */
    static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) throws Throwable {
        @Nullable Object[] arguments = given == null ? new Object[0] : given;
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> arguments[0] == proxy;
                case "hashCode" -> System.identityHashCode(proxy);
                default -> face.getSimpleName() + " of " + driver;
            };
        }
        Kind kind = kinds.get(method);
        return kind == null ? defaultMethod(proxy, method, arguments) : kind.call(driver, arguments);
    }

    /** Its interface need not be public. */
    private static @Nullable Object defaultMethod(Object proxy, Method method, @Nullable Object[] arguments)
            throws Throwable {
        Class<?> of = method.getDeclaringClass();
        return MethodHandles.privateLookupIn(of, MethodHandles.lookup())
                .unreflectSpecial(method, of)
                .bindTo(proxy)
                .invokeWithArguments(arguments);
    }
}
