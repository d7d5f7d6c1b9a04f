package dev.rigbus.kernel.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.kernel.resource.ResourceHandle.ClientStream;
import dev.rigbus.kernel.resource.ResourceHandle.Presigned;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResourceHandleTest {
    private static final String ID = "6ff2e9a0-7f5b-4d1d-a7ec-3a2b1f0c9d8e";

    @Test
    void aClientStreamHasAUuidAndPerhapsAnEncoding() {
        assertThat(ResourceHandle.read(map("kind", "client_stream", "uuid", ID, "x_jmp_content_encoding", null)))
                .isEqualTo(new ClientStream(UUID.fromString(ID), null));
        assertThat(ResourceHandle.read(map("kind", "client_stream", "uuid", ID)))
                .isEqualTo(new ClientStream(UUID.fromString(ID), null));
        assertThat(ResourceHandle.read(map("kind", "client_stream", "uuid", ID, "x_jmp_content_encoding", "xz")))
                .isEqualTo(new ClientStream(UUID.fromString(ID), "xz"));
    }

    @Test
    void aPresignedRequestHasHeadersAndAUrlAndAMethod() {
        Map<String, Object> handle = map(
                "kind", "presigned_request", "headers", map("a", "b"), "url", "http://x/%40?s=1|2", "method", "PUT");

        assertThat(ResourceHandle.read(handle)).isEqualTo(new Presigned(Map.of("a", "b"), "http://x/%40?s=1|2", "PUT"));
    }

    @Test
    void aPresignedRequestDoesNotPrintItsSecrets() {
        assertThat(new Presigned(Map.of("authorization", "hush"), "http://joe:hush@x/p?sig=hush", "GET"))
                .hasToString("Presigned[GET http://x/p?[REDACTED]]");
    }

    static List<Arguments> wrong() {
        return List.of(
                Arguments.of("oops", "not \"oops\""),
                Arguments.of(null, "not nothing"),
                Arguments.of(7.0, "not a Double"),
                Arguments.of(map("kind", "nope"), "\"nope\" (expected: \"client_stream\" or \"presigned_request\")"),
                Arguments.of(map(), "nothing (expected: \"client_stream\""),
                Arguments.of(map("kind", "client_stream"), "client_stream.uuid"),
                Arguments.of(map("kind", "client_stream", "uuid", "1-1-1-1-1"), "client_stream.uuid"),
                Arguments.of(
                        map("kind", "client_stream", "uuid", ID, "x_jmp_content_encoding", 1.0),
                        "x_jmp_content_encoding"),
                Arguments.of(
                        map("kind", "presigned_request", "headers", map(), "url", "http://x/", "method", "DELETE"),
                        "presigned_request.method\n  \"DELETE\" (expected: \"GET\" or \"PUT\")"),
                Arguments.of(
                        map("kind", "presigned_request", "headers", map(), "method", "GET"), "presigned_request.url"),
                Arguments.of(
                        map("kind", "presigned_request", "url", "http://x/", "method", "GET"),
                        "presigned_request.headers"),
                Arguments.of(
                        map("kind", "presigned_request", "headers", map("n", 1.0), "url", "http://x/", "method", "GET"),
                        "presigned_request.headers.n"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void whatDoesNotFitIsNamed(@Nullable Object value, String what) {
        assertThatThrownBy(() -> ResourceHandle.read(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "1 validation error for tagged-union[ClientStreamResource,PresignedRequestResource]\n")
                .hasMessageContaining(what);
    }

    private static Map<String, Object> map(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> map = new HashMap<>();
        List<@Nullable Object> all = Arrays.asList(namesAndValues);
        for (int i = 0; i < all.size(); i += 2) {
            map.put(String.valueOf(all.get(i)), all.get(i + 1));
        }
        return Collections.unmodifiableMap(map);
    }
}
