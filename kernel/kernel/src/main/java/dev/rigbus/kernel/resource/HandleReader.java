package dev.rigbus.kernel.resource;

import dev.rigbus.kernel.resource.ResourceHandle.ClientStream;
import dev.rigbus.kernel.resource.ResourceHandle.Presigned;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a {@link ResourceHandle} from the decoded argument of a call, with texts that say which field does not fit. */
final class HandleReader {
    private static final Pattern UUID_TEXT = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private HandleReader() {}

    static ResourceHandle handle(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> fields)) {
            throw wrong("", "Input should be a map with a kind, not " + shown(value));
        }
        Object kind = fields.get("kind");
        if ("client_stream".equals(kind)) {
            return clientStream(fields);
        }
        if ("presigned_request".equals(kind)) {
            return presigned(fields);
        }
        throw wrong("kind", shown(kind) + " (expected: \"client_stream\" or \"presigned_request\")");
    }

    private static ClientStream clientStream(Map<?, ?> fields) {
        String where = "client_stream.";
        if (!(fields.get("uuid") instanceof String uuid)
                || !UUID_TEXT.matcher(uuid).matches()) {
            throw wrong(where + "uuid", shown(fields.get("uuid")) + " (expected: a UUID)");
        }
        Object encoding = fields.get("x_jmp_content_encoding");
        if (encoding != null && !(encoding instanceof String)) {
            throw wrong(where + "x_jmp_content_encoding", shown(encoding) + " (expected: a text or null)");
        }
        return new ClientStream(UUID.fromString(uuid), (String) encoding);
    }

    private static Presigned presigned(Map<?, ?> fields) {
        String where = "presigned_request.";
        if (!(fields.get("url") instanceof String url)) {
            throw wrong(where + "url", shown(fields.get("url")) + " (expected: a URL)");
        }
        if (!(fields.get("method") instanceof String method)
                || !List.of("GET", "PUT").contains(method)) {
            throw wrong(where + "method", shown(fields.get("method")) + " (expected: \"GET\" or \"PUT\")");
        }
        return new Presigned(headers(where + "headers", fields.get("headers")), url, method);
    }

    private static Map<String, String> headers(String where, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(where, "Input should be a map of texts");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        map.forEach((name, content) -> {
            if (!(name instanceof String key) || !(content instanceof String text)) {
                throw wrong(where + "." + name, "Input should be a text");
            }
            headers.put(key, text);
        });
        return headers;
    }

    private static String shown(@Nullable Object value) {
        return value instanceof String text
                ? '"' + text + '"'
                : value == null ? "nothing" : "a " + value.getClass().getSimpleName();
    }

    private static IllegalArgumentException wrong(String field, String what) {
        return new IllegalArgumentException(
                "1 validation error for tagged-union[ClientStreamResource,PresignedRequestResource]\n"
                        + (field.isEmpty() ? "" : field + "\n") + "  " + what);
    }
}
