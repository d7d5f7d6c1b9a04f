package dev.rigbus.cluster.store;

import dev.rigbus.testkit.ManualCluster;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Measures a store, by hand: writes a second with 64 in flight, the time to load, and the memory that stays. */
final class StoreFigures {
    private static final int WRITES = 20_000;
    private static final int RECORDS = 10_000;
    private static final int IN_FLIGHT = 64;

    private StoreFigures() {}

    public static void main(String[] args) throws Exception {
        Path dir = Files.createTempDirectory("rigbus-figures");
        OpenStore store = open(dir);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            all.add(store.records().write("lease", "default/" + i, 0, "{\"t\":\"" + "x".repeat(500) + "\"}"));
        }
        Future.all(all).await(60, TimeUnit.SECONDS);
        for (int round = 0; round < 5; round++) {
            measure(store, round);
        }
        store.close().await(20, TimeUnit.SECONDS);
        long start = System.nanoTime();
        store = open(dir);
        System.out.printf("opened with %d records in %d ms%n", RECORDS, (System.nanoTime() - start) / 1_000_000);
        store.close().await(20, TimeUnit.SECONDS);
        System.out.printf("file %d kB%n", Files.size(dir.resolve("lab.db")) / 1024);
    }

    private static OpenStore open(Path dir) throws Exception {
        return RecordStores.open(dir, new ManualCluster("one", Instant.now()), null, null, Map.of())
                .await(60, TimeUnit.SECONDS);
    }

    private static void measure(OpenStore store, int round) throws Exception {
        AtomicInteger started = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(WRITES);
        long start = System.nanoTime();
        for (int i = 0; i < IN_FLIGHT; i++) {
            next(store, "default/" + i, started, done);
        }
        done.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
                "round %d: %.0f writes a second, heap after it %d kB%n",
                round, WRITES / seconds, (runtime.totalMemory() - runtime.freeMemory()) / 1024);
    }

    private static void next(OpenStore store, String key, AtomicInteger started, CountDownLatch done) {
        if (started.incrementAndGet() > WRITES) {
            return;
        }
        long version = Objects.requireNonNull(store.records().get("lease", key)).version();
        store.records()
                .write("lease", key, version, "{\"t\":\"" + "y".repeat(500) + "\"}")
                .onComplete(r -> {
                    done.countDown();
                    next(store, key, started, done);
                });
    }
}
