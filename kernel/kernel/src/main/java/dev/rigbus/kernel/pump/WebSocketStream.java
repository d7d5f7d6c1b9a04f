package dev.rigbus.kernel.pump;

import dev.rigbus.driver.ByteStream;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A WebSocket whose binary messages are chunks. It has no half-close: the end of one direction closes both, as the protocol has it. */
final class WebSocketStream implements ByteStream {
    private final WebSocketClient client;
    private final WebSocket socket;

    private WebSocketStream(WebSocketClient client, WebSocket socket) {
        this.client = client;
        this.socket = socket;
    }

    static Future<ByteStream> open(Vertx vertx, URI url) {
        WebSocketClient client = vertx.createWebSocketClient(
                new WebSocketClientOptions().setMaxMessageSize(4 * 1024 * 1024).setMaxFrameSize(4 * 1024 * 1024));
        return client.connect(new WebSocketConnectOptions().setAbsoluteURI(url.toString()))
                .onFailure(cause -> client.close())
                .recover(cause -> Future.failedFuture(new ConnectFailedException(url.toString(), cause)))
                .map(socket -> new WebSocketStream(client, socket.pause()));
    }

    @Override
    public ByteStream handler(@Nullable Handler<Buffer> handler) {
        socket.handler(handler);
        return this;
    }

    @Override
    public ByteStream pause() {
        socket.pause();
        return this;
    }

    @Override
    public ByteStream resume() {
        socket.resume();
        return this;
    }

    @Override
    public ByteStream fetch(long amount) {
        socket.fetch(amount);
        return this;
    }

    @Override
    public ByteStream endHandler(@Nullable Handler<Void> handler) {
        AtomicBoolean told = new AtomicBoolean();
        Handler<Void> once = done -> {
            if (handler != null && told.compareAndSet(false, true)) {
                handler.handle(null);
            }
        };
        socket.endHandler(once);
        socket.closeHandler(once);
        return this;
    }

    @Override
    public ByteStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        socket.exceptionHandler(handler);
        return this;
    }

    @Override
    public ByteStream drainHandler(@Nullable Handler<Void> handler) {
        socket.drainHandler(handler);
        return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
        return socket.writeBinaryMessage(data);
    }

    @Override
    public Future<Void> end() {
        // The peer may go on sending for as long as it likes; the close comes with close().
        return Future.succeededFuture();
    }

    @Override
    public ByteStream setWriteQueueMaxSize(int maxSize) {
        socket.setWriteQueueMaxSize(maxSize);
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return socket.writeQueueFull();
    }

    @Override
    public Future<Void> close() {
        return socket.close().eventually(client::close);
    }
}
