package dev.rigbus.cluster.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.kernel.ports.RecordStore.ConflictException;
import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.testkit.ManualCluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lab of one node: its file, its versions, and what may be wrong with it. */
@NullUnmarked // what is not there fails the test
class LocalRecordsTest {
    @TempDir
    Path dir;

    private final ManualCluster cluster = new ManualCluster("one", Instant.ofEpochSecond(1_000_000));
    private OpenStore store;

    @BeforeEach
    void open() throws Exception {
        store = opened();
    }

    @AfterEach
    void close() throws Exception {
        await(store.close());
    }

    private OpenStore opened() throws Exception {
        return await(RecordStores.open(dir, cluster, null, null, Map.of()));
    }

    private void reopen() throws Exception {
        close();
        open();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.await(20, SECONDS);
    }

    private StoredRecord write(String key, long expected, String value) throws Exception {
        return await(store.records().write("client", key, expected, value));
    }

    @Test
    void whatWasWrittenIsThereAfterARestart() throws Exception {
        StoredRecord first = write("default/ann", 0, "{\"a\":1}");
        StoredRecord second = write("default/ann", first.version(), "{\"a\":2}");
        write("default/bob", 0, "{}");
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.changed()).isEqualTo(cluster.time());

        reopen();
        assertThat(store.records().get("client", "default/ann")).isEqualTo(second);
        assertThat(store.records().all("client")).hasSize(2);
        assertThat(store.records().all("exporter")).isEmpty();
    }

    @Test
    void theSecondOfTwoWritersIsToldWhatStandsThere() throws Exception {
        StoredRecord first = write("default/ann", 0, "{\"a\":1}");
        assertThatThrownBy(() -> write("default/ann", 0, "{}"))
                .isInstanceOfSatisfying(
                        ConflictException.class, e -> assertThat(e.current()).isEqualTo(first));
        assertThatThrownBy(() -> write("default/bob", 3, "{}"))
                .isInstanceOfSatisfying(
                        ConflictException.class, e -> assertThat(e.current()).isNull());
    }

    @Test
    void onlyOneOfManyWritersOfAVersionWins() throws Exception {
        write("default/ann", 0, "{}");
        List<Future<StoredRecord>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(store.records().write("client", "default/ann", 1, "{\"i\":" + i + "}"));
        }
        await(Future.join(all).otherwiseEmpty());
        assertThat(all.stream().filter(Future::succeeded)).hasSize(1);
    }

    @Test
    void aDeletionIsAChangeThatCanBeFollowedByAnother() throws Exception {
        write("default/ann", 0, "{}");
        assertThat(write("default/ann", 1, null).version()).isEqualTo(2);
        assertThat(store.records().get("client", "default/ann")).isNull();
        reopen();
        assertThat(store.records().all("client")).isEmpty();
        assertThat(write("default/ann", 0, "{}").version()).isEqualTo(3);
    }

    @Test
    void deletionsAreForgottenInTheEnd() throws Exception {
        write("default/ann", 0, "{}");
        write("default/ann", 1, null);
        cluster.advance(LocalRecords.TOMBSTONES_KEPT.plus(Duration.ofDays(1)));
        reopen();
        await(store.audit().append(entry(1)));
        assertThat(write("default/ann", 0, "{}").version()).isEqualTo(1);
    }

    @Test
    void theHigherEpochOwnsARecord() throws Exception {
        StoredRecord first = await(store.records().own("exporter-state", "default/b", 3, "{\"f\":1}"));
        StoredRecord second = await(store.records().own("exporter-state", "default/b", 3, "{\"f\":2}"));
        assertThat(first.version()).isEqualTo(3L << 40);
        assertThat(second.version()).isEqualTo((3L << 40) + 1);
        assertThatThrownBy(() -> await(store.records().own("exporter-state", "default/b", 2, "{}")))
                .isInstanceOf(ConflictException.class);
        assertThat(await(store.records().own("exporter-state", "default/b", 4, "{}"))
                        .version())
                .isEqualTo(4L << 40);
    }

    @Test
    void watchersHearOfEveryKeysLastStateInOrder() throws Exception {
        BlockingQueue<StoredRecord> heard = new LinkedBlockingQueue<>();
        var registration = store.records().watch("client", heard::add);
        for (int i = 0; i < 50; i++) {
            write("default/ann", i, "{}");
        }
        write("default/ann", 50, null);
        long version = 0;
        StoredRecord last;
        do {
            last = heard.poll(10, SECONDS);
            assertThat(last).isNotNull();
            assertThat(last.version()).isGreaterThan(version);
            version = last.version();
        } while (version < 51);
        assertThat(last.isDeleted()).isTrue();

        registration.cancel();
        write("default/ann", 0, "{}");
        await(store.records().own("other", "x", 1, "{}"));
        assertThat(heard).isEmpty();
    }

    @Test
    void futuresCompleteOnTheContextThatAsked() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            var asked = vertx.getOrCreateContext();
            var answered = new LinkedBlockingQueue<Boolean>();
            asked.runOnContext(v -> store.records()
                    .write("client", "default/ann", 0, "{}")
                    .onComplete(done -> answered.add(Vertx.currentContext() == asked)));
            assertThat(answered.poll(10, SECONDS)).isTrue();
        } finally {
            await(vertx.close());
        }
    }

    @Test
    void theAuditKeepsWhatItWasTold() throws Exception {
        for (int i = 1; i <= 5; i++) {
            await(store.audit().append(entry(i)));
        }
        reopen();
        assertThat(await(store.audit().read(2, 5, 2)).entries()).containsExactly(entry(3), entry(4));
        assertThat(await(store.audit().read(0, Long.MAX_VALUE, 1000)).entries()).hasSize(5);
        try (Connection direct = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("lab.db"));
                Statement statement = direct.createStatement()) {
            assertThatThrownBy(() -> statement.execute("UPDATE audit SET actor = 'me'"))
                    .isInstanceOf(SQLException.class);
        }
    }

    private static AuditLog.Entry entry(long time) {
        return new AuditLog.Entry(
                time, "one", "client default/ann", "lease.create", "lease default/1", "ok", Map.of("exporter", "b"));
    }

    @Test
    void aBackupOfARunningNodeIsAWholeLab() throws Exception {
        write("default/ann", 0, "{\"a\":1}");
        Path target = dir.resolve("copy.db");
        Files.writeString(target, "an older backup");
        await(store.backup(target));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rw-------");
        write("default/ann", 1, "{\"a\":2}");

        Path other = Files.createDirectory(dir.resolve("other"));
        Files.copy(target, other.resolve("lab.db"));
        OpenStore restored = await(RecordStores.open(other, cluster, null, null, Map.of()));
        try {
            assertThat(restored.records().get("client", "default/ann").value()).isEqualTo("{\"a\":1}");
        } finally {
            await(restored.close());
        }
        assertThatThrownBy(() -> await(store.backup(dir.resolve("no/where.db"))))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("where.db");
        try (var left = Files.list(dir)) {
            assertThat(left.filter(p -> p.toString().endsWith(".part"))).isEmpty();
        }
    }

    @Test
    void theFileIsItsOwnersAlone() throws Exception {
        write("default/ann", 0, "{}");
        for (String name : List.of("lab.db", "lab.db-wal", "lab.db-shm")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(name))))
                    .as(name)
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aSecondOpeningOfTheSameDirectoryIsRefused() {
        assertThatThrownBy(this::opened)
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(dir.toString())
                .hasMessageContaining("in use")
                .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));
    }

    @Test
    void tablesOfANewerVersionAreRefused() throws Exception {
        close();
        sql("INSERT INTO schema_history (installed_rank, version, description, type, script, checksum, installed_by,"
                + " execution_time, success) VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'x', 1, 1)");
        assertThatThrownBy(this::opened)
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("newer Rigbus")
                .hasMessageContaining("99");
        sql("DELETE FROM schema_history WHERE version = '99'");
        open();
    }

    private void sql(String text) throws SQLException {
        try (Connection direct = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("lab.db"));
                Statement statement = direct.createStatement()) {
            statement.execute(text);
        }
    }

    @Test
    void aDamagedFileIsNamedWithTheWayOut() throws Exception {
        List<Future<StoredRecord>> written = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            written.add(store.records().write("client", "default/" + i, 0, "{\"t\":\"" + "x".repeat(200) + "\"}"));
        }
        await(Future.all(written));
        Path good = dir.resolve("good.db");
        await(store.backup(good));
        close();
        Path file = dir.resolve("lab.db");
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(raw.length() / 2);
            raw.write(new byte[8192]);
        }
        refusedAsDamaged(file);
        Files.writeString(file, "this is no database at all, whatever its name says. ".repeat(40));
        refusedAsDamaged(file);
        Files.copy(good, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        open();
        assertThat(store.records().all("client").size()).isEqualTo(500);
    }

    private void refusedAsDamaged(Path file) {
        assertThatThrownBy(this::opened)
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("damaged")
                .hasMessageContaining("backup");
    }
}
