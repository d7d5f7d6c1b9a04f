package rigbus.testing;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Cancellation;
import dev.rigbus.driver.Concurrent;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import dev.rigbus.driver.Items;
import dev.rigbus.driver.OrElse;
import dev.rigbus.driver.Resource;
import dev.rigbus.driver.Settings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.MarkerFactory;

/** Misbehaves on request; {@code system-tests/contract/probe-driver.md} says how. */
@Concurrent
public final class Probe implements Driver {
    record Config(
            String group,
            @Nullable String failStart,
            @Nullable Path closeFile) {
        static Config read(Settings settings) {
            return new Config(
                    settings.string("group", "default"),
                    settings.optionalString("fail_start"),
                    settings.optionalPath("close_file"));
        }
    }

    private static final int CHUNK = 65_536;

    private final Config config;
    private final DriverContext context;
    private final ProbeGroup group;

    Probe(Config config, DriverContext context) {
        if (config.failStart() != null) {
            throw new IllegalStateException(config.failStart());
        }
        this.config = config;
        this.context = context;
        this.group = ProbeGroup.named(config.group());
    }

    @Override
    public String client() {
        return "jumpstarter.client.DriverClient";
    }

    @Override
    public Future<?> reset() {
        group.add("resets", 1);
        return Future.succeededFuture();
    }

    @Override
    public Future<?> close() {
        Path file = config.closeFile();
        return file == null
                ? Future.succeededFuture()
                : context.blocking(() ->
                        Files.writeString(file, "closed\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    @Export
    public void fail(String name) {
        throw ProbeErrors.<RuntimeException>raise(name, "msg-" + name);
    }

    @Export
    public Future<Void> afail(String name) {
        return Future.failedFuture(ProbeErrors.of(name, "msg-" + name));
    }

    @Export
    public void failempty() throws Exception {
        throw new Exception();
    }

    @Export
    public void raiseText(String name, String text, int times) {
        throw ProbeErrors.<RuntimeException>raise(name, text.repeat(times));
    }

    @Export
    public @Nullable Object ret(String kind) {
        return ProbeValues.of(kind);
    }

    @Export("default")
    public List<Object> defaults(Object a, @OrElse("5") double b) {
        return List.of(a, b, 1);
    }

    @Export
    public List<List<@Nullable Object>> echo(@Nullable Object... values) {
        List<List<@Nullable Object>> echoed = new ArrayList<>();
        for (Object value : values) {
            echoed.add(Arrays.asList(pythonType(value), value));
        }
        return echoed;
    }

    private static String pythonType(@Nullable Object value) {
        return value == null
                ? "NoneType"
                : value instanceof Double
                        ? "float"
                        : value instanceof String
                                ? "str"
                                : value instanceof Boolean ? "bool" : value instanceof List ? "list" : "dict";
    }

    @Export
    public @Nullable Object answer(@Nullable Object value) {
        return value;
    }

    @Export
    public String typedInt(int n) {
        return String.valueOf(n);
    }

    @Export("void")
    public void nothing() {}

    @Export
    public String big(int n) {
        return "x".repeat(n);
    }

    @Export
    public List<?> deep(int n) {
        List<?> value = List.of();
        for (int i = 1; i < n; i++) {
            value = List.of(value);
        }
        return value;
    }

    @Export("_hidden")
    public String hidden(String text) {
        return "hidden " + text;
    }

    public String unmarked() {
        return "must not be reachable";
    }

    @Export
    public Future<Void> sleepForever(Cancellation cancellation) {
        group.add("sleeping", 1);
        Promise<Void> never = Promise.promise();
        cancellation.cancelled().onComplete(cancelled -> {
            group.add("interrupted", 1);
            group.add("sleeping", -1);
            never.fail("cancelled");
        });
        return never.future();
    }

    @Export
    public String block() throws InterruptedException {
        CountDownLatch released = group.released();
        group.add("blocking", 1);
        try {
            released.await();
            return "released";
        } catch (InterruptedException e) {
            group.add("interrupted", 1);
            throw e;
        } finally {
            group.add("blocking", -1);
        }
    }

    @Export
    public String stuck() {
        CountDownLatch released = group.released();
        group.add("blocking", 1);
        boolean waiting = true;
        while (waiting) {
            try {
                released.await();
                waiting = false;
            } catch (InterruptedException e) {
                // That is what makes it stuck.
            }
        }
        group.add("blocking", -1);
        return "released";
    }

    @Export
    public Future<Void> release() {
        group.release();
        return Future.succeededFuture();
    }

    @Export
    public Future<Void> openGate(int permits) {
        group.gate.release(permits);
        return Future.succeededFuture();
    }

    @Export
    public Future<Map<String, Long>> state() {
        return Future.succeededFuture(group.state());
    }

    @Export
    public void log(String level, String text) {
        switch (level) {
            case "DEBUG" -> context.log().debug(text);
            case "INFO" -> context.log().info(text);
            case "WARNING" -> context.log().warn(text);
            case "CRITICAL" -> context.log().error(MarkerFactory.getMarker(level), text);
            default -> context.log().error(text);
        }
    }

    @Export
    public void logMany(int n) {
        IntStream.range(0, n).forEach(i -> context.log().info("line {}", i));
    }

    @Export
    public Map<String, Object> take(Resource handle) throws IOException {
        MessageDigest digest = sha256();
        long length = 0;
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = handle.input()) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
                length += read;
            }
        }
        return Map.of("length", length, "sha256", HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Export
    public void takeFail(Resource handle) throws IOException {
        try (InputStream in = handle.input()) {
            if (in.read(new byte[CHUNK]) != 0) {
                throw new IllegalArgumentException("device full");
            }
        }
    }

    @Export
    public void give(Resource handle, int size) throws IOException {
        try (OutputStream out = handle.output()) {
            for (int start = 0; start < size; start += CHUNK) {
                out.write(pattern(start, Math.min(CHUNK, size - start)));
            }
        }
    }

    /** Part of the endless text whose byte number i is i mod 251. */
    private static byte[] pattern(long start, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ((start + i) % 251);
        }
        return bytes;
    }

    @Export
    public Iterator<Object> gen(String name) {
        Iterator<Object> first = List.<Object>of(1, Map.of("n", 2)).iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Object next() {
                if (first.hasNext()) {
                    return first.next();
                }
                throw ProbeErrors.<RuntimeException>raise(name, "msg-" + name);
            }
        };
    }

