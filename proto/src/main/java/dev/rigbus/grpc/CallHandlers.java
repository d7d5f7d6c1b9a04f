package dev.rigbus.grpc;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which handler serves which method. Asked at each call, on any event loop, so that methods may come and go. */
@FunctionalInterface
public interface CallHandlers {
    /** Of a server that serves no calls. */
    CallHandlers NONE = path -> null;

    /** @param map by path, such as {@code /package.Service/Method}; it may be changed later if it is a concurrent one */
    static CallHandlers of(Map<String, CallHandler> map) {
        return map::get;
    }

    /**
     * The handler of a method.
     *
     * @param path such as {@code /package.Service/Method}
     */
    @Nullable
    CallHandler find(String path);
}
