package dev.rigbus.system.client;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Concurrent;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import dev.rigbus.driver.Items;
import dev.rigbus.driver.Reason;
import dev.rigbus.driver.Resource;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A driver by which the client can be tried: it fails, floods, and looks closely at what it gets. */
@Concurrent
public final class Probe implements Driver {
    /** How many items a flood has handed out so far. */
    static final AtomicLong FLOODED = new AtomicLong();

    private final DriverContext context;

    Probe(DriverContext context) {
        this.context = context;
    }

    @Override
    public String client() {
        return "dev.rigbus.test.ProbeClient";
    }

    @Export
    public Future<@Nullable Object> same(@Nullable Object value) {
        return Future.succeededFuture(value);
    }

    @Export
    public Future<Void> never() {
        return Promise.<Void>promise().future();
    }

    @Export
    public Future<Void> fail(String reason, String text) {
        return Future.failedFuture(new DriverException(Reason.valueOf(reason), text));
    }

    @Export
    public ReadStream<Object> count(int upTo, boolean fails) {
        Iterator<Object> numbers = LongStream.range(0, upTo + (fails ? 1 : 0))
                .<Object>mapToObj(n -> {
                    if (n == upTo) {
                        throw new DriverException(Reason.INTERNAL, "out of numbers");
                    }
                    return n;
                })
                .iterator();
        return Items.of(numbers);
    }

    @Export
    public ReadStream<Object> flood() {
        return Items.of(LongStream.iterate(0, n -> n + 1)
                .<Object>mapToObj(n -> {
                    FLOODED.incrementAndGet();
                    return "x".repeat(1000);
                })
                .iterator());
    }

    /** What it read, and how much of it: all, or only the beginning. */
    @Export
    public String digest(Resource source, int mostBytes) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream input = source.input()) {
            digest.update(mostBytes == 0 ? input.readAllBytes() : input.readNBytes(mostBytes));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Export
    public void refuse(Resource source) throws IOException {
        source.input().readNBytes(10);
        throw new DriverException(Reason.FAILED_PRECONDITION, "the device is switched on");
    }

    /** Speaks first, and then says again what it hears. */
    @ExportStream
    public Future<ByteStream> connect() {
        ByteStream loop = context.transports().loop();
        loop.write(Buffer.buffer("hello "));
        return Future.succeededFuture(loop);
    }

    @ExportStream
    public Future<ByteStream> broken() {
        return Future.failedFuture(new IOException("the cable is out"));
    }
}
