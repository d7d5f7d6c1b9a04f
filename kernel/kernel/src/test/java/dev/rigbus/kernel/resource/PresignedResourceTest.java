package dev.rigbus.kernel.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rigbus.driver.Reason;
import dev.rigbus.kernel.resource.ResourceHandle.Presigned;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.Deflater;
import java.util.zip.DeflaterInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PresignedResourceTest {
    private static final String SECRET_TARGET =
            "/img%40x%2fy.bin?X-Sig=a%2Fb%2fc+d%zz|e{f}^`\"<g>\\&t='(1)'~;,@:$*[]!?";
    private static final byte[] IMAGE = "an image ".repeat(20_000).getBytes(StandardCharsets.US_ASCII);

    @Test
    void R71_pathAndQueryGoOutByteForByte() throws Exception {
        try (HttpScript server = HttpScript.saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")) {
            assertThat(text(get(server.url(SECRET_TARGET)))).isEqualTo("hi");
            assertThat(server.head().get(0)).isEqualTo("GET " + SECRET_TARGET + " HTTP/1.1");
        }
    }

    @Test
    void R71_aRedirectIsFollowedByteForByte() throws Exception {
        try (HttpScript target = HttpScript.saying("HTTP/1.1 200 OK\r\n\r\nhi");
                HttpScript server = HttpScript.saying(
                        "HTTP/1.1 302 Found\r\nLocation: " + target.url(SECRET_TARGET) + "\r\n\r\n")) {
            assertThat(text(get(server.url("/a")))).isEqualTo("hi");
            assertThat(target.head().get(0)).isEqualTo("GET " + SECRET_TARGET + " HTTP/1.1");
        }
    }

    @Test
    void R71_anUploadKeepsItsAddressToo() throws Exception {
        try (HttpScript server = new HttpScript((head, in, out) -> {
            readChunked(in);
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        })) {
            put(server.url(SECRET_TARGET), Map.of()).output().close();

            assertThat(server.head().get(0)).isEqualTo("PUT " + SECRET_TARGET + " HTTP/1.1");
        }
    }

    @Test
    void theHeadersOfTheClientGoWithUsualOnes() throws Exception {
        try (HttpScript server = HttpScript.saying("HTTP/1.1 200 OK\r\n\r\n")) {
            Map<String, String> headers =
                    Map.of("X-Amz-Date", "today", "Accept-Encoding", "identity", "Connection", "keep-alive");
            text(new PresignedResource(new Presigned(headers, server.url("/p"), "GET")));

            assertThat(server.head())
                    .contains("X-Amz-Date: today", "Accept-Encoding: identity", "accept: */*", "connection: close")
                    .contains("host: " + server.url("").substring("http://".length()))
                    .doesNotContain("Connection: keep-alive");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void everyRedirectIsFollowed(int status) throws Exception {
        try (HttpScript target = HttpScript.saying("HTTP/1.1 200 OK\r\n\r\nthere");
                HttpScript server =
                        HttpScript.saying("HTTP/1.1 " + status + " Go\r\nlocation: " + target.url("/b") + "\r\n\r\n")) {
            assertThat(text(get(server.url("/a")))).isEqualTo("there");
        }
    }

    @Test
    void anotherOriginDoesNotSeeSecrets() throws Exception {
        Map<String, String> headers = Map.of(
                "Authorization",
                "a",
                "COOKIE",
                "b",
                "x-amz-security-token",
                "c",
                "X-Goog-Sig",
                "d",
                "X-MS-Date",
                "e",
                "X-Plain",
                "f");
        try (HttpScript target = HttpScript.saying("HTTP/1.1 200 OK\r\n\r\n");
                HttpScript server =
                        HttpScript.saying("HTTP/1.1 307 Go\r\nlocation: " + target.url("/b") + "\r\n\r\n")) {
            text(new PresignedResource(new Presigned(headers, server.url("/a"), "GET")));

            assertThat(server.head()).contains("Authorization: a", "COOKIE: b", "x-amz-security-token: c");
            assertThat(target.head())
                    .contains("X-Plain: f")
                    .noneMatch(line -> line.matches("(?i)(authorization|cookie|x-amz|x-goog|x-ms).*"));
        }
    }

    @Test
    void theSameOriginSeesThemAgain() throws Exception {
        AtomicReference<String> second = new AtomicReference<>("");
        try (HttpScript server =
                new HttpScript((head, in, out) -> out.write((head.get(0).startsWith("GET /a ")
                                ? "HTTP/1.1 302 Go\r\nlocation: " + second + "\r\n\r\n"
                                : "HTTP/1.1 200 OK\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII)))) {
            second.set(server.url("/b"));
            text(new PresignedResource(new Presigned(Map.of("Authorization", "a"), server.url("/a"), "GET")));

            server.head();
            assertThat(server.head()).contains("Authorization: a");
        }
    }

    @Test
    void tenRedirectsAreEnough() throws Exception {
        AtomicReference<String> self = new AtomicReference<>("");
        try (HttpScript server = new HttpScript((head, in, out) ->
                out.write(("HTTP/1.1 302 Go\r\nlocation: " + self + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII)))) {
            self.set(server.url("/loop?s=hush"));

            assertUnknown(
                    "Too many redirects (10) for " + server.url("/loop?[REDACTED]"),
                    () -> get(self.toString()).input());
            for (int request = 0; request < 11; request++) {
                server.head();
            }
        }
    }

    @Test
    void aRedirectToNowhereIsToldWithoutTheQuery() throws Exception {
        try (HttpScript server = HttpScript.saying("HTTP/1.1 302 Found\r\n\r\n")) {
            String text = "Presigned HTTP GET redirect missing Location header for " + server.url("/noloc?[REDACTED]");
            assertUnknown(text, () -> get(server.url("/noloc?s=hush")).input());
        }
    }

    @Test
    void aRelativeRedirectIsAnInvalidArgument() throws Exception {
        try (HttpScript server = HttpScript.saying("HTTP/1.1 302 Found\r\nLocation: /other\r\n\r\n")) {
            ResourceException failure = catchThrowableOfType(
                    ResourceException.class, () -> get(server.url("/a")).input());

            assertThat(failure.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
            assertThat(failure).hasMessageStartingWith("/other");
        }
    }

    @Test
    void aRefusalIsToldWithItsReasonAndWithoutTheQuery() throws Exception {
        try (HttpScript server = HttpScript.saying("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) {
            String text = "Presigned HTTP GET request failed: status=404, reason='Not Found', url="
                    + server.url("/404?[REDACTED]");
            assertUnknown(text, () -> get(server.url("/404?tok=secret")).input());
        }
    }

    @Test
    void contentEncodingsAreUndone() throws Exception {
        assertThat(received("gzip", packed(Compression.GZIP))).isEqualTo(IMAGE);
        assertThat(received("ZSTD", packed(Compression.ZSTD))).isEqualTo(IMAGE);
        assertThat(received("deflate", new DeflaterInputStream(new ByteArrayInputStream(IMAGE)).readAllBytes()))
                .isEqualTo(IMAGE);
        Deflater bare = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        assertThat(received("deflate", new DeflaterInputStream(new ByteArrayInputStream(IMAGE), bare).readAllBytes()))
                .isEqualTo(IMAGE);
        assertThat(received("identity", IMAGE)).isEqualTo(IMAGE);
    }

    @Test
    void aContentEncodingThatWeCannotUndoIsAnError() {
        assertThatThrownBy(() -> received("br", IMAGE))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("unknown content-encoding br");
    }

    @Test
    void aChunkedBodyIsPutTogether() throws Exception {
        String body = "4;x=y\r\nabcd\r\n1\r\ne\r\n0\r\ntrailer: z\r\n\r\n";
        try (HttpScript server = HttpScript.saying(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)) {
            assertThat(text(get(server.url("/")))).isEqualTo("abcde");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 9\r\n\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n9\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
            })
    void aBodyThatIsCutShortIsAnError(String rest) throws Exception {
        try (HttpScript server = HttpScript.saying("HTTP/1.1 200 OK\r\n" + rest)) {
            assertUnknown(
                    "Presigned HTTP GET stream interrupted for " + server.url("/p?[REDACTED]"),
                    () -> text(get(server.url("/p?s=hush"))));
        }
    }

    @Test
    void aServerThatIsNotThereIsAnError() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        String url = "http://127.0.0.1:" + port + "/p";

        assertUnknown("Presigned HTTP GET stream failed (connection/read error) for " + url, () -> get(url).input());
    }

    @Test
    void aServerThatSpeaksNoHttpIsAnError() throws Exception {
        try (HttpScript server = HttpScript.saying("220 mail.example ESMTP\r\n")) {
            assertUnknown(
                    "Presigned HTTP GET stream failed (connection/read error) for ",
                    () -> get(server.url("/")).input());
        }
    }

    @Test
    void theWholeRequestHasALimit() throws Exception {
        try (HttpScript server = new HttpScript((head, in, out) -> {
            out.write("HTTP/1.1 200 OK\r\n\r\nfirst".getBytes(StandardCharsets.US_ASCII));
            waitForHangUp(in);
        })) {
            Presigned handle = new Presigned(Map.of(), server.url("/slow?s=hush"), "GET");
            PresignedResource resource = new PresignedResource(handle, Duration.ofMillis(200), null);
            ResourceException failure = catchThrowableOfType(ResourceException.class, () -> text(resource));

            assertThat(failure.reason()).isEqualTo(Reason.DEADLINE_EXCEEDED);
            assertThat(failure)
                    .hasMessage("Presigned HTTP GET request timed out after 0s for " + server.url("/slow?[REDACTED]"));
            assertThat(server.over()).isTrue();
        }
    }

    @Test
    void interruptingTheReaderEndsTheRequest() throws Exception {
        try (HttpScript server = new HttpScript((head, in, out) -> waitForHangUp(in))) {
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            Thread reader = new Thread(() ->
                    outcome.complete(catchThrowableOfType(Throwable.class, () -> text(get(server.url("/p"))))));
            reader.start();
            server.head();
            reader.interrupt();

            assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
            assertThat(server.over()).isTrue();
        }
    }

    @Test
    void closingTheResourceEndsTheRequest() throws Exception {
        try (HttpScript server = new HttpScript((head, in, out) -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            waitForHangUp(in);
        })) {
            PresignedResource resource = get(server.url("/p"));
            resource.input();
            resource.close();

            assertThat(server.over()).isTrue();
        }
    }

    @Test
    void anUploadArrivesWhole() throws Exception {
        AtomicReference<byte[]> arrived = new AtomicReference<>(new byte[0]);
        try (HttpScript server = new HttpScript((head, in, out) -> {
            arrived.set(readChunked(in));
            out.write("HTTP/1.1 201 Created\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        })) {
            upload(put(server.url("/p"), Map.of()));

            assertThat(arrived.get()).isEqualTo(IMAGE);
        }
    }

    @Test
    void anUploadOfAnnouncedLengthIsNotChunked() throws Exception {
        AtomicReference<byte[]> arrived = new AtomicReference<>(new byte[0]);
        try (HttpScript server = new HttpScript((head, in, out) -> {
            arrived.set(in.readNBytes(IMAGE.length));
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        })) {
            upload(put(server.url("/p"), Map.of("Content-Length", "" + IMAGE.length)));

            assertThat(arrived.get()).isEqualTo(IMAGE);
            assertThat(server.head())
                    .contains("content-length: " + IMAGE.length)
                    .noneMatch(line -> line.startsWith("transfer-encoding"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void anUploadOfAnotherLengthThanAnnouncedFails(int difference) throws Exception {
        try (HttpScript server = new HttpScript((head, in, out) -> waitForHangUp(in))) {
            PresignedResource resource =
                    put(server.url("/p"), Map.of("content-length", "" + (IMAGE.length + difference)));

            ResourceException failure = catchThrowableOfType(ResourceException.class, () -> upload(resource));
            assertThat(failure.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
        }
    }

    @Test
    void aRefusedUploadIsToldAsTheServerPutsIt() throws Exception {
        try (HttpScript server = new HttpScript((head, in, out) -> {
            readChunked(in);
            out.write("HTTP/1.1 403 Signature expired\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        })) {
            String text = "Presigned HTTP PUT request failed: status=403, reason='Signature expired', url="
                    + server.url("/p?[REDACTED]");
            assertUnknown(text, () -> upload(put(server.url("/p?s=hush"), Map.of())));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://x/y", "/relative", "http://", "http://h/a b", "http://h/a\r\nX-Evil: 1", "http://h:99999/"
            })
    void anAddressThatCannotBeSentIsAnInvalidArgument(String url) {
        assertThatThrownBy(() -> get(url).input()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHeaderCannotCarryAnother() {
        PresignedResource resource = put("http://127.0.0.1:1/", Map.of("a", "b\r\nX-Evil: 1"));

        assertThatThrownBy(resource::output)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"a\"");
    }

    @Test
    void theMethodSaysWhichWayTheDataGo() {
        assertThatThrownBy(() -> get("http://127.0.0.1:1/").output()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> put("http://127.0.0.1:1/", Map.of()).input())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD"})
    void damagedContentIsAnErrorOfTheServer(Compression coding) throws Exception {
        byte[] packed = packed(coding);
        packed[packed.length / 2] ^= 0x55;

        assertThatThrownBy(() -> received(coding.wireName(), packed)).isInstanceOf(ResourceException.class);
    }

    private static PresignedResource get(String url) {
        return new PresignedResource(new Presigned(Map.of(), url, "GET"));
    }

    private static PresignedResource put(String url, Map<String, String> headers) {
        return new PresignedResource(new Presigned(headers, url, "PUT"));
    }

    private static String text(PresignedResource resource) throws IOException {
        try (InputStream in = resource.input()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static void upload(PresignedResource resource) throws IOException {
        try (OutputStream out = resource.output()) {
            out.write(IMAGE, 0, 100_000);
            out.write(IMAGE, 100_000, IMAGE.length - 100_000);
        }
    }

    private static byte[] received(String coding, byte[] body) throws IOException {
        try (HttpScript server = new HttpScript((head, in, out) -> {
                    out.write(("HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
                    out.write(body);
                });
                InputStream in = get(server.url("/")).input()) {
            return in.readAllBytes();
        }
    }

    private static byte[] packed(Compression format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = format.encode(bytes)) {
            out.write(IMAGE);
        }
        return bytes.toByteArray();
    }

    /** Reads a chunked body the plain way, as a server that answers only after the whole of it. */
    private static byte[] readChunked(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int length = chunkLength(in); length > 0; length = chunkLength(in)) {
            body.write(in.readNBytes(length));
            in.readNBytes(2);
        }
        in.readNBytes(2);
        return body.toByteArray();
    }

    private static int chunkLength(InputStream in) throws IOException {
        StringBuilder digits = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            digits.append((char) b);
        }
        return Integer.parseInt(digits.toString().strip(), 16);
    }

    private static void waitForHangUp(InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    private static void assertUnknown(String text, ThrowingCallable call) {
        ResourceException failure = catchThrowableOfType(ResourceException.class, call);
        assertThat(failure).hasMessageStartingWith(text);
        assertThat(failure.reason()).isEqualTo(Reason.UNKNOWN);
        assertThat(failure.getMessage()).doesNotContain("hush");
    }
}
