package dev.rigbus.kernel.bench;

import com.google.protobuf.Value;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.Export;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.DriverMessage;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.host.DriverThreads;
import dev.rigbus.kernel.host.LocalDriver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A call over the bus to a driver and its answer, from a thread that waits for it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CallHop {
    /** Which of the driver's methods: the one that blocks has a thread of its own. */
    @Param({"soon", "blocking"})
    public String method = "";

    private final Vertx vertx = Vertx.vertx();
    private final UUID uuid = UUID.randomUUID();
    private final ExecutorService threads = DriverThreads.create();
    private long number;

    static final class Switch implements Driver {
        @Override
        public String client() {
            return "jumpstarter_driver_power.client.PowerClient";
        }

        @Export
        public Future<Boolean> soon() {
            return Future.succeededFuture(true);
        }

        @Export
        public boolean blocking() {
            return true;
        }
    }

    @Setup
    public void deploy() {
        ByReference.register(vertx);
        vertx.deployVerticle(new LocalDriver(uuid, new Switch(), new CompletableFuture<>(), threads, new Pickups())
                        .verticle())
                .await();
    }

    @Benchmark
    public Value call() {
        DriverMessage.Id id = new DriverMessage.Id("endpoint", number++);
        return vertx.eventBus()
                .<Value>request(
                        Addresses.driver(uuid), new DriverMessage.Call(id, 1, method, List.of()), ByReference.OPTIONS)
                .await()
                .body();
    }

    @TearDown
    public void close() {
        vertx.close().await();
        threads.shutdown();
    }
}
