package dev.rigbus.kernel.resource;

import dev.rigbus.driver.Reason;
import dev.rigbus.driver.Resource;
import dev.rigbus.kernel.resource.HttpConnection.Head;
import dev.rigbus.kernel.resource.ResourceHandle.Presigned;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A file on a web server, fetched or delivered by the exporter itself with a request that the client has signed. Path and query go
 * out byte for byte. Interrupting the thread that reads or writes ends the request.
 */
public final class PresignedResource implements Resource, AutoCloseable {
    private static final Duration LIMIT = Duration.ofHours(2);
    private static final int REDIRECTS = 10;

    /** What a server of another origin must not see; these and everything that begins so. */
    private static final List<String> SECRET_HEADERS =
            List.of("authorization", "cookie", "proxy-authorization", "x-amz-", "x-ms-", "x-goog-");

    /** Headers that belong to the connection and to the framing, which are ours. */
    private static final List<String> OWN_HEADERS =
            List.of("connection", "transfer-encoding", "content-length", "expect", "upgrade");

    private final Presigned handle;
    private final Duration limit;
    private final @Nullable SSLContext tls;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile @Nullable HttpConnection connection;
    private volatile boolean expired;

    public PresignedResource(Presigned handle) {
        this(handle, LIMIT, null);
    }

    /** @param tls instead of the trust store of the system */
    PresignedResource(Presigned handle, Duration limit, @Nullable SSLContext tls) {
        this.handle = handle;
        this.limit = limit;
        this.tls = tls;
    }

