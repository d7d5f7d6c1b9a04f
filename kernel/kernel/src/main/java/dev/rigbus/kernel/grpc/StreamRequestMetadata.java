package dev.rigbus.kernel.grpc;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata key {@code request} of a Stream call asks for (protocol 5.1).
 *
 * @param method of the driver; absent for a resource
 * @param encoding of the resource; absent for none
 */
record StreamRequestMetadata(
        String uuid, @Nullable String method, @Nullable String encoding) {
    boolean isResource() {
        return method == null;
    }

    static StreamRequestMetadata read(@Nullable String json) {
        if (json == null) {
            throw wrong("request", "Field required");
        }
        JsonObject object = object(json);
        String kind = string(object, "kind", "request");
        if ("driver".equals(kind)) {
            return new StreamRequestMetadata(
                    required(object, "uuid", "request.driver.uuid"),
                    required(object, "method", "request.driver.method"),
                    null);
        }
        if ("resource".equals(kind)) {
            return new StreamRequestMetadata(
                    required(object, "uuid", "request.resource.uuid"),
                    null,
                    string(object, "x_jmp_content_encoding", "request.resource.x_jmp_content_encoding"));
        }
        throw wrong(
                "request",
                "Input tag '" + kind
                        + "' found using 'kind' does not match any of the expected tags: 'resource', 'driver'");
    }

    private static JsonObject object(String json) {
        try {
            return new JsonObject(json);
        } catch (DecodeException e) {
            throw wrong("request", "Invalid JSON: " + e.getMessage());
        }
    }

    private static String required(JsonObject object, String key, String place) {
        String value = string(object, key, place);
        if (value == null) {
            throw wrong(place, "Field required");
        }
        return value;
    }

    private static @Nullable String string(JsonObject object, String key, String place) {
        Object value = object.getValue(key);
        if (value != null && !(value instanceof String)) {
            throw wrong(place, "Input should be a valid string");
        }
        return (String) value;
    }

    static DriverException wrong(String place, String reason) {
        return new DriverException(
                Reason.UNKNOWN,
                "Unexpected <class 'pydantic_core._pydantic_core.ValidationError'>: 1 validation error for StreamRequestMetadata\n"
                        + place + "\n  " + reason);
    }
}
