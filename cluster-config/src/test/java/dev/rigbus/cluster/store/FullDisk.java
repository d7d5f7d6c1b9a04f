package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.testkit.ManualCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A process on a disk of a few megabytes: writes until it is full, makes room, goes on, and looks whether disk and memory agree. */
final class FullDisk {
    private FullDisk() {}

    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[0]);
        Path ballast = dir.resolve("ballast");
        Files.write(ballast, new byte[1 << 20]);
        OpenStore store = open(dir);
        int refused = fill(store);
        expect(store.records().get("lease", "default/" + refused) == null, "what was refused is in memory");
        Files.delete(ballast);
        store.records().write("lease", "default/" + refused, 0, "{}").await(20, TimeUnit.SECONDS);
        Set<StoredRecord> memory = all(store);
        store.close().await(20, TimeUnit.SECONDS);
        OpenStore again = open(dir);
        expect(all(again).equals(memory), "disk and memory differ");
        again.close().await(20, TimeUnit.SECONDS);
        System.out.println("all is well after " + memory.size() + " records");
    }

    private static OpenStore open(Path dir) throws Exception {
        return RecordStores.open(dir, new ManualCluster("full", Instant.now()), null, null, Map.of())
                .await(60, TimeUnit.SECONDS);
    }

    private static int fill(OpenStore store) throws Exception {
        for (int i = 0; i < 10_000; i++) {
            try {
                store.records()
                        .write("lease", "default/" + i, 0, "{\"t\":\"" + "x".repeat(4000) + "\"}")
                        .await(20, TimeUnit.SECONDS);
            } catch (StoreUnavailableException e) {
                System.out.println("told: " + e.getMessage());
                return i;
            }
        }
        throw new AssertionError("the disk never was full");
    }

    private static Set<StoredRecord> all(OpenStore store) {
        return store.records().all("lease").stream().collect(Collectors.toSet());
    }

    private static void expect(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
