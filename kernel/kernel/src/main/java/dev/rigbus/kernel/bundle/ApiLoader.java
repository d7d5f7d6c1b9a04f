package dev.rigbus.kernel.bundle;

import dev.rigbus.driver.Driver;
import java.util.List;

/** What drivers see of this process: the JDK, and what the driver API is made of. Everything else they bring along. */
final class ApiLoader extends ClassLoader {
    static final ApiLoader INSTANCE = new ApiLoader();

    /** Packages, the first with none below it. */
    private static final List<String> SHARED =
            List.of("dev.rigbus.driver.", "io.vertx.core.", "org.slf4j.", "org.jspecify.annotations.");

    private ApiLoader() {
        super("driver-api", ClassLoader.getPlatformClassLoader());
    }

    /** @param packageName as {@code io.vertx.core} */
    static boolean isShared(String packageName) {
        return SHARED.stream().anyMatch((packageName + ".")::startsWith);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (name.lastIndexOf('.') > 0 && isShared(name.substring(0, name.lastIndexOf('.')))) {
            return Class.forName(name, false, Driver.class.getClassLoader());
        }
        throw new ClassNotFoundException(name);
    }
}
