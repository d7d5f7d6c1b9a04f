package dev.rigbus.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.app.config.NodeConfig.Authentication;
import dev.rigbus.app.config.NodeConfig.Beacon;
import dev.rigbus.app.config.NodeConfig.Board;
import dev.rigbus.app.config.NodeConfig.Database;
import dev.rigbus.app.config.NodeConfig.Issuer;
import dev.rigbus.app.config.NodeConfig.LeasePolicy;
import dev.rigbus.app.config.NodeConfig.Tls;
import dev.rigbus.kernel.bundle.BundlePolicy;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeFileTest {
    private static final DriverCatalog NOTHING = DriverCatalog.of(List.of());

    /** Two lines, so that what a test adds begins in line 3. */
    private static final String HEAD = """
            apiVersion: rigbus.dev/v1
            kind: Node
            """;

    @TempDir
    private Path room;

    @Test
    void aWholeFileIsRead() throws IOException {
        for (String name : List.of("join", "cert.pem", "key.pem", "password")) {
            Files.writeString(room.resolve(name), "x");
        }
        NodeConfig config = valid(HEAD + """
                name: rack-1
                listen: 8100
                advertise: rack-1.example.net
                data: state
                namespace: lab
                join: [rack-2, "rack-3:9000", "[fd00::3]:9000"]
                joinTokenFile: join
                beacon: {group: 239.1.2.3, port: 7000, interface: eth1}
                tls: {certificate: cert.pem, key: key.pem}
                database: {url: "jdbc:postgresql://db/rigbus", user: rigbus, passwordFile: password}
                authentication:
                  internal: {tokenLifetime: 90d}
                  autoProvisioning: {enabled: true}
                  jwt:
                    - issuer:
                        url: https://sso.example.net/realm
                        audiences: [jumpstarter-cli]
                        audienceMatchPolicy: MatchAny
                        certificateAuthority: |
                          -----BEGIN CERTIFICATE-----
                      claimMappings: {username: {claim: email, prefix: "sso:"}}
                leasePolicy: {maxTags: 3, unusedAfter: 2h, abandonedAfter: never, grace: 250ms, retention: 3d}
                hiddenLabels: [secret]
                deprecatedLabels: {board: use example.com/board}
                metrics: {listen: 9100}
                drivers: mine
                eventLoops: 3
                bundles: {rights: [native, network]}
                labels: {rack: 1}
                """);
        assertThat(config)
                .isEqualTo(new NodeConfig(
                        "rack-1",
                        Map.of("rack", "1"),
                        new HostPort("0.0.0.0", 8100),
                        new HostPort("rack-1.example.net", 8100),
                        room.resolve("state"),
                        "lab",
                        List.of(
                                new HostPort("rack-2", 8082),
                                new HostPort("rack-3", 9000),
                                new HostPort("fd00::3", 9000)),
                        room.resolve("join"),
                        new Beacon("239.1.2.3", 7000, "eth1"),
                        new Tls(room.resolve("cert.pem"), room.resolve("key.pem")),
                        new Database("jdbc:postgresql://db/rigbus", "rigbus", room.resolve("password")),
                        List.of(),
                        new Authentication(
                                Duration.ofDays(90),
                                List.of(new Issuer(
                                        "https://sso.example.net/realm",
                                        List.of("jumpstarter-cli"),
                                        "-----BEGIN CERTIFICATE-----\n",
                                        "email",
                                        "sso:")),
                                true),
                        new LeasePolicy(3, Duration.ofHours(2), null, Duration.ofMillis(250), Duration.ofDays(3)),
                        List.of("secret"),
                        Map.of("board", "use example.com/board"),
                        new HostPort("127.0.0.1", 9100),
                        room.resolve("mine"),
                        new BundlePolicy(List.of("native", "network"), List.of()),
                        3));
    }

    @Test
    void aFileThatSaysNothingIsALabOfOneHost() throws IOException {
        assertThat(valid(HEAD)).isEqualTo(NodeConfig.usual());
        assertThat(NodeConfig.usual().listen()).hasToString("0.0.0.0:8082");
        assertThat(NodeConfig.usual().namespace()).isEqualTo("default");
        assertThat(NodeConfig.usual().leasePolicy().maxTags()).isEqualTo(10);
    }

    @Test
    void exportersStandInFilesOfTheirOwnOrInThisOne() throws IOException {
        Files.createDirectory(room.resolve("boards"));
        Files.writeString(room.resolve("boards/a.yaml"), exporter("a", "other"));
        Files.writeString(room.resolve("b.yaml"), exporter("b", "lab"));
        List<Board> boards = valid(HEAD + """
                namespace: lab
                exporters:
                  - boards/a.yaml
                  - {file: b.yaml, labels: {board: rpi4, slot: 3}}
                  - metadata: {name: c}
                    labels: {example.com/board: qemu}
                    export: {serial: {type: t}}
                """).boards();
        assertThat(boards).extracting(Board::namespace).containsExactly("other", "lab", "lab");
        assertThat(boards).extracting(board -> board.file().spec().name()).containsExactly("a", "b", "c");
        assertThat(boards)
                .extracting(Board::labels)
                .containsExactly(Map.of(), Map.of("board", "rpi4", "slot", "3"), Map.of("example.com/board", "qemu"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "kind: Nod                 |3: kind: is there twice, first in line 2",
                "lisen: 8082               |3: lisen: unknown key (did you mean listen?)",
                "listen: rack:x            |3: listen: \"rack:x\" (expected: [HOST:]PORT)",
                "listen: 70000             |3: listen: \"70000\" (expected: [HOST:]PORT)",
                "advertise: ':80'          |3: advertise: \":80\" (expected: HOST:PORT)",
                "join: rack-2              |3: join: \"rack-2\" (expected: a list of texts)",
                "join: ['rack-2:']         |3: join[0]: \"rack-2:\" (expected: HOST or HOST:PORT)",
                "beacon: here              |3: beacon: here (expected: true, false, or a map with group, port and interface)",
                "tls: {key: ROOM/e.yaml}   |3: tls.certificate: is missing (certificate and key belong together)",
                "tls: {key: none}          |3: tls.key: ROOM/none: no such file",
                "joinTokenFile: .          |3: joinTokenFile: ROOM/. is no file",
                "database: {url: 'mysql:'} |3: database.url: \"mysql:\" (expected: jdbc:postgresql://HOST[:PORT]/DATABASE)",
                "database: {}              |3: database.url: is missing",
                "exporters: {}             |3: exporters: {} (expected: a list)",
                "exporters: [5]            |3: exporters[0]: 5 (expected: the path of an exporter's file, or what stands in such a file)",
                "exporters: [none.yaml]    |3: exporters[0]: ROOM/none.yaml: no such file",
                "exporters: [{file: e.yaml, label: {}}] |3: exporters[0].label: unknown key (did you mean labels?)",
                "exporters: [{metadata: {name: a}, exprt: {}}] |3: exporters[0].exprt: unknown key (did you mean export?)",
                "exporters: [{metadata: {name: a}, export: {x: {type: t}}}] |3: exporters[0].export.x.type: Driver 't' is not installed. Known: jumpstarter_driver_composite.driver.Composite",
                "exporters: [{metadata: {name: a}}, {metadata: {name: a}}] |3: exporters[1]: is the second exporter with the name a",
                "authentication: {jwt: [{issuer: {url: 'http://x'}}]} |3: authentication.jwt[0].issuer.url: \"http://x\" (expected: a URL with the scheme https)",
                "authentication: {jwt: [{issuer: {url: 'https://x'}}]} |3: authentication.jwt[0].issuer.audiences: is missing (expected: for whom tokens are made, such as jumpstarter-cli)",
                "authentication: {jwt: [{claimValidationRules: []}]} |3: authentication.jwt[0].claimValidationRules: unknown key (known here: claimMappings, issuer)",
                "authentication: {jwt: [x]} |3: authentication.jwt[0]: x (expected: a map)",
                "leasePolicy: {unusedAfter: soon} |3: leasePolicy.unusedAfter: \"soon\" (expected: a duration such as 250ms, 5s or 2h)",
                "leasePolicy: {retention: 0s} |3: leasePolicy.retention: 0 (expected: more than that)",
            })
    void aFaultIsNamedWithItsLine(String text, String fault) throws IOException {
        assertThat(faults(HEAD + text.replace("ROOM", room.toString()) + "\n"))
                .contains(fault.replace("ROOM", room.toString()));
    }

    @Test
    void allFaultsAreToldInOneGoThoseOfItsExportersToo() throws IOException {
        Path board = Files.writeString(room.resolve("a.yaml"), exporter("a", "lab") + "descripton: x\n");
        Path node = Files.writeString(room.resolve("node.yaml"), HEAD + "exporters: [a.yaml]\nlisten: x y\nnam: n\n");
        assertThat(NodeFile.read(node, Map.of()).check(NOTHING))
                .extracting(Fault::toString)
                .containsExactly(
                        node + ":4: listen: \"x y\" (expected: [HOST:]PORT)",
                        node + ":5: nam: unknown key (did you mean name?)",
                        board + ":3: descripton: unknown key (did you mean description?)");
    }

    @Test
    void aNodeIsToldFromAnExporter() throws IOException {
        assertThat(NodeFile.isMeant(Files.writeString(room.resolve("n.yaml"), "kind: Node\n")))
                .isTrue();
        assertThat(NodeFile.isMeant(Files.writeString(room.resolve("a.yaml"), exporter("a", "lab"))))
                .isFalse();
        assertThat(NodeFile.isMeant(room.resolve("none.yaml"))).isFalse();
    }

    private static String exporter(String name, String namespace) {
        return "kind: ExporterConfig\nmetadata: {name: " + name + ", namespace: " + namespace + "}\n";
    }

    private NodeConfig valid(String text) throws IOException {
        NodeFile file = NodeFile.read(Files.writeString(room.resolve("e.yaml"), text), Map.of("JMP_NAME", "not used"));
        assertThat(file.check(NOTHING).stream().filter(fault -> !fault.text().startsWith("Driver 't'")))
                .isEmpty();
        return file.config();
    }

    private List<String> faults(String text) throws IOException {
        Path path = Files.writeString(room.resolve("e.yaml"), text);
        return NodeFile.read(path, Map.of()).check(NOTHING).stream()
                .map(fault -> fault.line() + ": " + fault.key() + ": " + fault.text())
                .toList();
    }
}