    @Export
    public ReadStream<Integer> items(int n) {
        return Items.of(IntStream.range(0, n).iterator());
    }

    @Export
    public Stream<Integer> gated(int n) {
        return IntStream.range(0, n).boxed().peek(i -> {
            if (i > 0) {
                pass();
            }
        });
    }

    private void pass() {
        try {
            group.gate.acquire();
        } catch (InterruptedException e) {
            throw new IllegalStateException("cancelled", e);
        }
    }

    @Export
    public Stream<Integer> forever() {
        group.add("forever_running", 1);
        return Stream.iterate(0, i -> i + 1)
                .peek(i -> group.add("emitted", 1))
                .onClose(() -> group.add("forever_running", -1));
    }

    @Export
    public Stream<Object> quiet() {
        return Stream.generate(this::sleep);
    }

    private Object sleep() {
        group.add("sleeping", 1);
        try {
            new CountDownLatch(1).await();
            return "never";
        } catch (InterruptedException e) {
            group.add("interrupted", 1);
            throw new IllegalStateException("cancelled", e);
        } finally {
            group.add("sleeping", -1);
        }
    }

    private ProbeStream stream() {
        return new ProbeStream(group, context.vertx().getOrCreateContext());
    }

    @ExportStream
    public Future<ByteStream> connect() {
        return Future.succeededFuture(stream().onData(ProbeStream::emit).onEnd(ProbeStream::finish));
    }

    @ExportStream
    public Future<ByteStream> collect() {
        MessageDigest digest = sha256();
        long[] length = {0};
        return Future.succeededFuture(stream()
                .onData((stream, data) -> {
                    digest.update(data.getBytes());
                    length[0] += data.length();
                })
                .onEnd(stream -> {
                    stream.emit(Buffer.buffer(length[0] + " " + HexFormat.of().formatHex(digest.digest())));
                    stream.finish();
                }));
    }

    @ExportStream
    public Future<ByteStream> eof() {
        ProbeStream stream = stream();
        stream.emit(Buffer.buffer("first"));
        stream.finish();
        return Future.succeededFuture(stream);
    }

    @ExportStream
    public Future<ByteStream> boom() {
        return Future.failedFuture(new IllegalArgumentException("boom before yield"));
    }

    @ExportStream
    public Future<ByteStream> broken() {
        ProbeStream stream = stream();
        stream.emit(Buffer.buffer("before"));
        stream.fail(new IOException("device lost"));
        return Future.succeededFuture(stream);
    }

    @ExportStream
    public Future<ByteStream> sink() {
        return Future.succeededFuture(stream().deaf());
    }

    @ExportStream
    public Future<ByteStream> flood() {
        long[] position = {0};
        boolean[] scheduled = {false};
        return Future.succeededFuture(stream().onDemand(stream -> pour(stream, position, scheduled)));
    }

    private void pour(ProbeStream stream, long[] position, boolean[] scheduled) {
        if (scheduled[0] || !stream.wantsMore()) {
            return;
        }
        scheduled[0] = true;
        // One chunk in each turn of the event loop, so that others have theirs.
        stream.context().runOnContext(turn -> {
            scheduled[0] = false;
            if (stream.wantsMore()) {
                stream.emit(Buffer.buffer(pattern(position[0], CHUNK)));
                position[0] += CHUNK;
                group.add("flooded", CHUNK);
                pour(stream, position, scheduled);
            }
        });
    }
}
