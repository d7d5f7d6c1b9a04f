package dev.rigbus.kernel.schema;

import java.lang.reflect.Method;

/**
 * A method that clients can call.
 *
 * @param name on the wire, as {@code set_speed}
 * @param many whether it has any number of results
 */
public record SchemaMethod(String name, boolean many, Method method) {}
