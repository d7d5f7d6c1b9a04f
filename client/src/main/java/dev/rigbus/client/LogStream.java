package dev.rigbus.client;

import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.LogSource;
import dev.rigbus.wire.LogStreamResponse;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What an exporter logs. For one thread. */
public final class LogStream implements AutoCloseable {
    private final AsyncCall<LogStreamResponse> call;

    LogStream(AsyncCall<LogStreamResponse> call) {
        this.call = call;
    }

    /** Who logs. */
    public enum Source {
        UNSPECIFIED,
        DRIVER,
        BEFORE_LEASE_HOOK,
        AFTER_LEASE_HOOK,
        SYSTEM
    }

    /**
     * One entry.
     *
     * @param severity one of DEBUG, INFO, WARNING, ERROR and CRITICAL
     */
    public record Entry(String severity, Source source, String message) {}

    /**
     * Waits for the next entry; null when the exporter ends the log.
     *
     * @throws TimeoutException when none comes in time
     * @throws CallException when the log ends with a failure
     */
    public @Nullable Entry next(Duration limit) throws TimeoutException {
        try {
            LogStreamResponse next = Await.result(call.in().next(), limit);
            return next == null ? null : entry(next);
        } catch (StatusException e) {
            call.cancel();
            throw CallException.of(e);
        }
    }

    static Entry entry(LogStreamResponse response) {
        LogSource source = response.getSource();
        Source known = source == LogSource.UNRECOGNIZED ? Source.UNSPECIFIED : Source.values()[source.getNumber()];
        return new Entry(response.getSeverity(), known, response.getMessage());
    }

    @Override
    public void close() {
        call.cancel();
    }
}
