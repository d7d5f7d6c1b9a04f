package dev.rigbus.kernel.grpc;

import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.kernel.session.LogEntry;
import dev.rigbus.kernel.session.LogHub;
import dev.rigbus.kernel.session.SessionService;
import dev.rigbus.kernel.session.SessionStatus;
import dev.rigbus.wire.EndSessionRequest;
import dev.rigbus.wire.EndSessionResponse;
import dev.rigbus.wire.GetReportResponse;
import dev.rigbus.wire.GetStatusRequest;
import dev.rigbus.wire.GetStatusResponse;
import dev.rigbus.wire.LogSource;
import dev.rigbus.wire.LogStreamResponse;
import dev.rigbus.wire.ResetRequest;
import dev.rigbus.wire.ResetResponse;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Supplier;

/** The calls of ExporterService that are about the exporter and not about one driver. */
final class SessionCalls {
    private final SessionService session;
    private final Supplier<GetReportResponse> report;
    private final LogHub logs;

    SessionCalls(SessionService session, Supplier<GetReportResponse> report, LogHub logs) {
        this.session = session;
        this.report = report;
        this.logs = logs;
    }

    CallHandler getReport() {
        return Unary.of(Empty.parser(), request -> Future.succeededFuture(report.get()));
    }

    CallHandler getStatus() {
        return Unary.of(
                GetStatusRequest.parser(),
                request -> session.status().map(SessionStatus::of).map(SessionCalls::status));
    }

    private static GetStatusResponse status(SessionStatus status) {
        GetStatusResponse.Builder response = GetStatusResponse.newBuilder()
                .setStatus(status.status())
                .setMessage(status.message())
                .setStatusVersion(status.version());
        if (status.previous() != null) {
            response.setPreviousStatus(status.previous());
        }
        return response.build();
    }

    CallHandler endSession() {
        return Unary.of(
                EndSessionRequest.parser(),
                request -> session.endSession()
                        .map(ended -> EndSessionResponse.newBuilder()
                                .setSuccess(ended)
                                .setMessage(
                                        ended
                                                ? "Session end triggered, afterLease hook running asynchronously"
                                                : "No active lease context")
                                .build()));
    }

    CallHandler reset() {
        return Unary.of(
                ResetRequest.parser(), request -> session.reset().map(done -> ResetResponse.getDefaultInstance()));
    }

    CallHandler logStream() {
        return Unary.streaming(Empty.parser(), (call, request) -> new LogCall(call));
    }

    /** One reader of the log; it never ends by itself. */
    private final class LogCall implements CallListener {
        private final ServerCall call;
        private final LogHub.Reader reader;

        LogCall(ServerCall call) {
            this.call = call;
            call.sendHeaders(Map.of());
            reader = logs.read(() -> call.eventLoop().execute(this::writable));
            writable();
        }

        @Override
        public void writable() {
            while (call.isWritable()) {
                LogEntry entry = reader.poll();
                if (entry == null) {
                    return;
                }
                call.write(message(entry));
            }
        }

        private LogStreamResponse message(LogEntry entry) {
            return LogStreamResponse.newBuilder()
                    .setSeverity(entry.severity())
                    .setMessage(entry.message())
                    .setSource(LogSource.valueOf("LOG_SOURCE_" + entry.source().name()))
                    .setTimestamp(Timestamp.newBuilder()
                            .setSeconds(entry.time().getEpochSecond())
                            .setNanos(entry.time().getNano()))
                    .build();
        }

        @Override
        public void message(ByteBuf message) {
            message.release();
        }

        @Override
        public void closed() {
            reader.close();
        }
    }
}
