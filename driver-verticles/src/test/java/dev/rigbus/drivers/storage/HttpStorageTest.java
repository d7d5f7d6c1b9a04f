package dev.rigbus.drivers.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpStorageTest {
    private static final byte[] PAGE = "a page of the site".getBytes(StandardCharsets.US_ASCII);

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final String endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
    private final HttpStorage storage = new HttpStorage(endpoint, "Bearer t");

    HttpStorageTest() throws IOException {
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        seen.add(exchange.getRequestMethod() + " " + path + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        exchange.getResponseHeaders().add("ETag", "\"e\"");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        int status = path.endsWith("none") ? 404 : path.endsWith("closed") ? 403 : 200;
        if (head) {
            exchange.getResponseHeaders().add("Content-Length", String.valueOf(PAGE.length));
        }
        exchange.sendResponseHeaders(status, head || status != 200 ? -1 : PAGE.length);
        if (!head && status == 200) {
            exchange.getResponseBody().write(PAGE);
        }
        exchange.close();
    }

    @Test
    void aPageIsReadAndMovedThrough() throws IOException {
        byte[] bytes = new byte[100];
        try (Storage.Reading page = storage.openForReading("/dir/page")) {
            assertThat(page.length()).isEqualTo(PAGE.length);
            assertThat(page.read(bytes)).isEqualTo(PAGE.length);
            assertThat(page.read(bytes)).isEqualTo(-1);
            page.position(2);
            assertThat(page.read(bytes)).isEqualTo(PAGE.length - 2);
            page.position(99);
            assertThatThrownBy(() -> page.read(bytes)).hasMessageContaining("reader got too little data");
        }
        assertThat(seen).startsWith("HEAD /dir/page Bearer t", "GET /dir/page Bearer t");
    }

    @Test
    void metadataComeFromTheHeaders() {
        assertThat(storage.stat("page")).isEqualTo(new Metadata(PAGE.length, true, false, null, null, null, "\"e\""));
        assertThat(storage.exists("page")).isTrue();
        assertThat(storage.exists("none")).isFalse();
    }

    @Test
    void R51_pathsCannotLeaveTheEndpoint() {
        assertThatThrownBy(() -> storage.stat("../x")).hasMessageStartingWith("PermissionDenied (permanent) at stat");
        storage.stat("%2e%2e/a b?c#d");
        assertThat(seen).containsExactly("HEAD /%252e%252e/a%20b%3Fc%23d Bearer t");
    }

    @Test
    void whatTheServerRefusesIsTold() {
        assertThatThrownBy(() -> storage.openForReading("none"))
                .hasMessageStartingWith("NotFound (permanent) at stat => entity not found");
        assertThatThrownBy(() -> storage.stat("closed")).hasMessageStartingWith("PermissionDenied (permanent) at stat");
        server.stop(0);
        assertThatThrownBy(() -> storage.stat("page")).hasMessageStartingWith("Unexpected (permanent) at stat");
    }

    @Test
    void itPresignsWhatItCanRead() {
        Map<String, String> headers = Map.of("authorization", "Bearer t");
        assertThat(storage.presign("read", "p/q.bin"))
                .isEqualTo(Map.of("url", endpoint + "/p/q.bin", "method", "GET", "headers", headers));
        assertThat(storage.presign("stat", "p")).containsEntry("method", "HEAD");
        assertThatThrownBy(() -> storage.presign("write", "p"))
                .hasMessageStartingWith("Unsupported (permanent) at presign => ");
    }

    @Test
    void itChangesNothing() {
        assertThatThrownBy(() -> storage.openForWriting("p"))
                .hasMessageStartingWith("Unsupported (permanent) at write => operation is not supported");
        assertThatThrownBy(() -> storage.list("/", false)).hasMessageStartingWith("Unsupported (permanent) at list");
        assertThatThrownBy(() -> storage.delete("p")).hasMessageStartingWith("Unsupported (permanent) at delete");
        assertThatThrownBy(() -> storage.removeAll("p")).hasMessageStartingWith("Unsupported (permanent) at delete");
        assertThatThrownBy(() -> storage.copy("p", "q")).hasMessageStartingWith("Unsupported (permanent) at copy");
        assertThatThrownBy(() -> storage.rename("p", "q")).hasMessageStartingWith("Unsupported (permanent) at rename");
        assertThatThrownBy(() -> storage.createDirectory("p/"))
                .hasMessageStartingWith("Unsupported (permanent) at create_dir");
    }
}
