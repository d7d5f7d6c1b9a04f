package dev.rigbus.kernel.grpc;

import com.google.protobuf.Value;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.wire.DriverCallRequest;
import dev.rigbus.wire.DriverCallResponse;
import dev.rigbus.wire.StreamingDriverCallRequest;
import dev.rigbus.wire.StreamingDriverCallResponse;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** DriverCall and StreamingDriverCall. */
final class DriverCalls {
    /** How many items may be under way before the client has taken them. */
    private static final int WINDOW = 256;

    private final Drivers drivers;
    private final BusCalls bus;
    private final Admission admission;

    DriverCalls(Drivers drivers, BusCalls bus, Admission admission) {
        this.drivers = drivers;
        this.bus = bus;
        this.admission = admission;
    }

    CallHandler call() {
        return Unary.streaming(DriverCallRequest.parser(), this::call);
    }

    CallHandler streamingCall() {
        return Unary.streaming(StreamingDriverCallRequest.parser(), this::streamingCall);
    }

    /** Peers want a uuid in every answer and look at none. */
    private static String randomUuid() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() & ~(3L << 62) | 1L << 63).toString();
    }

    private @Nullable CallListener call(ServerCall call, DriverCallRequest request) {
        try {
            String address = drivers.address(request.getUuid());
            Id id = bus.nextId();
            long fence = admission.fence();
            var answer = bus.call(call.eventLoop(), address, id, fence, request.getMethod(), request.getArgsList());
            answer.onComplete(done -> {
                if (done.failed()) {
                    call.finish(Failures.status(done.cause()));
                    return;
                }
                call.write(DriverCallResponse.newBuilder()
                        .setUuid(randomUuid())
                        .setResult(done.result())
                        .build());
                call.finish(Status.OK);
            });
            return new WhenClosed(() -> {
                if (!answer.isComplete()) {
                    bus.cancel(call.eventLoop(), address, id);
                }
            });
        } catch (RuntimeException e) {
            call.finish(Failures.status(e));
            return null;
        }
    }

    private @Nullable CallListener streamingCall(ServerCall call, StreamingDriverCallRequest request) {
        try {
            String address = drivers.address(request.getUuid());
            ItemsCall items = new ItemsCall(call, address, bus.nextId());
            long fence = admission.fence();
            bus.open(
                    call.eventLoop(),
                    address,
                    items.id,
                    fence,
                    request.getMethod(),
                    request.getArgsList(),
                    WINDOW,
                    items);
            return items;
        } catch (RuntimeException e) {
            call.finish(Failures.status(e));
            return null;
        }
    }

    private record WhenClosed(Runnable task) implements CallListener {
        @Override
        public void message(io.netty.buffer.ByteBuf message) {
            message.release();
        }

        @Override
        public void closed() {
            task.run();
        }
    }

    /** One streaming call between the bus and the client; the client's slowness becomes the driver's. */
    private final class ItemsCall implements CallListener, ItemsReceiver.Sink {
        private final ServerCall call;
        private final String address;
        private final Id id;
        private final StreamingDriverCallResponse.Builder response =
                StreamingDriverCallResponse.newBuilder().setUuid(randomUuid());
        private int owed;
        private boolean over;

        ItemsCall(ServerCall call, String address, Id id) {
            this.call = call;
            this.address = address;
            this.id = id;
        }

        @Override
        public void items(List<Value> items) {
            call.write(
                    items.stream().map(item -> response.setResult(item).build()).toList());
            owed += items.size();
            pay();
        }

        private void pay() {
            // Credit costs a message, so it is given back in heaps.
            if (!over && owed >= WINDOW / 4 && call.isWritable()) {
                bus.credit(call.eventLoop(), address, id, owed);
                owed = 0;
            }
        }

        @Override
        public void end(@Nullable Failure failure) {
            over = true;
            call.finish(failure == null ? Status.OK : Failures.status(failure));
        }

        @Override
        public void writable() {
            pay();
        }

        @Override
        public void closed() {
            if (!over) {
                over = true;
                bus.cancel(call.eventLoop(), address, id);
            }
        }

        @Override
        public void message(io.netty.buffer.ByteBuf message) {
            message.release();
        }
    }
}
