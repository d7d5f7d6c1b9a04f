package dev.rigbus.kernel.host;

import com.google.protobuf.Value;
import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.driver.Resource;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.OpenItems;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.host.ExportedMethod.Kind;
import dev.rigbus.kernel.pump.ConnectFailedException;
import dev.rigbus.kernel.resource.ResourceTable;
import dev.rigbus.kernel.value.Values;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs the methods of one instance of a driver: in order, on the right thread, and cancellable. Belongs to the driver's context. */
final class DriverHost {
    private final Driver driver;
    private final DriverModel model;
    private final ItemSender.Turns context;
    private final Executor threads;
    private final ResourceTable resources;
    private final CallOrder order;
    private final Map<Id, Waiting> calls = new HashMap<>();
    private final Map<Id, ItemCall> itemCalls = new HashMap<>();
    private Runnable changed = () -> {};
    private int openings;

    /** A call, and who waits for its answer. */
    private record Waiting(Running running, Promise<Value> answer) {}

    DriverHost(
            Driver driver,
            DriverModel model,
            ItemSender.Turns context,
            Executor threads,
            ResourceTable resources,
            CallOrder order) {
        this.driver = driver;
        this.model = model;
        this.context = context;
        this.threads = threads;
        this.resources = resources;
        this.order = order;
    }

    Future<Value> call(Id id, String name, List<Value> args) {
        ExportedMethod method = model.method(name, Kind.CALL);
        Running running = new Running();
        Lent lent = new Lent();
        @Nullable Object[] bound = method.arguments().bind(args, running, lent::open);
        Promise<Value> answer = Promise.promise();
        calls.put(id, new Waiting(running, answer));
        order.add(() -> {
            Future<Value> result = running.isCancelled() ? cancelled() : invoke(method, running, bound);
            result.onComplete(done -> {
                calls.remove(id);
                changed.run();
                lent.close(done.succeeded());
                if (done.succeeded()) {
                    answer.tryComplete(done.result());
                } else {
                    answer.tryFail(done.cause());
                }
            });
            return result;
        });
        return answer.future();
    }

    private static <T> Future<T> cancelled() {
        return Future.failedFuture(new DriverException(Reason.UNAVAILABLE, "cancelled"));
    }

