package dev.rigbus.kernel.resource;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One HTTP/1.1 request and its response, on a connection of its own.
 *
 * <p>Written out because the clients of the JDK fit neither way: the new one takes no address that {@link java.net.URI} refuses and
 * hides the reason phrase, the old one cannot be interrupted. On a channel, interrupting the thread closes the connection.
 */
final class HttpConnection implements Closeable {
    private static final int LINE_LIMIT = 64 * 1024;
    private static final int HEADER_LIMIT = 1000;

    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;

    private HttpConnection(SocketChannel channel, Socket socket) throws IOException {
        this.channel = channel;
        this.in = new BufferedInputStream(socket.getInputStream(), Compression.CHUNK);
        this.out = new BufferedOutputStream(socket.getOutputStream(), Compression.CHUNK);
    }

    /** The first line and the headers of a response; header names are looked up in any case. */
    record Head(int status, String reason, Map<String, String> headers) {
        boolean redirects() {
            return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        }

        boolean successful() {
            return status >= 200 && status < 300;
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** Tries every address of the host, in the order of the resolver. */
    static HttpConnection to(HttpUrl url, SSLContext tls) throws IOException {
        IOException failure = new ConnectException("no address");
        for (InetAddress address : InetAddress.getAllByName(url.host())) {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.connect(new InetSocketAddress(address, url.port()));
                return new HttpConnection(
                        channel, url.secure() ? secured(channel.socket(), url, tls) : channel.socket());
            } catch (IOException e) {
                channel.close();
                failure = e;
                if (Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
        }
        throw failure;
    }

    private static SSLSocket secured(Socket plain, HttpUrl url, SSLContext tls) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, url.host(), url.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    void send(String method, String target, Map<String, String> headers) throws IOException {
        StringBuilder head =
                new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Where the body of the request goes, unframed. */
    OutputStream out() {
        return out;
    }

    /** Waits for the response; interim ones are passed over. */
    Head head() throws IOException {
        Head head;
        do {
            head = oneHead();
        } while (head.status() / 100 == 1);
        return head;
    }

    private Head oneHead() throws IOException {
        String[] first = line().split(" ", 3);
        if (first.length < 2 || !first[0].startsWith("HTTP/1.") || !first[1].matches("[1-9]\\d\\d")) {
            throw new ProtocolException("the server does not speak HTTP/1.1");
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == HEADER_LIMIT) {
                throw new ProtocolException("the server sent a malformed header");
            }
            headers.merge(line.substring(0, colon), line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
        }
        return new Head(Integer.parseInt(first[1]), first.length < 3 ? "" : first[2], headers);
    }

    /** The body without its framing; it fails where the connection ends before the body does. */
    InputStream body(Head head) throws IOException {
        if (head.header("transfer-encoding").toLowerCase(Locale.ROOT).endsWith("chunked")) {
            return new HttpBody.Chunked(in, this::line);
        }
        String length = head.header("content-length");
        if (length.isEmpty()) {
            return in;
        }
        try {
            return new HttpBody.Measured(in, Long.parseLong(length));
        } catch (NumberFormatException e) {
            throw new ProtocolException("the server sent a malformed content-length");
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() == LINE_LIMIT) {
                throw new ProtocolException(b < 0 ? "the server disconnected" : "the server sent too long a line");
            }
            line.append((char) b);
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }

    /** Safe from any thread; a blocked read or write fails. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
