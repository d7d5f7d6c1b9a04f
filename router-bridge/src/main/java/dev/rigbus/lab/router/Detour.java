package dev.rigbus.lab.router;

import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream that came to another node than the one at which its peers meet, as behind an address that stands for several: it is carried on
 * to that node as if the peer had come there itself. All on the event loop of its call.
 */
final class Detour implements CallListener {
    private final ServerCall call;
    private final RouterMeter meter;
    private final Duration lastWords;
    private @Nullable GrpcClient client;
    private @Nullable ClientCall onward;

    /**
     * @param call is paused: what the peer sends stays in its window until the way is open
     * @param node at the other end of the way
     */
    Detour(ServerCall call, String node, Future<GrpcClient> way, RouterMeter meter, Duration lastWords) {
        this.call = call;
        this.meter = meter;
        this.lastWords = lastWords;
        way.addListener(done -> call.eventLoop().execute(() -> {
            if (done.isSuccess()) {
                goOn(way.getNow());
            } else {
                call.finish(new Status(
                        Code.UNAVAILABLE, "node " + node + ", where the stream leads to, cannot be reached"));
            }
        }));
    }

    private void goOn(GrpcClient there) {
        if (!call.isOpen()) {
            there.close();
            return;
        }
        client = there;
        String authorization = String.valueOf(call.metadata("authorization"));
        ClientCall made = there.call(RouterCalls.PATH, Map.of("authorization", authorization), null, new Back());
        made.receivePieces();
        onward = made;
        call.resume();
    }

    @Override
    public void message(ByteBuf piece) {
        ClientCall to = onward;
        if (to == null) {
            piece.release();
            return;
        }
        meter.passed(piece.readableBytes());
        to.writeFrame(piece);
        if (!to.isWritable()) {
            call.pause();
        }
    }

    @Override
    public void halfClosed() {
        if (onward != null) {
            onward.end();
        }
    }

    @Override
    public void writable() {
        if (onward != null) {
            onward.resume();
        }
    }

    @Override
    public void closed() {
        if (client != null) {
            // The connection is this stream's alone; with it the call at the other node ends.
            client.close();
        }
    }

    /** What comes back. */
    private final class Back implements ClientListener {
        @Override
        public void message(ByteBuf piece) {
            meter.passed(piece.readableBytes());
            call.writeFrame(piece);
            if (!call.isWritable() && onward != null) {
                onward.pause();
            }
        }

        @Override
        public void writable() {
            call.resume();
        }

        @Override
        public void finished(Status status) {
            call.finish(status, lastWords);
        }
    }
}
