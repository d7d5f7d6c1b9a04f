package dev.rigbus.kernel.bridge;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Value;
import dev.rigbus.driver.ByteStream;
import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.bridge.ChildSession.OneAnswer;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.OpenItems;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.host.Performer;
import dev.rigbus.kernel.pump.RawStreams;
import dev.rigbus.wire.DriverCallRequest;
import dev.rigbus.wire.DriverCallResponse;
import dev.rigbus.wire.StreamingDriverCallRequest;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One driver that runs in another process of this host: passes on what it is asked for. */
final class BridgedDriver implements Performer {
    private static final String STREAM = "/jumpstarter.v1.RouterService/Stream";

    private final UUID uuid;
    private final ProcessOutpost outpost;
    private final Pickups pickups;
    private final EventLoop loop;
    private final Context context;
    private final Map<Id, UnderWay> calls = new HashMap<>();
    private final Map<Id, BridgedItems> itemCalls = new HashMap<>();
    private final Set<BridgedStream> resources = new HashSet<>();

    BridgedDriver(UUID uuid, ProcessOutpost outpost, Pickups pickups, EventLoop loop, Context context) {
        this.uuid = uuid;
        this.outpost = outpost;
        this.pickups = pickups;
        this.loop = loop;
        this.context = context;
    }

    /** A unary call; without the call itself until there is a connection. */
    private static final class UnderWay {
        final OneAnswer<DriverCallResponse> answer = new OneAnswer<>(DriverCallResponse.parser());

        @Nullable
        ClientCall call;

        void cancel(Throwable why) {
            answer.fail(why);
            if (call != null) {
                call.cancel();
            }
        }
    }

    @Override
    public Future<?> start() {
        return Future.succeededFuture();
    }

    @Override
    public Future<?> close() {
        return Future.succeededFuture();
    }

    @Override
    public Future<?> reset(long fence) {
        return outpost.renew(fence, loop);
    }

    private Future<ChildSession.Drivers> drivers() {
        return outpost.session().compose(session -> session.drivers(loop));
    }

    /** Starts a call and sends its only message. */
    private static ClientCall start(
            ChildSession.Drivers drivers, String method, MessageLite request, ClientListener listener) {
        ClientCall call = drivers.call(ChildSession.EXPORTER + method, Map.of(), listener);
        call.writeLast(request);
        return call;
    }

    @Override
    public Future<Value> call(Id id, String method, List<Value> args) {
        UnderWay underWay = new UnderWay();
        calls.put(id, underWay);
        DriverCallRequest request = DriverCallRequest.newBuilder()
                .setUuid(uuid.toString())
                .setMethod(method)
                .addAllArgs(args)
                .build();
        drivers().onFailure(underWay.answer::fail).onSuccess(drivers -> {
            if (calls.containsKey(id)) {
                underWay.call = start(drivers, "DriverCall", request, underWay.answer);
            }
        });
        return outpost.tried(underWay.answer.future())
                .map(DriverCallResponse::getResult)
                .onComplete(done -> calls.remove(id))
                .recover(BridgedDriver::inWords);
    }

    /** The connection's own words mean little to who has asked a driver. */
    private static <T> Future<T> inWords(Throwable cause) {
        boolean gone = cause instanceof StatusException e && e.status().code() == Code.UNAVAILABLE;
        return Future.failedFuture(gone ? new StatusException(ChildSession.GONE) : cause);
    }

    @Override
    public void open(OpenItems request, Consumer<Items> out) {
        BridgedItems items =
                new BridgedItems(request.id(), request.credit(), context, out, () -> itemCalls.remove(request.id()));
        itemCalls.put(request.id(), items);
        StreamingDriverCallRequest asked = StreamingDriverCallRequest.newBuilder()
                .setUuid(uuid.toString())
                .setMethod(request.method())
                .addAllArgs(request.args())
                .build();
        drivers().onFailure(items::fail).onSuccess(drivers -> {
            if (itemCalls.containsKey(request.id())) {
                items.started(start(drivers, "StreamingDriverCall", asked, items));
            }
        });
    }

    @Override
    public Future<ByteStream> openStream(String method) {
        JsonObject request = new JsonObject()
                .put("kind", "driver")
                .put("uuid", uuid.toString())
                .put("method", method);
        return stream(request).compose(stream -> stream.opened().map(headers -> RawStreams.byteStream(stream)));
    }

    private Future<BridgedStream> stream(JsonObject request) {
        return drivers().map(drivers -> {
            BridgedStream stream = new BridgedStream(loop);
            stream.started(drivers.call(STREAM, Map.of("request", request.encode()), stream));
            return stream;
        });
    }

    @Override
    public Future<Ticket> openResource(@Nullable String encoding) {
        JsonObject request = new JsonObject()
                .put("kind", "resource")
                .put("uuid", uuid.toString())
                .put("x_jmp_content_encoding", encoding);
        return stream(request)
                .compose(stream -> stream.opened().map(headers -> {
                    JsonObject resource = new JsonObject(String.valueOf(headers.get("resource")));
                    resources.add(stream);
                    stream.over().onComplete(done -> resources.remove(stream));
                    UUID pickup = pickups.leave(wanted -> RawStreams.on(stream, wanted), loop, stream::close);
                    return new Ticket(pickup, UUID.fromString(resource.getString("uuid")));
                }));
    }

    @Override
    public void credit(Id id, int items) {
        BridgedItems call = itemCalls.get(id);
        if (call != null) {
            call.credit(items);
        }
    }

    @Override
    public void cancel(Id id) {
        UnderWay call = calls.remove(id);
        if (call != null) {
            call.cancel(new StatusException(new Status(Code.CANCELLED, "cancelled")));
        }
        BridgedItems items = itemCalls.remove(id);
        if (items != null) {
            items.cancel();
        }
    }

    @Override
    public void cancelAll() {
        List.copyOf(calls.keySet()).forEach(this::cancel);
        List.copyOf(itemCalls.keySet()).forEach(this::cancel);
        Set.copyOf(resources).forEach(BridgedStream::close);
    }

    @Override
    public void expireAll(Throwable cause) {
        List.copyOf(calls.values()).forEach(call -> call.cancel(cause));
        List.copyOf(itemCalls.values()).forEach(items -> items.expire(Failures.failure(cause)));
        Set.copyOf(resources).forEach(BridgedStream::close);
    }
}
