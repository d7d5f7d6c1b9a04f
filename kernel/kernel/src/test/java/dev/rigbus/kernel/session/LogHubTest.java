package dev.rigbus.kernel.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LogHubTest {
    private final LogHub hub = new LogHub();

    @Test
    void theFirstReaderGetsTheNewestLinesThatNobodyHasRead() {
        for (int i = 0; i < 300; i++) {
            log("line " + i);
        }

        List<String> lines = drain(hub.read(() -> {}));

        assertThat(lines).hasSize(256).startsWith("line 44").endsWith("line 299");
        assertThat(drain(hub.read(() -> {}))).as("the second reader").isEmpty();
    }

    @Test
    void everyReaderGetsItsOwnCopy() {
        LogHub.Reader one = hub.read(() -> {});
        LogHub.Reader other = hub.read(() -> {});
        log("a");
        assertThat(drain(one)).containsExactly("a");
        assertThat(drain(other)).containsExactly("a");
    }

    @Test
    void aReaderIsWokenOnceForManyLinesAndAgainWhenItHasReadThem() {
        AtomicInteger woken = new AtomicInteger();
        LogHub.Reader reader = hub.read(woken::incrementAndGet);
        log("a");
        log("b");
        assertThat(woken).hasValue(1);
        drain(reader);
        log("c");
        assertThat(woken).hasValue(2);
    }

    @Test
    void aReaderThatHasLeftKeepsNothing() {
        LogHub.Reader reader = hub.read(() -> {});
        reader.close();
        log("a");
        assertThat(drain(reader)).isEmpty();
        assertThat(drain(hub.read(() -> {}))).as("kept for the next").containsExactly("a");
    }

    private void log(String message) {
        hub.add(new LogEntry(Instant.EPOCH, "INFO", message, LogEntry.Source.DRIVER));
    }

    private static List<String> drain(LogHub.Reader reader) {
        List<String> lines = new ArrayList<>();
        for (LogEntry entry = reader.poll(); entry != null; entry = reader.poll()) {
            lines.add(entry.message());
        }
        return lines;
    }
}
