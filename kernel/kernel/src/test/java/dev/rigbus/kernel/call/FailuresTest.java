package dev.rigbus.kernel.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailuresTest {
    @Test
    void eachKindOfFailureHasItsStatus() {
        expect(new UnsupportedOperationException("m"), Code.UNIMPLEMENTED);
        expect(new IllegalArgumentException("m"), Code.INVALID_ARGUMENT);
        expect(new NumberFormatException("m"), Code.INVALID_ARGUMENT);
        expect(new TimeoutException("m"), Code.DEADLINE_EXCEEDED);
        expect(new ConnectException("m"), Code.UNAVAILABLE);
        expect(new IOException("m"), Code.INTERNAL);
        expect(new IllegalStateException("m"), Code.UNKNOWN);
        expect(new CompletionException(new IOException("m")), Code.INTERNAL);
        expect(new RuntimeException("outer", new DriverException(Reason.NOT_FOUND, "m")), Code.NOT_FOUND);
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReasonIsAStatusOfTheSameName(Reason reason) {
        expect(new DriverException(reason, "m"), Code.valueOf(reason.name()));
    }

    private static void expect(Throwable failure, Code code) {
        assertThat(Failures.status(failure)).isEqualTo(new Status(code, "m"));
        assertThat(Failures.status(Failures.failure(failure)))
                .as("over the bus")
                .isEqualTo(new Status(code, "m"));
    }

    @Test
    void aFailureWithoutATextHasAnEmptyOne() {
        assertThat(Failures.status(new UnsupportedOperationException())).isEqualTo(new Status(Code.UNIMPLEMENTED, ""));
    }

    @Test
    void aMissingFileIsToldAsTheSystemTellsIt() {
        assertThat(Failures.status(new NoSuchFileException("/x")).text())
                .isEqualTo("[Errno 2] No such file or directory: '/x'");
    }

    @Test
    void anAddressWithoutADriverIsUnavailable() {
        assertThat(Failures.status(new ReplyException(ReplyFailure.NO_HANDLERS, "No handlers for address driver/1")))
                .isEqualTo(new Status(Code.UNAVAILABLE, "the driver is gone"));
    }
}
