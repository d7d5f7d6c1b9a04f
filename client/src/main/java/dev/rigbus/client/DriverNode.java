package dev.rigbus.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A driver on an exporter. Arguments are null, booleans, numbers, texts, lists and maps, or things with a plain text form such as paths;
 * results are plain data, with every number a {@link Double}. Its methods block the thread that calls them, and refuse to block an event loop.
 */
public final class DriverNode {
    private final AsyncDriver driver;
    private final Observer observer;
    private final Map<String, DriverNode> children = new LinkedHashMap<>();

    DriverNode(AsyncDriver driver) {
        this(driver, new Observer() {});
    }

    private DriverNode(AsyncDriver driver, Observer observer) {
        this.driver = driver;
        this.observer = observer;
        driver.children().forEach((name, child) -> children.put(name, new DriverNode(child)));
    }

    /** The same driver for who must not wait. */
    public AsyncDriver async() {
        return driver;
    }

    /** The same driver, each of whose calls has to end in time: then it is cancelled at the exporter, too. */
    public DriverNode within(Duration time) {
        return new DriverNode(driver.within(time));
    }

    /** The same driver, without those below it, and somebody who is told what is done with it. */
    public DriverNode observed(Observer by) {
        return new DriverNode(driver, by);
    }

    /** The name that its parent knows it by; empty for the root. */
    public String name() {
        return driver.name();
    }

    public String uuid() {
        return driver.uuid();
    }

    /** The class by which stock clients know this kind of driver, such as {@code jumpstarter_driver_power.client.PowerClient}. */
    public String clientClass() {
        return driver.clientClass();
    }

    /** What the exporter's configuration says of it; may be empty. */
    public String description() {
        return driver.description();
    }

    public Map<String, String> labels() {
        return driver.labels();
    }

    /** What the report says of methods, by name; most drivers say nothing. */
    public Map<String, String> methodDescriptions() {
        return driver.methodDescriptions();
    }

    /** By name, in the order of the exporter's configuration. */
    public Map<String, DriverNode> children() {
        return Collections.unmodifiableMap(children);
    }

    /**
     * A child by name.
     *
     * @throws IllegalArgumentException for one that is not there; the text names those that are
     */
    public DriverNode child(String name) {
        driver.child(name);
        return Objects.requireNonNull(children.get(name));
    }

    /**
     * This driver as something with methods: a typed client such as {@link dev.rigbus.client.typed.PowerClient}, or an interface whose methods are those of the driver.
     *
     * <p>Of an interface, {@code setSpeed(5)} calls {@code set_speed}. A method that returns an {@link java.util.Iterator} makes a streaming call, one
     * that returns a {@link RawStream} opens a stream, and one that returns a {@link io.vertx.core.Future} does not wait. Results become what the method
     * says it returns: numbers, texts, lists, maps, enums and records.
     *
     * @throws IllegalArgumentException if the driver is something else, or the interface cannot be called so; the text says why
     */
    public <T> T as(Class<T> type) {
        return Clients.as(this, type);
    }

    /** The typed client for what the exporter says that this driver is; a {@link GenericClient} for what nobody here knows. */
    public Object client() {
        return Clients.of(this);
    }

    /**
     * Calls a method that has one result, and waits for that as long as it takes.
     *
     * @throws CallException when the driver says no
     */
    public @Nullable Object call(String method, @Nullable Object... arguments) {
        AsyncDriver.Begun call = driver.begin(method, arguments);
        Object result = CallException.in(() -> Await.forever(call.result(), call.cancel()));
        observer.called(method);
        return result;
    }

    /** Calls a method that has any number of results. Close what it returns unless it has been read to its end. */
    public ItemStream streamingCall(String method, @Nullable Object... arguments) {
        return new ItemStream(driver.streamingCall(method, arguments));
    }

    /**
     * Opens a stream of bytes, most often {@code "connect"}, and waits until the device's end is open.
     *
     * @throws CallException when it cannot be opened
     */
    public RawStream stream(String method) {
        return new RawStream(CallException.in(() -> Await.forever(driver.stream(method))), observer);
    }

    /**
     * Lends the driver a source to read, for as long as a method runs that takes such a source.
     *
     * @param use calls the method, with the handle as an argument
     * @throws IOException when the source cannot be read, or the exporter cannot take it
     * @throws CallException when the driver says no
     */
    public void upload(Upload source, Upload.Use use) throws IOException {
        source.run(this, use);
    }

    /**
     * Lends the driver a sink to write to, for as long as a method runs that takes such a sink.
     *
     * @param use calls the method, with the handle as an argument
     * @throws IOException when the sink cannot be written
     * @throws CallException when the driver says no
     */
    public void download(Download sink, Upload.Use use) throws IOException {
        sink.run(this, use);
    }

    @Override
    public String toString() {
        return driver.toString();
    }
}
