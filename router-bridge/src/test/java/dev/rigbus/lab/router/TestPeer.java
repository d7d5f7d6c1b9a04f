package dev.rigbus.lab.router;

import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One end of a stream, over the wire. Messages are given and taken encoded. */
final class TestPeer implements ClientListener {
    final GrpcClient client;
    final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    final AtomicLong bytes = new AtomicLong();
    final CountDownLatch admitted = new CountDownLatch(1);
    final CompletableFuture<Status> status = new CompletableFuture<>();
    volatile boolean keep = true;
    private ClientCall call;

    private TestPeer(GrpcClient client) {
        this.client = client;
    }

    static TestPeer open(GrpcClient client, String token) throws Exception {
        return withHeaders(client, Map.of("authorization", "Bearer " + token));
    }

    static TestPeer withHeaders(GrpcClient client, Map<String, String> headers) throws Exception {
        TestPeer peer = new TestPeer(client);
        peer.call = peer.onLoop(() -> client.call(RouterCalls.PATH, headers, null, peer));
        return peer;
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return client.eventLoop().submit(task).get(10, TimeUnit.SECONDS);
    }

    void send(byte[] message) throws Exception {
        onLoop(() -> {
            call.writeFrame(frame(message));
            return null;
        });
    }

    /** Sends only if that does not have to wait; says whether it did. */
    boolean trySend(byte[] message) throws Exception {
        return onLoop(() -> {
            boolean room = call.isWritable();
            if (room) {
                call.writeFrame(frame(message));
            }
            return room;
        });
    }

    static ByteBuf frame(byte[] message) {
        return Unpooled.buffer(5 + message.length)
                .writeByte(0)
                .writeInt(message.length)
                .writeBytes(message);
    }

    void end() throws Exception {
        onLoop(() -> {
            call.end();
            return null;
        });
    }

    void cancel() throws Exception {
        onLoop(() -> {
            call.cancel();
            return null;
        });
    }

    void pause() throws Exception {
        onLoop(() -> {
            call.pause();
            return null;
        });
    }

    void resume() throws Exception {
        onLoop(() -> {
            call.resume();
            return null;
        });
    }

    byte[] next() throws InterruptedException {
        byte[] message = messages.poll(10, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("nothing came; ended: " + status);
        }
        return message;
    }

    Status end10s() throws Exception {
        return status.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void headers(Map<String, String> metadata) {
        admitted.countDown();
    }

    @Override
    public void message(ByteBuf message) {
        bytes.addAndGet(message.readableBytes());
        if (keep) {
            messages.add(ByteBufUtil.getBytes(message));
        }
        message.release();
    }

    @Override
    public void finished(Status end) {
        status.complete(end);
    }
}
