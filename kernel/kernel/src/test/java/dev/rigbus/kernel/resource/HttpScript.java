package dev.rigbus.kernel.resource;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * A web server that takes one connection after the other, keeps the bytes of each request head as they came, and then does what
 * the test says. A server of a library would hide what this is about: the exact bytes.
 */
final class HttpScript implements AutoCloseable {
    private final String scheme;
    private final ServerSocket server;
    private final BlockingQueue<List<String>> heads = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> hangUps = new LinkedBlockingQueue<>();

    HttpScript(Answer answer) throws IOException {
        this("http", ServerSocketFactory.getDefault(), answer);
    }

    private HttpScript(String scheme, ServerSocketFactory sockets, Answer answer) throws IOException {
        this.scheme = scheme;
        this.server = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> serve(answer), "http-script");
        thread.setDaemon(true);
        thread.start();
    }

    /** What to do once the head of the request is read. */
    interface Answer {
        void give(List<String> head, InputStream in, OutputStream out) throws IOException;
    }

    static HttpScript saying(String response) throws IOException {
        return new HttpScript((head, in, out) -> out.write(response.getBytes(StandardCharsets.ISO_8859_1)));
    }

    static HttpScript saying(String response, SSLContext tls) throws IOException {
        return new HttpScript(
                "https",
                tls.getServerSocketFactory(),
                (head, in, out) -> out.write(response.getBytes(StandardCharsets.ISO_8859_1)));
    }

    String url(String target) {
        return scheme + "://127.0.0.1:" + server.getLocalPort() + target;
    }

    /** The next request: its first line, then its headers. */
    List<String> head() throws InterruptedException {
        List<String> head = heads.poll(10, TimeUnit.SECONDS);
        if (head == null) {
            throw new AssertionError("no request came");
        }
        return head;
    }

    /** Waits until the answer to one request is over, in whatever way. */
    boolean over() throws InterruptedException {
        return hangUps.poll(10, TimeUnit.SECONDS) != null;
    }

    private void serve(Answer answer) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                InputStream in = new BufferedInputStream(client.getInputStream());
                List<String> head = readHead(in);
                heads.add(head);
                answer.give(head, in, client.getOutputStream());
            } catch (IOException e) {
                // the client went away, or the test is over
            } finally {
                hangUps.add(true);
            }
        }
    }

    private static List<String> readHead(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("no request");
            }
            bytes.write(b);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1).lines().toList();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
