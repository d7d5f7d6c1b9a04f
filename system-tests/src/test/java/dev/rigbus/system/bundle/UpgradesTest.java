package dev.rigbus.system.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.pty4j.unix.Pty;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.RawStream;
import dev.rigbus.driver.DriverType;
import dev.rigbus.testkit.BundleJar;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients notice of upgrades, and what is left of the old versions: nothing. */
@Timeout(180)
class UpgradesTest {
    private static final int UPGRADES = 50;
    private static final int REDEPLOYS = 500;
    private static final int CALLS_PER_SECOND = 200;
    private static final String SERIAL = "jumpstarter_driver_pyserial.driver.PySerial";

    private final BundleJar outlet = BundleJar.of("outlet", "1");

    @TempDir
    Path room;

    private static final String OUTLET = """
            package example;
            import dev.rigbus.driver.*;
            import java.util.List;
            public final class Outlet implements Driver {
                public String client() { return "jumpstarter_driver_power.client.PowerClient"; }
                @Export public int version() throws java.io.IOException {
                    try (var in = Outlet.class.getResourceAsStream("/version")) { return in.read(); }
                }
                public static final class Provider implements DriverProvider {
                    public List<DriverType<?>> types() {
                        return List.of(DriverType.of("example.Outlet", s -> s, (s, context) -> new Outlet()));
                    }
                }
            }
            """;

    /** A driver that says its version. */
    private Path outlet(int version) throws Exception {
        if (version == 0) {
            outlet.source(room, "example.Outlet", OUTLET).provider("example.Outlet$Provider");
        }
        return outlet.entry("version", new byte[] {(byte) version}).write(room.resolve("outlet-" + version + ".jar"));
    }

    /** The serial driver, with its library inside. */
    private Path serial(int version) throws Exception {
        Path classes = home("dev/rigbus/drivers/serial/PortHost.class");
        Path library = home("com/fazecast/jSerialComm/SerialPort.class");
        return BundleJar.of("serial", "1." + version)
                .with("Rigbus-Rights", "process")
                .classes(classes, "dev/rigbus/drivers/serial/")
                .provider("dev.rigbus.drivers.serial.SerialProvider")
                .entry("lib/jSerialComm.jar", Files.readAllBytes(library))
                .entry("version", String.valueOf(version).getBytes(UTF_8))
                .write(room.resolve("serial-" + version + ".jar"));
    }

    /** Where a class comes from: a folder, or a jar. */
    private static Path home(String resource) throws Exception {
        URL url = Objects.requireNonNull(UpgradesTest.class.getClassLoader().getResource(resource), resource);
        String place = url.toString();
        String home = place.substring(0, place.length() - resource.length());
        return home.startsWith("jar:")
                ? Path.of(URI.create(home.substring("jar:".length(), home.length() - 2)))
                : Path.of(URI.create(home));
    }

    private static WeakReference<ClassLoader> loader(Site site, String type) {
        DriverType<?> now = Objects.requireNonNull(site.registry.types().get(type));
        ClassLoader loader = now.factory().getClass().getClassLoader();
        assertThat(loader.getName()).startsWith("bundle ");
        return new WeakReference<>(loader);
    }

    @Test
    void R36_clientsNoticeNothingOfFiftyUpgradesAndNothingIsLeftOfThem() throws Exception {
        Pty board = new Pty();
        try (Site site = new Site(room)) {
            site.serve("outlet", site.put(outlet(0)));
            site.serve("serial", site.put(serial(0)));
            site.export(Map.of(
                    "outlet",
                    Site.node("outlet", "example.Outlet"),
                    "serial",
                    Site.node("serial", SERIAL, Map.of("url", board.getSlaveName()), Map.of())));
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            try (ExporterClient client = site.client();
                    Caller caller = new Caller(client.driver("outlet"));
                    RawStream console = client.driver("serial").stream("connect")) {
                Traffic fromBoard = new Traffic(board, console);
                for (int version = 1; version <= UPGRADES; version++) {
                    loaders.add(loader(site, "example.Outlet"));
                    loaders.add(loader(site, SERIAL));
                    site.serve("outlet", site.put(outlet(version)));
                    site.serve("serial", site.put(serial(version)));
                    caller.expect(version);
                }
                fromBoard.finish();
                caller.finish();
                assertThat(caller.calls.get()).isGreaterThan(UPGRADES);
                // All but those that serve: the stream is still open, and its driver has been replaced fifty times.
                awaitCollected(loaders);
            }
        } finally {
            board.close();
        }
    }

