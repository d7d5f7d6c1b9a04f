package dev.rigbus.kernel.host;

import dev.rigbus.kernel.value.Arguments;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** One method that clients can reach. Immutable. */
record ExportedMethod(Kind kind, boolean blocking, Method method, Arguments arguments) {
    /** The three kinds of reaching it, with the marks by which stock texts name them. */
    enum Kind {
        CALL("marker_drivercall"),
        ITEMS("marker_streamingdrivercall"),
        STREAM("marker_streamcall");

        final String marker;

        Kind(String marker) {
            this.marker = marker;
        }
    }

    @Nullable
    Object invoke(Object driver, @Nullable Object... arguments) throws Exception {
        try {
            return method.invoke(driver, arguments);
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getTargetException();
            if (thrown instanceof Exception cause) {
                throw cause;
            }
            // A driver's StackOverflowError or failed assertion fails its call, not the node.
            throw new IllegalStateException(thrown.getMessage(), thrown);
        }
    }
}
