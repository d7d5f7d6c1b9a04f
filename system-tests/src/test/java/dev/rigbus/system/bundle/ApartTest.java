package dev.rigbus.system.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.client.CallException;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.ItemStream;
import dev.rigbus.client.LogStream;
import dev.rigbus.client.RawStream;
import dev.rigbus.kernel.bundle.BundleManifest;
import dev.rigbus.kernel.bundle.BundlePolicy;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.testkit.BundleJar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Drivers with native libraries, which run in a JVM of their own. */
@Timeout(120)
class ApartTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String ECHO = "jumpstarter_driver_network.driver.EchoNetwork";
    private static final String POWER = "jumpstarter_driver_power.driver.MockPower";

    private static final String PROBE = """
            package example;
            import dev.rigbus.driver.*;
            import io.vertx.core.Future;
            import java.util.List;
            public final class Native implements Driver {
                private final DriverContext context;
                private final String version;
                private final boolean doomed;
                Native(DriverContext context) throws java.io.IOException {
                    this.context = context;
                    doomed = doom(java.nio.file.Path.of("%s"));
                    try (var in = Native.class.getResourceAsStream("/version")) {
                        version = new String(in.readAllBytes());
                    }
                }
                /** Takes the first of these lines: this process has as many milliseconds to live. */
                private static boolean doom(java.nio.file.Path file) throws java.io.IOException {
                    List<String> lines = java.nio.file.Files.readAllLines(file);
                    if (!lines.isEmpty()) {
                        java.nio.file.Files.write(file, lines.subList(1, lines.size()));
                        new Thread(() -> {
                            java.util.concurrent.locks.LockSupport.parkNanos(Long.parseLong(lines.get(0)) * 1_000_000);
                            Runtime.getRuntime().halt(3);
                        }).start();
                    }
                    return !lines.isEmpty();
                }
                public String client() { return "jumpstarter_driver_power.client.PowerClient"; }
                public Future<?> probe() {
                    return version.equals("bad") ? Future.failedFuture("no such device") : Future.succeededFuture();
                }
                @Export public boolean doomed() { return doomed; }
                @Export public long pid() { return ProcessHandle.current().pid(); }
                @Export public String version() { return version; }
                @Export public boolean successor() { return context.isSuccessor(); }
                @Export public String child() { return context.children().get("echo").client(); }
                @Export public void chat() { System.out.println("chatter"); context.log().info("said by {}", version); }
                @Export public void die() { Runtime.getRuntime().halt(3); }
                @Export public List<Integer> wrong(int number) { throw new IllegalArgumentException("not " + number); }
                public static final class Provider implements DriverProvider {
                    public List<DriverType<?>> types() {
                        return List.of(DriverType.of("example.Native", Native::new));
                    }
                }
            }
            """;

    @TempDir
    Path room;

    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = new Site(room, new BundlePolicy(BundleManifest.RIGHTS, List.of()));
        Files.createFile(doom());
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        site.close();
        assertThat(children()).isZero();
    }

    private Path doom() {
        return room.resolve("doom");
    }

    private static long children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    }

    private void serve(String version) throws Exception {
        Path jar = BundleJar.of("native", version)
                .with("Rigbus-Rights", "native")
                .source(room, "example.Native", PROBE.formatted(doom()))
                .provider("example.Native$Provider")
                .entry("version", version.getBytes(UTF_8))
                .write(room.resolve("native-" + version + ".jar"));
        site.serve("native", site.put(jar));
    }

    private void export() throws Exception {
        NodeSpec echo = Site.node("native.children.echo", ECHO);
        site.export(Map.of(
                "native",
                Site.node("native", "example.Native", Map.of(), Map.of("echo", echo)),
                "power",
                Site.node("power", POWER)));
    }

    private static long pid(DriverNode driver) {
        return ((Number) Objects.requireNonNull(driver.call("pid"))).longValue();
    }

    @Test
    void runInAProcessOfTheirOwnWithWhatIsBelowThem() throws Exception {
        serve("1");
        export();
        try (ExporterClient client = site.client();
                LogStream log = client.logStream()) {
            DriverNode driver = client.driver("native");
            assertThat(ProcessHandle.of(pid(driver)).flatMap(ProcessHandle::parent))
                    .contains(ProcessHandle.current());
            assertThat(driver.call("child")).isEqualTo("jumpstarter_driver_network.client.NetworkClient");
            assertThatThrownBy(() -> driver.call("wrong", 7))
                    .isInstanceOf(CallException.InvalidArgument.class)
                    .hasMessageContaining("not 7");
            try (RawStream echo = client.driver("native.echo").stream("connect")) {
                echo.send("there and back".getBytes(UTF_8));
                assertThat(new String(Objects.requireNonNull(echo.receive(SOON)), UTF_8))
                        .isEqualTo("there and back");
            }
            driver.call("chat");
            LogStream.Entry entry = log.next(SOON);
            while (entry != null && !entry.message().equals("said by 1")) {
                entry = log.next(SOON);
            }
            assertThat(entry).isEqualTo(new LogStream.Entry("INFO", LogStream.Source.DRIVER, "said by 1"));
        }
    }

    @Test
    void theirCrashIsNobodyElses() throws Exception {
        serve("1");
        export();
        try (ExporterClient client = site.client();
                ItemStream readings = client.driver("power").streamingCall("read")) {
            DriverNode driver = client.driver("native");
            long first = pid(driver);
            assertThatThrownBy(() -> driver.call("die"))
                    .isInstanceOf(CallException.class)
                    .hasMessageContaining("the driver's process has ended; it is started again in a moment");
            assertThat(readings.next()).isNotNull();
            again(driver, "pid", pid -> ((Number) pid).longValue() != first);
            client.driver("power").call("on");
        }
    }

    @Test
    void aProcessThatEndsWhileItStartsIsStartedAgain() throws Exception {
        serve("1");
        export();
        try (ExporterClient client = site.client()) {
            DriverNode driver = client.driver("native");
            // Before it is ready, and when it serves.
            Files.write(doom(), List.of("0", "1500"));
            assertThatThrownBy(() -> driver.call("die")).isInstanceOf(CallException.class);
            again(driver, "doomed", answer -> answer.equals(false));
            assertThat(doom()).isEmptyFile();
        }
    }

    /** Calls it until there is a process that answers so. */
    private static void again(DriverNode driver, String method, Predicate<Object> wanted) {
        long end = System.nanoTime() + SOON.toNanos();
        while (true) {
            String last;
            try {
                Object answer = Objects.requireNonNull(driver.call(method));
                if (wanted.test(answer)) {
                    return;
                }
                last = answer.toString();
            } catch (CallException.Unavailable e) {
                last = e.getMessage();
            }
            assertThat(System.nanoTime()).as(last).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    @Test
    void R36_anUpgradeStartsAProcessBesideTheOldOneWhichStaysForItsStreams() throws Exception {
        serve("1");
        export();
        try (ExporterClient client = site.client()) {
            DriverNode driver = client.driver("native");
            ProcessHandle old = ProcessHandle.of(pid(driver)).orElseThrow();
            try (RawStream echo = client.driver("native.echo").stream("connect")) {
                serve("2");
                assertThat(driver.call("version")).isEqualTo("2");
                assertThat(driver.call("successor")).isEqualTo(true);
                assertThat(pid(driver)).isNotEqualTo(old.pid());
                echo.send("still".getBytes(UTF_8));
                assertThat(echo.receive(SOON)).isEqualTo("still".getBytes(UTF_8));
            }
            old.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(driver.call("version")).isEqualTo("2");
        }
    }

    @Test
    void R36_anUpgradeThatFindsItsDeviceMissingChangesNothing() throws Exception {
        serve("1");
        export();
        try (ExporterClient client = site.client()) {
            DriverNode driver = client.driver("native");
            long before = pid(driver);
            assertThatThrownBy(() -> serve("bad")).hasMessageContaining("native: no such device");
            assertThat(driver.call("version")).isEqualTo("1");
            assertThat(pid(driver)).isEqualTo(before);
            assertThat(children()).isEqualTo(1);
        }
    }

    @Test
    void aBundleThatIsUsedIsNotTakenAway() throws Exception {
        serve("1");
        export();
        assertThatThrownBy(() -> site.serve("native", null)).hasMessageContaining("example.Native would be gone");
    }
}
