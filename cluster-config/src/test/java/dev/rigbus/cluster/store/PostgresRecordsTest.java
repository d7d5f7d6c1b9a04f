package dev.rigbus.cluster.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.RecordStore.ConflictException;
import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.testkit.ManualCluster;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of a lab that has PostgreSQL, against a real one that goes away and comes back. */
@NullUnmarked // what is not there fails the test
class PostgresRecordsTest {
    private static PostgresServer server;

    @TempDir
    Path dir;

    private FreezingPipe pipe;
    private final List<OpenStore> open = new ArrayList<>();

    @BeforeAll
    static void startServer() throws Exception {
        server = new PostgresServer();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void emptyDatabase() throws Exception {
        pipe = new FreezingPipe(server.port());
        Files.writeString(dir.resolve("password"), PostgresServer.PASSWORD + "\n");
        sql("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
    }

    @AfterEach
    void close() throws Exception {
        for (OpenStore store : open) {
            store.close().await(20, SECONDS);
        }
        pipe.close();
    }

    private static void sql(String... statements) throws Exception {
        try (Connection direct = DriverManager.getConnection(
                        PostgresServer.url(server.port()), "rigbus", PostgresServer.PASSWORD);
                Statement statement = direct.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private DatabaseConfig config() {
        return new DatabaseConfig(
                PostgresServer.url(pipe.port()), "rigbus", dir.resolve("password"), Set.of("exporter-state"));
    }

    private OpenStore node(String name) throws Exception {
        return node(name, config());
    }

    private OpenStore node(String name, DatabaseConfig database) throws Exception {
        ManualCluster cluster = new ManualCluster(name, Instant.ofEpochSecond(1_000_000));
        OpenStore store = RecordStores.open(dir.resolve(name), cluster, null, database, Map.of())
                .await(30, SECONDS);
        open.add(store);
        return store;
    }

    private void close(OpenStore store) throws Exception {
        open.remove(store);
        store.close().await(20, SECONDS);
    }

    private static StoredRecord write(OpenStore store, String key, long expected, String value) throws Exception {
        return store.records().write("client", key, expected, value).await(10, SECONDS);
    }

    private static void eventually(String what, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static String value(RecordStore records, String key) {
        StoredRecord record = records.get("client", key);
        return record == null ? null : record.value();
    }

    @Test
    void whatOneNodeWritesTheOthersHear() throws Exception {
        OpenStore a = node("a");
        OpenStore b = node("b");
        StoredRecord first = write(a, "default/ann", 0, "{\"a\":1}");
        assertThat(first.version()).isEqualTo(1);
        assertThat(value(a.records(), "default/ann")).isEqualTo("{\"a\":1}");
        eventually("b hears", () -> first.equals(b.records().get("client", "default/ann")));
        write(b, "default/ann", 1, "{\"a\":2}");
        assertThatThrownBy(() -> write(a, "default/ann", 1, "{\"a\":3}"))
                .isInstanceOfSatisfying(
                        ConflictException.class,
                        e -> assertThat(e.current())
                                .extracting(StoredRecord::value)
                                .isEqualTo("{\"a\":2}"));
        assertThat(value(a.records(), "default/ann"))
                .as("the loser has seen it")
                .isEqualTo("{\"a\":2}");
        write(a, "default/ann", 2, null);
        eventually("b hears of the deletion", () -> value(b.records(), "default/ann") == null);
        assertThat(write(b, "default/ann", 0, "{}").version()).isEqualTo(4);
    }

    @Test
    void onlyOneOfManyWritersOfAVersionWins() throws Exception {
        OpenStore a = node("a");
        OpenStore b = node("b");
        List<Future<StoredRecord>> all = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            all.add((i % 2 == 0 ? a : b).records().write("lease", "default/1", 0, "{\"i\":" + i + "}"));
        }
        Future.join(all).otherwiseEmpty().await(20, SECONDS);
        assertThat(all.stream().filter(Future::succeeded)).hasSize(1);
        assertThat(all.stream().filter(Future::failed).map(Future::cause))
                .hasOnlyElementsOfType(ConflictException.class);
    }

    @Test
    void whileTheServerIsGoneReadsGoOnAndWritesSayWhy() throws Exception {
        OpenStore a = node("a");
        OpenStore b = node("b");
        write(a, "default/ann", 0, "{\"a\":1}");
        eventually("b hears", () -> value(b.records(), "default/ann") != null);
        server.crash();
        try {
            long start = System.nanoTime();
            refused(a);
            assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(3));
            assertThat(value(a.records(), "default/ann")).isEqualTo("{\"a\":1}");
            a.records().own("exporter-state", "default/b", 1, "{}").await(5, SECONDS);

            close(b);
            OpenStore again = node("b");
            assertThat(value(again.records(), "default/ann"))
                    .as("from b's own copy")
                    .isEqualTo("{\"a\":1}");
            refused(again);
        } finally {
            server.start();
        }
        eventually("a writes again", () -> writes(a, "default/bob"));
        eventually("b catches up", () -> value(open.get(1).records(), "default/bob") != null);
        eventually("b writes again", () -> writes(open.get(1), "default/eve"));
        assertThat(value(a.records(), "default/ann")).isEqualTo("{\"a\":1}");
    }

    private static void refused(OpenStore store) {
        assertThatThrownBy(() -> write(store, "default/zoe", 0, "{}"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageStartingWith("the lab's database is away: ")
                .hasMessageNotContaining(PostgresServer.PASSWORD);
    }

    private static boolean writes(OpenStore store, String key) {
        return store.records().get("client", key) != null
                || store.records()
                        .write("client", key, 0, "{}")
                        .map(true)
                        .otherwise(false)
                        .await();
    }

    @Test
    void whileTheServerHangsEveryWriteFailsInTime() throws Exception {
        OpenStore a = node("a");
        write(a, "default/ann", 0, "{}");
        pipe.freeze();
        long start = System.nanoTime();
        List<Future<StoredRecord>> all = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            all.add(a.records().write("client", "default/" + i, 0, "{}"));
        }
        Future.join(all).otherwiseEmpty().await(20, SECONDS);
        assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(4));
        assertThat(all.stream().map(Future::cause)).hasOnlyElementsOfType(StoreUnavailableException.class);
        long second = System.nanoTime();
        refused(a);
        assertThat(System.nanoTime() - second).isLessThan(SECONDS.toNanos(3));
        pipe.thaw();
        eventually("writes again", () -> writes(a, "default/bob"));
    }

    @Test
    void aNodeThatWasAwayHearsWhatItMissed() throws Exception {
        OpenStore a = node("a");
        OpenStore b = node("b");
        write(a, "default/gone", 0, "{}");
        write(a, "default/ann", 0, "{\"a\":1}");
        eventually("b hears", () -> value(b.records(), "default/ann") != null);
        close(b);
        for (int i = 1; i < 30; i++) {
            write(a, "default/ann", i, "{\"a\":" + (i + 1) + "}");
        }
        write(a, "default/gone", 1, null);
        sql("DELETE FROM record WHERE key = 'default/gone'"); // as the purge does, much later
        OpenStore back = node("b");
        eventually(
                "b knows",
                () -> "{\"a\":30}".equals(value(back.records(), "default/ann"))
                        && value(back.records(), "default/gone") == null);
    }

    @Test
    void aLabThatGetsADatabaseTakesItsRecordsAlong() throws Exception {
        OpenStore before = node("a", null);
        StoredRecord ann = write(before, "default/ann", 0, "{\"a\":1}");
        before.records().own("exporter-state", "default/b", 1, "{}").await(5, SECONDS);
        close(before);
        OpenStore after = node("a");
        assertThat(after.records().get("client", "default/ann")).isEqualTo(ann);
        assertThat(after.records().all("exporter-state")).hasSize(1);
        OpenStore other = node("b");
        assertThat(other.records().get("client", "default/ann")).isEqualTo(ann);
        assertThat(other.records().all("exporter-state")).isEmpty();
        RecordPeek peek = RecordPeek.into(dir.resolve("b"), "client");
        assertThat(peek.records()).containsExactly(ann);
        assertThat(peek.latest()).isEqualTo(ann.changed());
        assertThat(RecordPeek.into(dir.resolve("nobody"), "client").records()).isEmpty();
    }

    @Test
    void aWrongPasswordIsToldAndNotShown() throws Exception {
        Files.writeString(dir.resolve("password"), "wrong-one");
        assertThatThrownBy(() -> node("a"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("rigbus")
                .hasMessageContaining("password authentication failed")
                .hasMessageNotContaining("wrong-one");
        assertThatThrownBy(() ->
                        node("a", new DatabaseConfig(config().url() + "?password=hunter2", "rigbus", null, Set.of())))
                .hasMessageContaining("a file")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> node("a", new DatabaseConfig(config().url(), "rigbus", dir.resolve("none"), Set.of())))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(dir.resolve("none").toString());
        Files.writeString(dir.resolve("password"), PostgresServer.PASSWORD);
        write(node("a"), "default/ann", 0, "{}");
    }

    @Test
    void tablesOfANewerVersionAreRefused() throws Exception {
        close(node("a"));
        sql("INSERT INTO schema_history (installed_rank, version, description, type, script, checksum, installed_by,"
                + " execution_time, success) VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'x', 1, true)");
        assertThatThrownBy(() -> node("a"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("newer Rigbus");
    }
}
