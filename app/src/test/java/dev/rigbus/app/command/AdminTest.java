package dev.rigbus.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.grpc.Transport;
import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.lab.admin.AdminAccess;
import dev.rigbus.lab.admin.AdminCalls;
import dev.rigbus.lab.admin.Lab;
import dev.rigbus.lab.admin.LabBoards;
import dev.rigbus.lab.admin.LabBundles;
import dev.rigbus.lab.admin.LabCalls;
import dev.rigbus.lab.admin.LabNodes;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.identity.TokenKeys;
import dev.rigbus.lab.lease.Conditions;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import dev.rigbus.testkit.ManualCluster;
import dev.rigbus.testkit.MemoryRecordStore;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line against the service that a node has, over the socket that it has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminTest {
    private static final String AUTHORITY = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";

    private final ManualCluster cluster = new ManualCluster("rack-1", Instant.parse("2026-01-01T00:00:00Z"));
    private final MemoryRecordStore records = new MemoryRecordStore(cluster::time);
    private final LabView view = new LabView(records, node -> true);
    private final LabWriter writer = new LabWriter(records);
    private final Audit audit = new Audit();
    private final Nodes nodes = new Nodes();
    private final Applied boards = new Applied();
    private final Vertx vertx = Vertx.vertx();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final GrpcServer server = new GrpcServer(loops, GrpcLimits.DEFAULT);
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    @TempDir
    private static Path data;

    @TempDir
    private Path room;

    @BeforeAll
    void serve() {
        TokenIssuer tokens = new TokenIssuer(
                TokenKeys.generate(), "https://lab.test:8082", TokenIssuer.DEFAULT_LIFE, records, cluster);
        Lab lab = new Lab(
                vertx,
                records,
                view,
                writer,
                tokens,
                audit,
                cluster,
                nodes,
                boards,
                new NoBundles(),
                new Lab.Site("lab.test:8082", AUTHORITY, "default", "1.0"),
                () -> "rigbus_lease_active 0\n",
                path -> vertx.executeBlocking(() -> Files.writeString(path, "x".repeat(1_000_000)), false));
        Map<String, CallHandler> handlers = new HashMap<>(new AdminCalls(lab, AdminAccess.LOCAL).handlers());
        handlers.putAll(new LabCalls(lab, AdminAccess.LOCAL, call -> Future.failedFuture("no client here")).handlers());
        server.listen(Transport.of(loops).unixAddress(data.resolve("admin.sock")), handlers, null)
                .syncUninterruptibly();
    }

    @AfterAll
    void stop() {
        server.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
        view.close();
        vertx.close();
    }

    @BeforeEach
    void forget() {
        audit.entries.clear();
    }

    @Test
    void aClientIsMadeWithAConfigurationThatOnlyItsOwnerCanRead() throws IOException {
        Path file = room.resolve("ann.yaml");
        assertThat(admin("create client ann -n lab -l team=a,tier=1 --allow a.* --out " + file))
                .isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("client ann created\n");
        assertThat(Files.readString(file))
                .contains("kind: ClientConfig", "namespace: lab", "name: ann", "endpoint: lab.test:8082", "- a.*")
                .contains("ca: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCmFiYwotLS0tLUVORCBDRVJUSUZJQ0FURS0tLS0tCg==");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Client made = Objects.requireNonNull(view.client(new ObjectName("lab", "ann")));
        assertThat(made.labels()).isEqualTo(Map.of("team", "a", "tier", "1"));
        assertThat(audit.lines()).containsExactly("admin (local) client.create client lab/ann ok");
    }

    @Test
    void noFileIsOverwrittenAndThenNothingIsMade() throws IOException {
        Path file = Files.writeString(room.resolve("bob.yaml"), "precious");
        assertThat(admin("create client bob --out " + file)).isEqualTo(ExitCode.EXISTS);
        assertThat(err)
                .hasToString("rigbus: --out " + file
                        + " is there already; choose another name, or replace it with --force\n");
        assertThat(file).hasContent("precious");
        assertThat(view.client(new ObjectName("default", "bob"))).isNull();
        assertThat(admin("create client bob --force --out " + file)).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(file)).contains("kind: ClientConfig");
    }

    @Test
    void exitCodesTellWhatWentWrong() {
        assertThat(admin("create exporter e1 --out -")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("kind: ExporterConfig", "export: {}");
        assertThat(admin("create exporter e1")).isEqualTo(ExitCode.EXISTS);
        assertThat(err).hasToString("rigbus: exporter default/e1 exists already\n");
        assertThat(admin("get exporter none")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(err).hasToString("rigbus: there is no exporter default/none\n");
        assertThat(admin("create exporter E1")).isEqualTo(ExitCode.FAILURE);
        assertThat(err.toString()).startsWith("rigbus: invalid exporter name \"E1\": must be lower case");
        assertThat(execute("admin", "get", "clients", "--data", room.toString()))
                .isEqualTo(ExitCode.UNREACHABLE);
        assertThat(err.toString()).startsWith("rigbus: no node at " + room.resolve("admin.sock") + "; is `rigbus up`");
    }

    @Test
    void anExporterIsChangedAndShown() {
        admin("create exporter e2 -l board=rpi4,old=x");
        assertThat(admin("update exporter e2 -l board=rpi5 -l old- --maintenance fan"))
                .isEqualTo(ExitCode.OK);
        assertThat(audit.entries.get(1).detail())
                .isEqualTo(Map.of("label board", "rpi5", "label old", "(removed)", "maintenance", "fan"));
        admin("get exporter e2 -o json");
        assertThat(out.toString())
                .contains("\"kind\" : \"exporter\"", "\"board\" : \"rpi5\"", "\"maintenance\" : \"fan\"");
        assertThat(out.toString()).doesNotContain("old");
        admin("update exporter e2 --no-maintenance --disable");
        admin("get exporters -l board=rpi5");
        assertThat(out.toString().lines().toList().get(1)).matches("default +e2 +no +Unknown +no +board=rpi5");
        assertThat(admin("update exporter e2 -l jumpstarter.dev/x=1")).isEqualTo(ExitCode.FAILURE);
    }

    @Test
    void whoIsDeletedHoldsNothingAnyMore() {
        admin("create client carl -n gone");
        lease("l1", "carl");
        lease("l2", "somebody");
        assertThat(admin("delete client carl -n gone")).isEqualTo(ExitCode.OK);
        assertThat(view.client(new ObjectName("gone", "carl"))).isNull();
        assertThat(view.activeLeases("gone").keySet())
                .extracting(ObjectName::name)
                .containsExactly("l2");
        assertThat(admin("release lease l2 -n gone")).isEqualTo(ExitCode.OK);
        assertThat(admin("release lease l2 -n gone")).isEqualTo(ExitCode.FAILURE);
        assertThat(err).hasToString("rigbus: lease gone/l2 has already been released\n");
        assertThat(Objects.requireNonNull(view.lease(new ObjectName("gone", "l2")))
                        .conditions())
                .last()
                .matches(condition -> condition.reason().equals(Conditions.RELEASED) && !condition.holds());
    }

    @Test
    void aRotatedTokenIsAnotherOne() throws IOException {
        Path first = room.resolve("1");
        Path second = room.resolve("2");
        admin("create client dora --out " + first);
        assertThat(admin("token rotate client dora --out " + second)).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(first)).isNotEqualTo(Files.readString(second));
        assertThat(admin("revoke client dora")).isEqualTo(ExitCode.OK);
        assertThat(Objects.requireNonNull(view.client(new ObjectName("default", "dora")))
                        .tokenId())
                .isNull();
    }

    @Test
    void aPolicyIsReadFromTheShapeOfKubernetes() throws IOException {
        Path file = Files.writeString(room.resolve("p.yaml"), """
                apiVersion: jumpstarter.dev/v1alpha1
                kind: ExporterAccessPolicy
                metadata: {name: night, namespace: lab}
                spec:
                  exporterSelector:
                    matchLabels: {board: rpi4}
                    matchExpressions: [{key: rack, operator: NotIn, values: [a, b]}]
                  policies:
                    - description: ci at night
                      priority: 5
                      from: [{clientSelector: {matchLabels: {team: ci}}}, {clientSelector: {}}]
                      maximumDuration: 1h30m
                      spotAccess: false
                """);
        assertThat(admin("create policy -f " + file)).isEqualTo(ExitCode.OK);
        var policy = Objects.requireNonNull(view.policy(new ObjectName("lab", "night")));
        assertThat(policy.exporters()).isEqualTo("board=rpi4,rack notin (a,b)");
        assertThat(policy.rules().get(0).from()).containsExactly("team=ci", "");
        assertThat(policy.rules().get(0).longest()).isEqualTo(Duration.ofMinutes(90));
        Files.writeString(file, "exporterSelecter: {}\npolicies: [{maximumDuration: soon}]\n");
        assertThat(admin("update policy night -n lab -f " + file)).isEqualTo(ExitCode.FAILURE);
        assertThat(err.toString())
                .contains(file + ":1: exporterSelecter: unknown key (did you mean exporterSelector?)")
                .contains(file
                        + ":2: policies[0].maximumDuration: \"soon\" (expected: a duration such as 30m, 1h30m or 2d)");
    }

    @Test
    void nodesBackupMetricsAndAudit() throws IOException {
        assertThat(admin("create node rack-2 --out " + room.resolve("join"))).isEqualTo(ExitCode.OK);
        assertThat(room.resolve("join")).hasContent("token-of-rack-2\n");
        assertThat(execute("get", "nodes", "--data", data.toString(), "-o", "name"))
                .isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("node/rack-1\n");
        assertThat(admin("backup " + room.resolve("lab.db"))).isEqualTo(ExitCode.OK);
        assertThat(Files.size(room.resolve("lab.db"))).isEqualTo(1_000_000);
        assertThat(admin("get metrics")).isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("rigbus_lease_active 0\n");
        assertThat(admin("get audit --about rack-2 -o name")).isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("node rack-2\n");
        assertThat(err.toString())
                .contains("warning: what these nodes wrote down is missing")
                .contains("rack-9");
        assertThat(admin("drain node rack-7")).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void aKubeconfigHasATokenOfItsOwnEachTime() throws IOException {
        Path file = room.resolve("kube");
        assertThat(admin("kubeconfig ops --out " + file)).isEqualTo(ExitCode.OK);
        String first = Files.readString(file);
        assertThat(first)
                .contains("server: https://lab.test:8082", "certificate-authority-data: LS0t", "namespace: default");
        assertThat(admin("kubeconfig ops --force --out " + file)).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(file)).isNotEqualTo(first);
        admin("get admins -o name");
        assertThat(out.toString()).contains("admin/ops\n");
    }

    @Test
    void aLeaseIsExplained() {
        lease("l9", "somebody");
        assertThat(execute("explain", "lease", "l9", "-n", "gone", "--data", data.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString()).startsWith("lease l9: ").contains("client somebody asked for");
        assertThat(execute("explain", "lease", "none", "--data", data.toString()))
                .isEqualTo(ExitCode.NOT_FOUND);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "admin | what should be done? (one of: create, get",
                "admin creat | what is \"creat\"? (did you mean create?)",
                "admin create clint x | what is \"clint\"? (did you mean client?)",
                "admin create client | create client: the NAME is missing",
                "admin create client x y | what is \"y\"?",
                "admin create client x -l a | --labels a (expected: KEY=VALUE)",
                "admin create lease x | leases are made by clients",
                "admin create policy x | a policy requires --file FILE",
                "admin create node x | create node requires --out FILE",
                "admin update exporter x | what should be changed?",
                "admin update exporter x --enable --disable | --enable and --disable cannot be combined",
                "admin update client x --enable | --enable is for exporters",
                "admin get client -o xml | --output xml (expected one of: table, json, yaml, name)",
                "admin get client --data a --endpoint b:1 | only one of --data, --endpoint and --admin-config",
                "admin get client --endpoint b:1 | --endpoint requires --token-file",
                "admin get client --ca x | --token-file and --ca require --endpoint",
                "admin get audit --limit 0 | --limit 0 (expected: 1..9999)",
                "explain lease | expected: explain lease NAME",
                "get boards | expected: get exporters, leases or nodes",
                "completion tcsh | which shell?",
            })
    void aLineThatMakesNoSenseIsTold(String line, String text) {
        assertThat(execute(line.split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(text);
    }

    private void lease(String name, String client) {
        Lease lease = new Lease(
                new ObjectName("gone", name),
                "uid",
                client,
                new Lease.Wish("a=b", "a=b", null, Map.of(), Map.of(), false),
                new Lease.Time(Duration.ofHours(1), null, null),
                null,
                null,
                List.of(),
                Instant.ofEpochMilli(cluster.time()));
        assertThat(writer.leases().create(lease).succeeded()).isTrue();
    }

    private ExitCode admin(String line) {
        List<String> words = new ArrayList<>(List.of("admin"));
        words.addAll(Arrays.asList(line.split(" ")));
        words.addAll(List.of("--data", data.toString()));
        return execute(words.toArray(new String[0]));
    }

    private ExitCode execute(String... line) {
        out = new StringWriter();
        err = new StringWriter();
        return Rigbus.execute(new Console(new PrintWriter(out), new PrintWriter(err)), line);
    }

    /** Keeps entries in memory; one node never answers. */
    private static final class Audit implements AuditLog {
        private final List<Entry> entries = new CopyOnWriteArrayList<>();

        List<String> lines() {
            return entries.stream()
                    .map(e -> e.actor() + " " + e.action() + " " + e.object() + " " + e.outcome())
                    .toList();
        }

        @Override
        public Future<Void> append(Entry entry) {
            entries.add(entry);
            return Future.succeededFuture();
        }

        @Override
        public Future<Page> read(long from, long until, int limit) {
            return Future.succeededFuture(new Page(List.copyOf(entries), Set.of("rack-9")));
        }
    }

    /** Takes note of what it is asked for. */
    private static final class NoBundles implements LabBundles {
        @Override
        public Future<Long> put(String hash, long offset, byte[] piece, boolean last) {
            return Future.failedFuture("none here");
        }

        @Override
        public Future<Bundle> change(Wish wish) {
            return Future.failedFuture("none here");
        }

        @Override
        public Future<List<Bundle>> all() {
            return Future.succeededFuture(List.of());
        }
    }

    private static final class Applied implements LabBoards {
        private final List<Wish> wishes = new ArrayList<>();

        @Override
        public Future<LabBoards.Applied> apply(Wish wish) {
            wishes.add(wish);
            return wish.text().isEmpty()
                    ? Future.failedFuture(new StatusException(Code.INVALID_ARGUMENT, wish.file() + ": is empty"))
                    : Future.succeededFuture(
                            new LabBoards.Applied(new ObjectName("default", "board"), "n1", "created"));
        }

        @Override
        public boolean isApplied(ObjectName exporter) {
            return false;
        }

        @Override
        public Future<Void> forget(ObjectName exporter) {
            return Future.succeededFuture();
        }
    }

    private static final class Nodes implements LabNodes {
        @Override
        public List<Fact> all() {
            @Nullable Instant since = null;
            return List.of(new Fact("rack-1", "up", "rack-1:8082", "1.0", since));
        }

        @Override
        public Future<Invitation> invite(String name) {
            return Future.succeededFuture(new Invitation("token-of-" + name, Instant.EPOCH));
        }

        @Override
        public Future<Void> revoke(String name) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> drain(String name) {
            return Future.succeededFuture();
        }
    }
}