    private Future<Value> invoke(ExportedMethod method, Running running, @Nullable Object[] bound) {
        if (method.blocking()) {
            return blocking(running, () -> Values.encode(method.invoke(driver, bound)));
        }
        try {
            Future<?> result = (Future<?>) method.invoke(driver, bound);
            return result == null ? Future.succeededFuture(Values.NULL) : result.map(Values::encode);
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    /** Runs a task on a thread of its own and brings its outcome back to the context. */
    private <T> Future<T> blocking(Running running, Callable<T> task) {
        Promise<T> done = Promise.promise();
        threads.execute(() -> {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            try {
                running.enter();
                // Libraries look for their parts there.
                thread.setContextClassLoader(driver.getClass().getClassLoader());
                T result = task.call();
                context.execute(() -> done.complete(result));
            } catch (Throwable e) {
                // Also an Error of the driver's: whatever ends the call, the client is told.
                context.execute(() -> done.fail(e));
            } finally {
                thread.setContextClassLoader(before);
                running.leave();
            }
        });
        return done.future();
    }

    void open(OpenItems request, Consumer<Items> out) {
        ExportedMethod method = model.method(request.method(), Kind.ITEMS);
        Running running = new Running();
        Lent lent = new Lent();
        @Nullable Object[] bound = method.arguments().bind(request.args(), running, lent::open);
        ItemSender sender = new ItemSender(request.id(), context, out);
        ItemCall call = new ItemCall(sender, running, request.credit(), () -> {
            itemCalls.remove(request.id());
            changed.run();
            lent.close(true);
        });
        itemCalls.put(request.id(), call);
        order.add(() -> {
            start(call, running, method, bound, sender);
            return Future.succeededFuture();
        });
    }

    private void start(
            ItemCall call, Running running, ExportedMethod method, @Nullable Object[] bound, ItemSender sender) {
        if (running.isCancelled()) {
            return;
        }
        if (method.blocking()) {
            call.run(threads, context, driver, method, bound);
            return;
        }
        try {
            ReadStream<?> source = (ReadStream<?>) method.invoke(driver, bound);
            if (source == null) {
                throw new IllegalStateException(method.method() + " returned null");
            }
            call.start(source);
        } catch (Exception e) {
            call.refuse(e);
        }
    }

    Future<ByteStream> openStream(String name) {
        ExportedMethod method = model.method(name, Kind.STREAM);
        Promise<ByteStream> opened = Promise.promise();
        openings++;
        order.add(() -> {
            Future<ByteStream> opening = method.blocking()
                    ? blocking(new Running(), () -> stream(method.invoke(driver)))
                    : invokeStream(method);
            opening.onComplete(opened);
            opening.onComplete(done -> {
                openings--;
                changed.run();
            });
            return opening;
        });
        return opened.future().recover(DriverHost::openFailed);
    }

    /** As with stock, a stream that cannot be opened is an unknown error whose text names the kind of exception. */
    private static <T> Future<T> openFailed(Throwable cause) {
        if (cause instanceof DriverException e) {
            boolean told =
                    e.reason() == Reason.NOT_FOUND || Failures.status(e).text().startsWith("Unexpected ");
            return Future.failedFuture(told ? e : unexpected("Exception", e.getMessage(), e));
        }
        if (cause instanceof ConnectFailedException e) {
            return Future.failedFuture(
                    unexpected("OSError", "All connection attempts failed (" + e.getMessage() + ")", e));
        }
        return Future.failedFuture(unexpected(
                cause instanceof IOException ? "OSError" : cause.getClass().getSimpleName(),
                cause.getMessage(),
                cause));
    }

    private static DriverException unexpected(String type, @Nullable String text, Throwable cause) {
        return new DriverException(Reason.UNKNOWN, "Unexpected <class '" + type + "'>: " + text, cause);
    }

    @SuppressWarnings("unchecked")
    private Future<ByteStream> invokeStream(ExportedMethod method) {
        try {
            return (Future<ByteStream>) stream(method.invoke(driver));
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> T stream(@Nullable Object opened) {
        if (opened == null) {
            throw new IllegalStateException("the driver opened nothing");
        }
        return (T) opened;
    }

    void credit(Id id, int items) {
        ItemCall call = itemCalls.get(id);
        if (call != null) {
            call.credit(items);
        }
    }

    void cancel(Id id) {
        Waiting call = calls.get(id);
        if (call != null) {
            call.running().cancel();
        }
        ItemCall items = itemCalls.remove(id);
        if (items != null) {
            items.cancel();
        }
    }

    void cancelAll() {
        List.copyOf(calls.keySet()).forEach(this::cancel);
        List.copyOf(itemCalls.keySet()).forEach(this::cancel);
    }

    void expireAll(Throwable cause) {
        List.copyOf(calls.values()).forEach(call -> {
            call.running().cancel();
            call.answer().tryFail(cause);
        });
        List.copyOf(itemCalls.values()).forEach(call -> call.expire(cause));
    }

    /** Whether no call is under way or waits; streaming calls may be. */
    boolean isQuiet() {
        return calls.isEmpty() && openings == 0;
    }

    /** Whether nothing is under way at all, but for raw streams. */
    boolean isIdle() {
        return isQuiet() && itemCalls.isEmpty();
    }

    /** @param to told when less is under way than before */
    void onChange(Runnable to) {
        changed = to;
    }

    /** The resources that one call has open; they are over when it is. */
    private final class Lent {
        private final List<ResourceTable.OpenResource> open = new ArrayList<>(0);

        Resource open(@Nullable Object handle) {
            ResourceTable.OpenResource resource = resources.take(handle);
            open.add(resource);
            return resource;
        }

        void close(boolean succeeded) {
            open.forEach(resource -> resource.finish(succeeded));
        }
    }
}
