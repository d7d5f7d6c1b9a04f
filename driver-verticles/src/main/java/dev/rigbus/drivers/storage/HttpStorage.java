package dev.rigbus.drivers.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of a web server, to read only. Paths are percent-encoded, so that no path means more to the server than its names. */
final class HttpStorage implements Storage {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final String UNRESERVED = "-._~!$&'()*+,;=:@";

    private final StorageFailure failure = new StorageFailure("http");
    private final String endpoint;
    private final @Nullable String authorization;
    private @Nullable HttpClient client;

    /**
     * @param endpoint the address of the root, without a slash at its end
     * @param authorization the value of that header
     */
    HttpStorage(String endpoint, @Nullable String authorization) {
        this.endpoint = endpoint;
        this.authorization = authorization;
    }

    @Override
    public Reading openForReading(String path) {
        URI uri = URI.create(address("stat", path));
        if (path.endsWith("/")) {
            throw failure.isDirectory("reader", "read", path);
        }
        long length = head(path).headers().firstValueAsLong("content-length").orElse(-1);
        return new HttpReading(path, uri, length);
    }

    @Override
    public Writing openForWriting(String path) {
        throw failure.unsupported("write", path);
    }

    @Override
    public Metadata stat(String path) {
        HttpResponse<Void> response = head(path);
        boolean directory = path.isEmpty() || path.endsWith("/");
        return new Metadata(
                response.headers().firstValueAsLong("content-length").orElse(0),
                !directory,
                directory,
                header(response, "content-md5"),
                header(response, "content-type"),
                header(response, "content-disposition"),
                header(response, "etag"));
    }

    private static @Nullable String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    @Override
    public boolean exists(String path) {
        return ask("HEAD", path, HttpResponse.BodyHandlers.discarding()).statusCode() != 404
                && head(path).statusCode() < 300;
    }

    @Override
    public Stream<String> list(String path, boolean recursive) {
        throw failure.unsupported("list", path);
    }

    @Override
    public void copy(String source, String target) {
        throw failure.unsupported("copy", source, target);
    }

    @Override
    public void rename(String source, String target) {
        throw failure.unsupported("rename", source, target);
    }

    @Override
    public void createDirectory(String path) {
        throw failure.unsupported("create_dir", path);
    }

    @Override
    public void delete(String path) {
        throw failure.unsupported("delete", path);
    }

    @Override
    public void removeAll(String path) {
        throw failure.unsupported("delete", path);
    }

    @Override
    public Map<String, Object> presign(String operation, String path) {
        String url = address("presign", path);
        if (operation.equals("write")) {
            throw failure.other("Unsupported (permanent) at presign => a web server takes no presigned write", path);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (authorization != null) {
            headers.put("authorization", authorization);
        }
        return Map.of("url", url, "method", operation.equals("stat") ? "HEAD" : "GET", "headers", headers);
    }

    @Override
    public Map<String, @Nullable Object> capability() {
        return Capability.of(
                "blocking",
                "presign",
                "presign_read",
                "presign_stat",
                "read",
                "read_with_if_match",
                "read_with_if_none_match",
                "shared",
                "stat",
                "stat_with_if_match",
                "stat_with_if_none_match");
    }

    private String address(String operation, String path) {
        try {
            StoragePath parsed = StoragePath.of(path);
            return endpoint + "/" + (parsed.isRoot() ? "" : encoded(parsed.toString()));
        } catch (StoragePath.Refused e) {
            throw failure.refused(operation, e, path);
        }
    }

    static String encoded(String path) {
        StringBuilder result = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c == '/' || c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                result.append(c);
            } else {
                result.append(String.format("%%%02X", (int) c));
            }
        }
        return result.toString();
    }

    private HttpResponse<Void> head(String path) {
        HttpResponse<Void> response = ask("HEAD", path, HttpResponse.BodyHandlers.discarding());
        requireFound("stat", path, response.statusCode());
        return response;
    }

    private void requireFound(String operation, String path, int status) {
        if (status == 404) {
            throw failure.notFound(operation, path);
        }
        if (status == 401 || status == 403) {
            throw failure.other(
                    "PermissionDenied (permanent) at " + operation + " => the server answers " + status, path);
        }
        if (status >= 300) {
            throw failure.other("Unexpected (permanent) at " + operation + " => the server answers " + status, path);
        }
    }

    private <T> HttpResponse<T> ask(String method, String path, HttpResponse.BodyHandler<T> body) {
        URI uri = URI.create(address("stat", path));
        try {
            return send(HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()), body);
        } catch (IOException e) {
            throw failure.io("stat", e, path);
        }
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) throws IOException {
        if (authorization != null) {
            request.setHeader("authorization", authorization);
        }
        try {
            return client().send(request.build(), body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("cancelled");
        }
    }

    /** Made when it is first needed, as it starts threads and loads a part of the JDK that nothing else here does. */
    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();
            client = made;
        }
        return made;
    }

    /** One request from the position on, made when the first byte is asked for. */
    private final class HttpReading implements Reading {
        private final String path;
        private final URI uri;
        private final long length;
        private long position;
        private @Nullable InputStream body;

        HttpReading(String path, URI uri, long length) {
            this.path = path;
            this.uri = uri;
            this.length = length;
        }

        @Override
        public int read(byte[] bytes) throws IOException {
            if (length >= 0 && position > length) {
                throw failure.pastEnd(length - position);
            }
            if (position == length) {
                return -1;
            }
            try {
                InputStream open = body == null ? open() : body;
                body = open;
                int count = open.read(bytes);
                position += Math.max(count, 0);
                return count;
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                throw failure.io("read", e, path);
            }
        }

        private InputStream open() throws IOException {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).GET();
            if (position > 0) {
                request.setHeader("range", "bytes=" + position + "-");
            }
            HttpResponse<InputStream> response = send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() >= 300) {
                response.body().close();
                requireFound("read", path, response.statusCode());
            }
            if (response.statusCode() != 206) {
                response.body().skipNBytes(position);
            }
            return response.body();
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void position(long position) throws IOException {
            close();
            this.position = position;
        }

        @Override
        public long length() {
            if (length < 0) {
                throw failure.other("Unsupported (permanent) at stat => the server does not tell the length", path);
            }
            return length;
        }

        @Override
        public void close() throws IOException {
            InputStream open = body;
            body = null;
            if (open != null) {
                open.close();
            }
        }
    }
}
