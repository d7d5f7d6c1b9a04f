package dev.rigbus.kernel.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.schema.ExporterSchema;
import dev.rigbus.kernel.schema.ExporterSchema.Candidate;
import dev.rigbus.kernel.schema.TypedValues;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Calls of drivers by services of their own, with typed messages, for tools that know nothing but gRPC. */
final class NativeCalls implements CallHandlers {
    /** Metadata that names the driver, by its path or its uuid. */
    private static final String DRIVER = "x-rigbus-driver";

    private static final int WINDOW = 256;

    private final Supplier<ExporterSchema> schema;
    private final Drivers drivers;
    private final BusCalls bus;
    private final Admission admission;

    /** @param schema as the drivers are now */
    NativeCalls(Supplier<ExporterSchema> schema, Drivers drivers, BusCalls bus, Admission admission) {
        this.schema = schema;
        this.drivers = drivers;
        this.bus = bus;
        this.admission = admission;
    }

    @Override
    public @Nullable CallHandler find(String path) {
        return schema.get().paths().contains(path) ? call -> new One(call, path) : null;
    }

    private Candidate target(String path, @Nullable String driver) {
        List<Candidate> fitting = schema.get().candidates(path, driver);
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        List<Candidate> all = driver == null ? fitting : schema.get().candidates(path, null);
        String names = all.stream().map(Candidate::path).sorted().collect(Collectors.joining(", "));
        if (fitting.isEmpty()) {
            throw new DriverException(
                    Reason.NOT_FOUND,
                    "no driver" + (driver == null ? "" : " " + driver) + " has this method (those that do: "
                            + (names.isEmpty() ? "none" : names) + ")");
        }
        throw new DriverException(
                Reason.INVALID_ARGUMENT,
                "several drivers have this method; name one in the metadata " + DRIVER + ": " + names);
    }

    /** One call, unary or not: both begin with one message. */
    private final class One implements CallListener, ItemsReceiver.Sink {
        private final ServerCall call;
        private final String path;
        private @Nullable String address;
        private @Nullable Id id;
        private @Nullable Descriptor answer;
        private boolean many;
        private int owed;
        private boolean over;

        One(ServerCall call, String path) {
            this.call = call;
            this.path = path;
        }

        @Override
        public void message(ByteBuf message) {
            byte[] bytes = ByteBufUtil.getBytes(message);
            message.release();
            if (id != null) {
                throw new StatusException(Code.INVALID_ARGUMENT, "more than one message (expected: one)");
            }
            try {
                begin(bytes);
            } catch (InvalidProtocolBufferException e) {
                end(Failures.status(new IllegalArgumentException("no message of this method: " + e.getMessage())));
            } catch (RuntimeException e) {
                end(Failures.status(e));
            }
        }

        private void begin(byte[] bytes) throws InvalidProtocolBufferException {
            Candidate target = target(path, call.metadata(DRIVER));
            DynamicMessage request = DynamicMessage.parseFrom(target.method().getInputType(), bytes);
            List<Value> arguments = TypedValues.arguments(request);
            String to = drivers.address(target.uuid());
            Id named = bus.nextId();
            address = to;
            id = named;
            answer = target.method().getOutputType();
            many = target.method().isServerStreaming();
            long fence = admission.fence();
            if (many) {
                bus.open(call.eventLoop(), to, named, fence, target.wireName(), arguments, WINDOW, this);
                return;
            }
            bus.call(call.eventLoop(), to, named, fence, target.wireName(), arguments)
                    .onComplete(done -> {
                        if (done.failed()) {
                            end(Failures.status(done.cause()));
                        } else {
                            items(List.of(done.result()));
                            end(Status.OK);
                        }
                    });
        }

        private void end(Status status) {
            if (!over) {
                over = true;
                call.finish(status);
            }
        }

        @Override
        public void items(List<Value> items) {
            Descriptor type = answer;
            if (over || type == null) {
                return;
            }
            try {
                items.forEach(item -> call.write(TypedValues.response(type, item)));
            } catch (RuntimeException e) {
                end(Failures.status(new IllegalStateException("the driver's result is not what its schema says", e)));
                return;
            }
            owed += items.size();
            pay();
        }

        private void pay() {
            if (many && !over && address != null && id != null && owed >= WINDOW / 4 && call.isWritable()) {
                bus.credit(call.eventLoop(), address, id, owed);
                owed = 0;
            }
        }

        @Override
        public void end(@Nullable Failure failure) {
            end(failure == null ? Status.OK : Failures.status(failure));
        }

        @Override
        public void writable() {
            pay();
        }

        @Override
        public void halfClosed() {
            if (id == null && !over) {
                throw new StatusException(Code.INVALID_ARGUMENT, "no message (expected: one)");
            }
        }

        @Override
        public void closed() {
            if (!over && address != null && id != null) {
                over = true;
                bus.cancel(call.eventLoop(), address, id);
            }
        }
    }
}
