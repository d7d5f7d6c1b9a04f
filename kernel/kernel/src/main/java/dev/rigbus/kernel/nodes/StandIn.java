package dev.rigbus.kernel.nodes;

import com.google.protobuf.Value;
import dev.rigbus.driver.ByteStream;
import dev.rigbus.kernel.call.DriverMessage;
import dev.rigbus.kernel.call.DriverMessage.Call;
import dev.rigbus.kernel.call.DriverMessage.Cancel;
import dev.rigbus.kernel.call.DriverMessage.Credit;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.OpenItems;
import dev.rigbus.kernel.call.DriverMessage.OpenResource;
import dev.rigbus.kernel.call.DriverMessage.OpenStream;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.host.Performer;
import dev.rigbus.kernel.pump.RawStreams;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stands here for one driver on another node: passes on what it is asked for. */
final class StandIn implements Performer {
    private final UUID uuid;
    private final NodeOutpost outpost;
    private final Pickups pickups;
    private final EventLoop loop;
    private final ContextInternal context;
    private final Map<Id, Promise<Value>> calls = new HashMap<>();
    private final Map<Id, Streaming> itemCalls = new HashMap<>();

    /** @param afar how the call is named on the other node */
    private record Streaming(Id afar, StandInItems items) {}

    StandIn(UUID uuid, NodeOutpost outpost, Pickups pickups, EventLoop loop, Context context) {
        this.uuid = uuid;
        this.outpost = outpost;
        this.pickups = pickups;
        this.loop = loop;
        this.context = (ContextInternal) context;
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
        return outpost.reset(uuid, fence);
    }

    private <T> Future<T> ask(DriverMessage message) {
        return outpost.ask(context, uuid, message);
    }

    @Override
    public Future<Value> call(Id id, String method, List<Value> args) {
        Promise<Value> answer = Promise.promise();
        calls.put(id, answer);
        this.<Value>ask(new Call(id, outpost.fence(), method, args))
                .onSuccess(answer::tryComplete)
                .onFailure(answer::tryFail);
        return answer.future().onComplete(done -> calls.remove(id));
    }

    @Override
    public void open(OpenItems request, Consumer<Items> out) {
        Id afar = outpost.nextId();
        StandInItems items = new StandInItems(request.id(), context, out, () -> {
            itemCalls.remove(request.id());
            outpost.forget(afar);
        });
        itemCalls.put(request.id(), new Streaming(afar, items));
        outpost.expect(afar, items);
        this.<Items>ask(new OpenItems(afar, outpost.fence(), request.method(), request.args(), request.credit()))
                .onSuccess(items::arrived)
                .onFailure(cause -> items.expire(Failures.failure(cause)));
    }

    @Override
    public Future<ByteStream> openStream(String method) {
        return this.<Ticket>ask(new OpenStream(outpost.fence(), method))
                .compose(ticket -> outpost.pickUp(ticket, loop))
                .map(RawStreams::byteStream);
    }

    @Override
    public Future<Ticket> openResource(@Nullable String encoding) {
        return this.<Ticket>ask(new OpenResource(outpost.fence(), encoding))
                .compose(ticket -> outpost.pickUp(ticket, loop)
                        .map(stream -> new Ticket(
                                pickups.leave(wanted -> RawStreams.on(stream, wanted), loop, stream::close),
                                ticket.resource())));
    }

    @Override
    public void credit(Id id, int items) {
        Streaming call = itemCalls.get(id);
        if (call != null) {
            outpost.tell(uuid, new Credit(call.afar(), items));
        }
    }

    @Override
    public void cancel(Id id) {
        if (calls.remove(id) != null) {
            outpost.tell(uuid, new Cancel(id));
        }
        Streaming call = itemCalls.get(id);
        if (call != null) {
            outpost.tell(uuid, new Cancel(call.afar()));
            call.items().cancel();
        }
    }

    @Override
    public void cancelAll() {
        List.copyOf(calls.keySet()).forEach(this::cancel);
        List.copyOf(itemCalls.keySet()).forEach(this::cancel);
    }

    @Override
    public void expireAll(Throwable cause) {
        Failure why = Failures.failure(cause);
        List.copyOf(itemCalls.values()).forEach(call -> {
            outpost.tell(uuid, new Cancel(call.afar()));
            call.items().expire(why);
        });
        Map.copyOf(calls).forEach((id, answer) -> {
            outpost.tell(uuid, new Cancel(id));
            answer.tryFail(cause);
        });
    }
}
