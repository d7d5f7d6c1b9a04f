package dev.rigbus.lab.admin;

import com.google.protobuf.ByteString;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.wire.lab.Piece;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a backup piece by piece, as fast as it is taken. Its fields belong to the call's event loop. */
final class BackupCall implements CallListener {
    private static final Logger log = LoggerFactory.getLogger(BackupCall.class);
    private static final int PIECE = 256 * 1024;

    private final Lab lab;
    private final ServerCall call;
    private @Nullable Path file;
    private @Nullable InputStream in;
    private boolean reading;
    private boolean closed;

    BackupCall(Lab lab, ServerCall call, Future<Path> written) {
        this.lab = lab;
        this.call = call;
        written.onComplete(done -> call.eventLoop().execute(() -> {
            if (done.succeeded()) {
                file = done.result();
                proceed();
            } else {
                call.finish(Failures.status(done.cause()));
            }
        }));
    }

    /** Writes the backup to a folder that nobody else can look into. */
    static Future<Path> write(Lab lab) {
        return lab.vertx()
                .executeBlocking(() -> Files.createTempDirectory("rigbus-backup"), false)
                .compose(folder -> lab.backup()
                        .apply(folder.resolve("lab.db"))
                        .onFailure(cause -> remove(lab, folder.resolve("lab.db"))));
    }

    private void proceed() {
        if (closed) {
            clean();
        } else if (!reading && file != null && call.isWritable()) {
            reading = true;
            lab.vertx()
                    .executeBlocking(this::read, false)
                    .onComplete(done -> call.eventLoop().execute(() -> {
                        reading = false;
                        if (done.failed()) {
                            call.finish(Failures.status(done.cause()));
                        } else if (done.result().length > 0) {
                            call.write(Piece.newBuilder()
                                    .setData(ByteString.copyFrom(done.result()))
                                    .build());
                            proceed();
                            return;
                        } else {
                            call.finish(Status.OK);
                        }
                        clean();
                    }));
        }
    }

    private byte[] read() throws IOException {
        if (in == null) {
            in = Files.newInputStream(java.util.Objects.requireNonNull(file));
        }
        return in.readNBytes(PIECE);
    }

    @Override
    public void message(ByteBuf message) {
        message.release();
    }

    @Override
    public void writable() {
        proceed();
    }

    @Override
    public void closed() {
        closed = true;
        if (!reading) {
            clean();
        }
    }

    private void clean() {
        Path done = file;
        InputStream open = in;
        file = null;
        in = null;
        if (done != null) {
            lab.vertx()
                    .executeBlocking(
                            () -> {
                                if (open != null) {
                                    open.close();
                                }
                                return null;
                            },
                            false);
            remove(lab, done);
        }
    }

    private static void remove(Lab lab, Path file) {
        lab.vertx()
                .executeBlocking(
                        () -> {
                            Files.deleteIfExists(file);
                            return Files.deleteIfExists(java.util.Objects.requireNonNull(file.getParent()));
                        },
                        false)
                .onFailure(cause -> log.warn("a backup's copy could not be removed: {}", cause.toString()));
    }
}
