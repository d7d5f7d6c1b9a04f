package dev.rigbus.system.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.RawStream;
import dev.rigbus.client.typed.Console;
import dev.rigbus.client.typed.PowerClient;
import dev.rigbus.client.typed.SerialConsole;
import dev.rigbus.junit.Board;
import dev.rigbus.junit.BoardState;
import dev.rigbus.junit.Device;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Runs test classes as others would write them, against a real exporter. */
@Timeout(60)
class ExtensionTest {
    private static final Set<ExporterClient> CONNECTIONS = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger INSIDE = new AtomicInteger();
    private static volatile boolean overlapped;
    private static @Nullable Rig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = Rig.plaintext();
        System.setProperty("rigbus.address", rig.address());
        System.setProperty("rigbus.insecure", "true");
    }

    @AfterAll
    static void stop() throws Exception {
        System.clearProperty("rigbus.address");
        System.clearProperty("rigbus.insecure");
        Objects.requireNonNull(rig).close();
    }

    private static Events run(Class<?>... classes) {
        EngineTestKit.Builder kit = EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "3");
        for (Class<?> each : classes) {
            kit.selectors(selectClass(each));
        }
        return kit.execute().allEvents();
    }

    @Board
    static class Fields {
        @Device
        static ExporterClient client;

        @Device("board.power")
        PowerClient power;

        @Test
        void switches(@Device("board.probe") Face probe) {
            CONNECTIONS.add(client);
            power.on();
            assertThat(probe.same("x")).isEqualTo("x");
        }

        @Nested
        class Inside {
            @Test
            void usesTheSame(@Device ExporterClient here) {
                assertThat(here).isSameAs(client);
            }
        }
    }

    interface Face {
        String same(String value);
    }

    @Test
    void devicesAreInjected() {
        Events events = run(Fields.class);
        assertThat(events.failed().stream().map(ExtensionTest::cause)).isEmpty();
        assertThat(events.succeeded().count()).isGreaterThanOrEqualTo(2);
    }

    @Board
    static class Fails {
        @Test
        void boots(@Device("board.power") PowerClient power, @Device("board.probe") Face probe) throws Exception {
            power.on();
            throw new AssertionError("no login: " + probe.same("so"));
        }
    }

    interface Talker {
        RawStream connect();
    }

    @Board
    static class FailsAtTheConsole {
        @Test
        void boots(@Device("board.probe") Talker probe) throws Exception {
            try (Console console = new Console(probe.connect())) {
                console.expect("login:", Duration.ofMillis(200));
            }
        }
    }

    @Test
    void aFailedTestShowsHowTheBoardWas() {
        Throwable failure = cause(run(Fails.class).failed().stream().findFirst().orElseThrow());
        assertThat(failure).hasMessage("no login: so");
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0])
                .isInstanceOf(BoardState.class)
                .hasMessageContaining("board.power: on since ")
                .hasMessageContaining("exporter's log:\n  | ")
                .hasMessageContaining("INFO power on");
        Throwable atConsole =
                cause(run(FailsAtTheConsole.class).failed().stream().findFirst().orElseThrow());
        assertThat(atConsole.getSuppressed()[0]).hasMessageContaining("board.probe console: hello");
    }

    private static Throwable cause(Event event) {
        return event.getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class)
                .getThrowable()
                .orElseThrow();
    }

    static void inside() throws Exception {
        overlapped |= INSIDE.incrementAndGet() > 1;
        TimeUnit.MILLISECONDS.sleep(50); // long enough for another to come in
        INSIDE.decrementAndGet();
    }

    @Board
    static class One {
        @Test
        void works(@Device ExporterClient client) throws Exception {
            CONNECTIONS.add(client);
            inside();
        }
    }

    @Board
    static class Two {
        @Test
        void works(@Device ExporterClient client) throws Exception {
            CONNECTIONS.add(client);
            inside();
        }
    }

    @Test
    void classesShareOneConnectionAndTakeTurns() {
        CONNECTIONS.clear();
        assertThat(run(One.class, Two.class).failed().count()).isZero();
        assertThat(CONNECTIONS).hasSize(1);
        assertThat(overlapped).isFalse();
    }

    private static final CyclicBarrier BOTH = new CyclicBarrier(2);

    @Board(sharing = Board.Sharing.SEPARATE)
    static class SeparateOne {
        @Test
        void works(@Device ExporterClient client) throws Exception {
            CONNECTIONS.add(client);
            BOTH.await(10, TimeUnit.SECONDS);
        }
    }

    @Board(sharing = Board.Sharing.SEPARATE)
    static class SeparateTwo {
        @Test
        void works(@Device ExporterClient client) throws Exception {
            CONNECTIONS.add(client);
            BOTH.await(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void orHaveOneEachAtTheSameTime() {
        CONNECTIONS.clear();
        assertThat(run(SeparateOne.class, SeparateTwo.class).failed().count()).isZero();
        assertThat(CONNECTIONS).hasSize(2);
    }

    @Board
    static class Ambiguous {
        @Test
        void works(@Device SerialConsole console) {
            assertThat(console).isNull();
        }
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThat(cause(run(Ambiguous.class).failed().stream().findFirst().orElseThrow()))
                .hasMessageContaining("no device of this board is a SerialConsole");
        String address = System.getProperty("rigbus.address");
        System.setProperty("rigbus.address", "127.0.0.1:1");
        try {
            assertThat(cause(run(One.class).failed().stream().findFirst().orElseThrow()))
                    .hasMessage("no board for this test: no exporter at 127.0.0.1:1: connection refused");
        } finally {
            System.setProperty("rigbus.address", address);
        }
    }
}