    private static void awaitCollected(List<WeakReference<ClassLoader>> loaders) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        long left = loaders.size();
        while (left > 0 && System.nanoTime() < end) {
            System.gc();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            left = loaders.stream().filter(each -> each.get() != null).count();
        }
        assertThat(left)
                .as("class loaders of old versions that are still there")
                .isZero();
    }

    /** Calls all the time, and remembers what failed. */
    private static final class Caller implements AutoCloseable {
        private final DriverNode driver;
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger newest = new AtomicInteger(-1);
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        Caller(DriverNode driver) {
            this.driver = driver;
            Thread thread = new Thread(this::run, "caller");
            thread.start();
        }

        private void run() {
            try {
                for (long next = System.nanoTime();
                        !over.get();
                        next += TimeUnit.SECONDS.toNanos(1) / CALLS_PER_SECOND) {
                    int version = ((Number) Objects.requireNonNull(driver.call("version"))).intValue();
                    assertThat(version).isGreaterThanOrEqualTo(newest.get());
                    newest.set(version);
                    calls.incrementAndGet();
                    LockSupport.parkNanos(next - System.nanoTime());
                }
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        }

        /** Waits until a version has answered. */
        void expect(int version) throws Exception {
            while (newest.get() < version && !done.isDone()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
            if (done.isDone()) {
                finish();
            }
        }

        void finish() throws Exception {
            over.set(true);
            done.get(20, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            over.set(true);
        }
    }

    /** Numbered lines in both directions at once, until it is told to stop. */
    private static final class Traffic {
        private final Pty board;
        private final RawStream console;
        private final AtomicBoolean over = new AtomicBoolean();
        private final CompletableFuture<Integer> written = new CompletableFuture<>();
        private final CompletableFuture<Integer> sent = new CompletableFuture<>();
        private final CompletableFuture<Void> read = new CompletableFuture<>();
        private final CompletableFuture<Void> received = new CompletableFuture<>();

        Traffic(Pty board, RawStream console) {
            this.board = board;
            this.console = console;
            start("board writes", written, () -> count(this::write));
            start("client reads", read, () -> check(console.input()));
            start("client writes", sent, () -> count(this::send));
            start("board reads", received, () -> check(board.getInputStream()));
        }

        private interface Task<T> {
            T run() throws Exception;
        }

        private interface Line {
            void put(byte[] line) throws Exception;
        }

        private static <T> void start(String name, CompletableFuture<T> result, Task<T> task) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            result.complete(task.run());
                        } catch (Throwable e) {
                            result.completeExceptionally(e);
                        }
                    },
                    name);
            thread.setDaemon(true);
            thread.start();
        }

        private void write(byte[] line) throws Exception {
            board.getOutputStream().write(line);
            board.getOutputStream().flush();
        }

        private void send(byte[] line) throws Exception {
            console.send(line);
        }

        private int count(Line to) throws Exception {
            int number = 0;
            while (!over.get()) {
                to.put((++number + "\n").getBytes(UTF_8));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            to.put("0\n".getBytes(UTF_8));
            return number;
        }

        /** Each number comes once, and in order; 0 is the last. */
        private static Void check(java.io.InputStream from) throws Exception {
            long expected = 1;
            long number = 0;
            while (true) {
                int next = from.read();
                if (next != '\n') {
                    assertThat((char) next).as("after line " + (expected - 1)).isBetween('0', '9');
                    number = number * 10 + next - '0';
                    continue;
                }
                if (number == 0) {
                    return null;
                }
                assertThat(number).isEqualTo(expected++);
                number = 0;
            }
        }

        void finish() throws Exception {
            over.set(true);
            assertThat(written.get(20, TimeUnit.SECONDS)).isPositive();
            assertThat(sent.get(20, TimeUnit.SECONDS)).isPositive();
            read.get(20, TimeUnit.SECONDS);
            received.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void R36_fiveHundredRedeploysLeaveNoThreadNoMetaspaceAndNoClassLoader() throws Exception {
        String[] hashes = new String[2];
        try (Site site = new Site(room)) {
            for (int i = 0; i < hashes.length; i++) {
                hashes[i] = site.put(outlet(i));
            }
            site.serve("outlet", hashes[0]);
            site.export(Map.of("outlet", Site.node("outlet", "example.Outlet")));
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            long metaspace = 0;
            int threads = 0;
            for (int i = 1; i <= REDEPLOYS; i++) {
                loaders.add(loader(site, "example.Outlet"));
                site.serve("outlet", hashes[i % hashes.length]);
                if (i == REDEPLOYS / 5) {
                    awaitCollected(loaders);
                    loaders.clear();
                    metaspace = metaspace();
                    threads = ManagementFactory.getThreadMXBean().getThreadCount();
                }
            }
            awaitCollected(loaders);
            assertThat(metaspace()).isLessThan(metaspace + (1 << 20));
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads + 2);
            try (ExporterClient client = site.client()) {
                assertThat(client.driver("outlet").call("version")).isEqualTo(0.0);
            }
        }
    }

    private static long metaspace() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(each -> each.getName().equals("Metaspace"))
                .map(MemoryPoolMXBean::getUsage)
                .findFirst()
                .orElseThrow()
                .getUsed();
    }
}
