package dev.rigbus.cluster.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.kernel.ports.RecordStore.ConflictException;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.testkit.ManualCluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole stores that speak over an event bus. */
class BusPeersTest {
    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir
    Path dir;

    private final Vertx vertx = Vertx.vertx();
    private final List<ManualCluster> clusters = new ArrayList<>();
    private final List<OpenStore> stores = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        for (String name : NAMES) {
            ManualCluster cluster = new ManualCluster(name, Instant.ofEpochSecond(1_000_000));
            clusters.add(cluster);
            stores.add(RecordStores.open(dir.resolve(name), cluster, vertx, null, Map.of())
                    .await(30, SECONDS));
        }
        members(Set.copyOf(NAMES));
    }

    private void members(Set<String> now) {
        clusters.forEach(cluster -> cluster.members(now, true));
    }

    @AfterEach
    void close() throws Exception {
        for (OpenStore store : stores) {
            store.close().await(20, SECONDS);
        }
        vertx.close().await(20, SECONDS);
    }

    @Test
    void anyNodeWritesForAll() throws Exception {
        for (int i = 0; i < 12; i++) {
            String key = "default/" + i;
            OpenStore writer = stores.get(i % 3);
            StoredRecord written =
                    writer.records().write("client", key, 0, "{}").await(20, SECONDS);
            assertThat(writer.records().get("client", key)).isEqualTo(written);
            StoredRecord next = stores.get((i + 1) % 3)
                    .records()
                    .write("client", key, 0, "{}")
                    .map(wrong -> wrong)
                    .recover(cause -> Future.succeededFuture(((ConflictException) cause).current()))
                    .await(20, SECONDS);
            assertThat(next).as("what the second is told").isEqualTo(written);
        }
    }

    @Test
    void aHomeThatIsGoneIsReplaced() throws Exception {
        stores.remove(2).close().await(20, SECONDS);
        clusters.remove(2);
        // Until the others notice, what it was the home of is asked for again and again.
        List<Future<StoredRecord>> writes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            writes.add(stores.get(i % 2).records().write("client", "default/" + i, 0, "{}"));
        }
        members(Set.of("a", "b"));
        Future.all(writes).await(20, SECONDS);
    }

    @Test
    void theAuditOfAllNodesIsReadAnywhere() throws Exception {
        String large = "x".repeat(2000);
        List<Future<Void>> appended = new ArrayList<>();
        for (int i = 1; i <= 300; i++) {
            String node = NAMES.get(i % 3);
            appended.add(stores.get(i % 3)
                    .audit()
                    .append(new AuditLog.Entry(i, node, "me", "count", "n", "ok", Map.of("text", large))));
        }
        Future.all(appended).await(20, SECONDS);
        AuditLog.Page page = stores.get(0).audit().read(101, 301, 150).await(20, SECONDS);
        assertThat(page.silent()).isEmpty();
        assertThat(page.entries()).extracting(AuditLog.Entry::time).hasSize(150).isSorted();
        assertThat(page.entries().get(0).time()).isEqualTo(151);
        assertThat(page.entries().get(149).detail()).containsEntry("text", large);

        members(Set.of("a", "b", "c", "d"));
        assertThat(stores.get(0).audit().read(0, 301, 10).await(20, SECONDS).silent())
                .containsExactly("d");
        assertThatThrownBy(() -> vertx.eventBus()
                        .request("node/a/records", new JsonObject().put("op", "what"))
                        .await(5, SECONDS))
                .hasMessageContaining("unknown to this version");
    }
}
