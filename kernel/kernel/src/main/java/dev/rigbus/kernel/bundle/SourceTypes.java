package dev.rigbus.kernel.bundle;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Settings;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The driver types of one source file: each class in it that is a driver, under its whole name. Its settings are read by a static method
 * {@code read(Settings)}, of the class itself if that is what it gives, or else of the class that its constructor takes; the constructor may
 * take a {@link DriverContext} too.
 */
final class SourceTypes {
    private static final String READ = "read";

    private SourceTypes() {}

    /** Compiles a file and gives what is in it; blocks. */
    static List<DriverType<?>> of(Path file) throws CompileException {
        var classes = SourceCompiler.compile(file);
        CompiledLoader loader = new CompiledLoader(file.toString(), classes);
        List<DriverType<?>> types = new ArrayList<>();
        for (String name : classes.keySet().stream().sorted().toList()) {
            Class<?> found = loaded(file, loader, name);
            if (Driver.class.isAssignableFrom(found) && !Modifier.isAbstract(found.getModifiers())) {
                types.add(type(file, found.asSubclass(Driver.class)));
            }
        }
        if (types.isEmpty()) {
            throw new CompileException(
                    file + ": has no driver in it (expected: a class that implements " + Driver.class.getName() + ")");
        }
        return types;
    }

    private static Class<?> loaded(Path file, ClassLoader loader, String name) throws CompileException {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new CompileException(file + ": " + name + " cannot be loaded: " + e.getMessage());
        }
    }

    private static DriverType<?> type(Path file, Class<? extends Driver> driver) throws CompileException {
        Method own = reader(driver);
        if (own != null && own.getReturnType() == driver) {
            return DriverType.of(
                    driver.getName(), settings -> driver.cast(call(own, settings)), (made, context) -> made);
        }
        for (Constructor<?> constructor : driver.getDeclaredConstructors()) {
            List<Class<?>> taken = List.of(constructor.getParameterTypes());
            List<Class<?>> others =
                    taken.stream().filter(each -> each != DriverContext.class).toList();
            boolean simple = taken.size() - others.size() <= 1;
            Method reader = others.size() == 1 ? reader(others.get(0)) : null;
            if (simple && (others.isEmpty() || reader != null && reader.getReturnType() == others.get(0))) {
                constructor.setAccessible(true);
                return made(driver, constructor, taken, reader);
            }
        }
        throw new CompileException(
                file + ": " + driver.getName() + " has no constructor that can be used (expected: one"
                        + " that takes nothing, a DriverContext, or what a static method read(Settings) of its class gives)");
    }

    private static DriverType<?> made(
            Class<? extends Driver> driver, Constructor<?> constructor, List<Class<?>> taken, @Nullable Method reader) {
        Function<Settings, Object> config = settings -> reader == null ? settings : call(reader, settings);
        return DriverType.of(driver.getName(), config, (read, context) -> {
            Object[] arguments = taken.stream()
                    .map(each -> each == DriverContext.class ? context : read)
                    .toArray();
            try {
                return driver.cast(constructor.newInstance(arguments));
            } catch (InvocationTargetException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        });
    }

    private static @Nullable Method reader(Class<?> of) {
        Method found = Stream.of(of.getDeclaredMethods())
                .filter(each -> each.getName().equals(READ)
                        && Modifier.isStatic(each.getModifiers())
                        && List.of(each.getParameterTypes()).equals(List.of(Settings.class)))
                .findFirst()
                .orElse(null);
        if (found != null) {
            found.setAccessible(true);
        }
        return found;
    }

    private static Object call(Method reader, Settings settings) {
        try {
            return reader.invoke(null, settings);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(reader + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(reader.toString(), e);
        }
    }
}
