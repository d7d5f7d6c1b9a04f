package dev.rigbus.system.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rigbus.client.CallException;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.ItemStream;
import dev.rigbus.client.LogStream;
import dev.rigbus.client.SessionStatus;
import dev.rigbus.client.typed.PowerClient;
import dev.rigbus.client.typed.PowerReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriverNodeTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Rig rig;
    private ExporterClient client;
    private DriverNode probe;

    @BeforeAll
    void connect() throws Exception {
        rig = Rig.plaintext();
        client = rig.client();
        probe = client.driver("board.probe");
    }

    @AfterAll
    void disconnect() throws Exception {
        client.close();
        rig.close();
    }

    @Test
    void theTreeIsThatOfTheExporter() {
        assertThat(client.root().children()).containsOnlyKeys("board", "echo", "flasher", "mux", "storage", "shell");
        assertThat(client.root().children().keySet())
                .containsExactly("board", "echo", "flasher", "mux", "storage", "shell");
        DriverNode board = client.driver("board");
        assertThat(board.description()).isEqualTo("A board.");
        assertThat(board.child("power").clientClass()).isEqualTo("jumpstarter_driver_power.client.PowerClient");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.driver("board.power2"))
                .withMessage("board has no driver power2 (there: power, probe)");
    }

    @Test
    void valuesGoThereAndBack() {
        List<@Nullable Object> values =
                Arrays.asList(null, true, 1.5, -7.0, "grün", List.of(1.0, "a"), Map.of("k", "v"));
        for (Object value : values) {
            assertThat(probe.call("same", value)).isEqualTo(value);
        }
        assertThat(probe.call("same", 5)).isEqualTo(5.0);
        assertThat(probe.call("same", Double.NaN)).isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> probe.call("same", new Object()));
    }

    @ParameterizedTest
    @CsvSource({
        "INTERNAL, CallException",
        "UNIMPLEMENTED, MethodNotImplemented",
        "NOT_FOUND, MethodNotImplemented",
        "INVALID_ARGUMENT, InvalidArgument",
        "DEADLINE_EXCEEDED, DeadlineExceeded",
        "UNKNOWN, CallException",
    })
    void aFailureOfADriverHasTheTextOfStockClients(String reason, String type) {
        assertThatExceptionOfType(CallException.class)
                .isThrownBy(() -> probe.call("fail", reason, "zu heiß"))
                .withMessage("DriverCall 'fail' failed with gRPC " + reason + ": zu heiß")
                .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(type))
                .satisfies(e -> assertThat(e.code()).hasToString(reason))
                .satisfies(e -> assertThat(e.details()).isEqualTo("zu heiß"));
    }

    @Test
    void anExporterThatIsNotReadySaysOnlyWhy() {
        assertThatExceptionOfType(CallException.ExporterNotReady.class)
                .isThrownBy(() -> probe.call("fail", "FAILED_PRECONDITION", "later"))
                .withMessage("later");
        assertThatExceptionOfType(CallException.class)
                .isThrownBy(() -> probe.call("fail", "INTERNAL", ""))
                .withMessageEndingWith("INTERNAL: <no details>");
    }

    @Test
    void aMethodThatIsNotThereIsNamed() {
        assertThatExceptionOfType(CallException.MethodNotImplemented.class)
                .isThrownBy(() -> probe.call("fly"))
                .withMessage("DriverCall 'fly' failed with gRPC NOT_FOUND: method fly not found on driver");
        assertThatExceptionOfType(CallException.class)
                .isThrownBy(() -> probe.streamingCall("fly").hasNext())
                .withMessage("method fly not found on driver")
                .satisfies(e -> assertThat(e).isExactlyInstanceOf(CallException.class));
    }

    @Test
    void resultsOfAStreamingCallComeInOrderAndToTheLast() {
        try (ItemStream items = probe.streamingCall("count", 5000, false)) {
            for (double n = 0; n < 5000; n++) {
                assertThat(items.next()).isEqualTo(n);
            }
            assertThat(items.hasNext()).isFalse();
        }
    }

    @Test
    void whatCameBeforeAFailureIsNotLost() {
        try (ItemStream items = probe.streamingCall("count", 200, true)) {
            List<@Nullable Object> got = new ArrayList<>();
            assertThatExceptionOfType(CallException.class)
                    .isThrownBy(() -> items.forEachRemaining(got::add))
                    .withMessage("out of numbers");
            assertThat(got).hasSize(200);
        }
    }

    /** An hour of items would fit into no memory: the driver has to wait for the reader. */
    @Test
    void aReaderThatIsSlowHoldsBackTheDriver() {
        try (ItemStream items = probe.streamingCall("flood")) {
            items.next();
            // Whoever else uses the connection is not held back.
            for (int i = 0; i < 50; i++) {
                assertThat(probe.call("same", "x")).isEqualTo("x");
            }
            long after = Probe.FLOODED.get();
            assertThat(after).isLessThan(20_000);
            for (int i = 0; i < 20_000; i++) {
                items.next();
            }
            assertThat(Probe.FLOODED.get()).isGreaterThan(20_000);
        }
    }

    @Test
    void powerIsSwitchedAndRead() {
        PowerClient power = new PowerClient(client.driver("board.power"));
        power.on();
        try (PowerClient.Readings readings = power.read()) {
            assertThat(readings).toIterable().containsExactly(new PowerReading(0, 0), new PowerReading(5, 2));
        }
        power.off();
    }

    @Test
    void theLogOfADriverArrives() throws Exception {
        try (LogStream log = client.logStream()) {
            client.driver("board.power").call("on");
            LogStream.Entry entry = log.next(LIMIT);
            while (entry != null && !entry.message().equals("power on")) {
                entry = log.next(LIMIT);
            }
            assertThat(entry).isEqualTo(new LogStream.Entry("INFO", LogStream.Source.DRIVER, "power on"));
        }
    }

    @Test
    void theSessionIsReady() {
        SessionStatus status = client.status();
        assertThat(status.state()).isEqualTo(SessionStatus.State.LEASE_READY);
        assertThat(status.message()).isEqualTo("Ready for commands");
        assertThat(status.version()).isEqualTo(1);
    }

    @Test
    void aThreadThatIsInterruptedLeavesItsCall() throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try (LogStream log = client.logStream()) {
                while (log.next(LIMIT) != null) {
                    Thread.currentThread().interrupt();
                }
            } catch (Exception e) {
                ended.complete(e);
            }
        });
        client.driver("board.power").call("on");
        reader.start();
        assertThat(ended.get(10, TimeUnit.SECONDS))
                .isInstanceOf(CallException.class)
                .hasMessageContaining("interrupted");
    }
}