    @Override
    public InputStream input() throws IOException {
        require("GET");
        startClock();
        HttpUrl url = HttpUrl.parse(handle.url());
        String shown = HttpUrl.redacted(handle.url());
        Map<String, String> headers = headers(url);
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            HttpConnection http = send(url, shown, headers);
            Head head = answer(http, shown);
            if (!head.redirects()) {
                return content(http, head, shown);
            }
            http.close();
            HttpUrl next = location(head, shown);
            shown = HttpUrl.redacted(head.header("location"));
            stripSecrets(headers, url, next);
            url = next;
        }
        over.complete(null);
        throw new ResourceException(
                Reason.UNKNOWN, "Too many redirects (" + REDIRECTS + ") for " + HttpUrl.redacted(handle.url()), null);
    }

    @Override
    public OutputStream output() throws IOException {
        require("PUT");
        startClock();
        HttpUrl url = HttpUrl.parse(handle.url());
        String shown = HttpUrl.redacted(handle.url());
        Map<String, String> headers = headers(url);
        String length = lengthHeader();
        headers.put(length == null ? "transfer-encoding" : "content-length", length == null ? "chunked" : length);
        return new PresignedOutput(this, send(url, shown, headers), length == null ? null : Long.valueOf(length));
    }

    /** Ends the request, whatever is still under way. */
    @Override
    public void close() {
        over.complete(null);
        closeConnection();
    }

    private void require(String method) {
        if (!handle.method().equals(method)) {
            throw new IllegalArgumentException("a presigned request with method " + handle.method() + " cannot be "
                    + (method.equals("GET") ? "read (expected: GET)" : "written to (expected: PUT)"));
        }
    }

    private void startClock() {
        over.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).whenComplete((done, timeout) -> {
            expired = timeout != null;
            if (expired) {
                closeConnection();
            }
        });
    }

    private HttpConnection send(HttpUrl url, String shown, Map<String, String> headers) throws IOException {
        headers.putIfAbsent("host", url.authority());
        try {
            HttpConnection http = HttpConnection.to(url, tls == null ? SSLContext.getDefault() : tls);
            connection = http;
            if (expired) {
                closeConnection();
            }
            http.send(handle.method(), url.target(), headers);
            return http;
        } catch (IOException | NoSuchAlgorithmException e) {
            throw failure("failed (connection/read error)", shown, e);
        }
    }

    private Head answer(HttpConnection http, String shown) throws IOException {
        try {
            return http.head();
        } catch (IOException e) {
            throw failure("failed (connection/read error)", shown, e);
        }
    }

    private InputStream content(HttpConnection http, Head head, String shown) throws IOException {
        check(head, shown);
        InputStream body = http.body(head);
        InputStream plain = switch (head.header("content-encoding").toLowerCase(Locale.ROOT)) {
            case "", "identity" -> body;
            case "gzip", "x-gzip" -> Compression.GZIP.decode(body);
            case "deflate" -> Compression.inflate(body);
            case "zstd" -> Compression.ZSTD.decode(body);
            default -> {
                close();
                throw new ResourceException(
                        Reason.UNKNOWN,
                        "Presigned HTTP GET answered with the unknown content-encoding "
                                + head.header("content-encoding") + " for " + shown,
                        null);
            }
        };
        return new PresignedInput(this, plain, shown);
    }

    private HttpUrl location(Head head, String shown) throws IOException {
        String location = head.header("location");
        if (location.isEmpty()) {
            close();
            throw new ResourceException(
                    Reason.UNKNOWN, "Presigned HTTP GET redirect missing Location header for " + shown, null);
        }
        try {
            return HttpUrl.parse(location);
        } catch (IllegalArgumentException e) {
            close();
            throw new ResourceException(Reason.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, String> headers(HttpUrl url) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        handle.headers().forEach((name, value) -> {
            checkHeader(name, value);
            if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                headers.put(name, value);
            }
        });
        if (url.userInfo() != null) {
            byte[] secret = url.userInfo().getBytes(StandardCharsets.UTF_8);
            headers.putIfAbsent("authorization", "Basic " + Base64.getEncoder().encodeToString(secret));
        }
        headers.putIfAbsent("accept", "*/*");
        headers.putIfAbsent("accept-encoding", "gzip, deflate, zstd");
        headers.putIfAbsent("user-agent", "rigbus");
        headers.put("connection", "close");
        return headers;
    }

    /** A line break in a header would be a second header, or a second request. */
    private static void checkHeader(String name, String value) {
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
                || value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
            throw new IllegalArgumentException("the header \"" + name.replaceAll("\\p{Cntrl}", "?")
                    + "\" of the presigned request has" + " characters that HTTP does not allow");
        }
    }

    private static void stripSecrets(Map<String, String> headers, HttpUrl from, HttpUrl to) {
        if (!from.sameOrigin(to)) {
            headers.keySet()
                    .removeIf(name -> name.equalsIgnoreCase("host")
                            || SECRET_HEADERS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::startsWith));
        }
    }

    /** Storage services want to know the length beforehand; a client that knows it can say so. */
    private @Nullable String lengthHeader() {
        return handle.headers().entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase("content-length"))
                .map(Map.Entry::getValue)
                .filter(value -> value.matches("\\d{1,18}"))
                .findFirst()
                .orElse(null);
    }

    /** Fails unless the server agreed. */
    void check(Head head, String shown) throws IOException {
        if (!head.successful()) {
            close();
            throw new ResourceException(
                    Reason.UNKNOWN,
                    "Presigned HTTP " + handle.method() + " request failed: status=" + head.status() + ", reason='"
                            + head.reason() + "', url=" + shown,
                    null);
        }
    }

    /** What a broken connection means: time is up, nobody waits any more, or the server's fault. */
    IOException failure(String what, String shown, Exception cause) {
        boolean timedOut = expired;
        close();
        if (cause instanceof ResourceException told) {
            return told;
        }
        String method = "Presigned HTTP " + handle.method();
        if (timedOut) {
            String text = method + " request timed out after " + limit.toSeconds() + "s for " + shown;
            return new ResourceException(Reason.DEADLINE_EXCEEDED, text, cause);
        }
        if (Thread.currentThread().isInterrupted()) {
            InterruptedIOException interrupted = new InterruptedIOException(method + " cancelled for " + shown);
            interrupted.initCause(cause);
            return interrupted;
        }
        String reason = shown + ": " + cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return new ResourceException(Reason.UNKNOWN, method + " stream " + what + " for " + reason, cause);
    }

    String shownUrl() {
        return HttpUrl.redacted(handle.url());
    }

    private void closeConnection() {
        try (HttpConnection last = connection) {
            connection = null;
        } catch (IOException e) {
            // the socket is gone all the same
        }
    }
}
