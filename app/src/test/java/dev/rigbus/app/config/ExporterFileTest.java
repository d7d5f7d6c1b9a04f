package dev.rigbus.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.driver.Problem;
import dev.rigbus.kernel.session.HookSpec;
import dev.rigbus.kernel.session.HookSpec.OnFailure;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.NodeSpec.GroupSpec;
import dev.rigbus.kernel.tree.NodeSpec.RefSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExporterFileTest {
    /** Three lines, so that what a test adds begins in line 4. */
    private static final String HEAD = """
            apiVersion: jumpstarter.dev/v1alpha1
            kind: ExporterConfig
            metadata: {namespace: default, name: shelf-3}
            """;

    @TempDir
    private Path room;

    @Test
    void aWholeFileIsRead() throws IOException {
        ExporterFile file = read(HEAD + """
                        description: a board
                        export:
                          board:
                            children:
                              power:
                                type: a.Power
                                description: the plug
                                methods_description: {"on": switches it on, "off": and off}
                                config: {outlet: 3, volts: 1.5, "on": true, names: [a, b], deep: {x: null}}
                          alias:
                            ref: board.power
                        hooks:
                          beforeLease: {script: "true"}
                          afterLease: {script: j power off, exec: /bin/bash, timeout: 7, onFailure: endLease}
                        """);
        assertThat(file.faults()).isEmpty();
        assertThat(file.spec().name()).isEqualTo("shelf-3");
        assertThat(file.spec().description()).isEqualTo("a board");
        assertThat(file.spec().export()).containsOnlyKeys("board", "alias");
        GroupSpec board = node(GroupSpec.class, file.spec().export(), "board");
        DriverSpec power = node(DriverSpec.class, board.children(), "power");
        assertThat(power.key()).isEqualTo("export.board.children.power");
        assertThat(power.type()).isEqualTo("a.Power");
        assertThat(power.description()).isEqualTo("the plug");
        assertThat(power.methodDescriptions())
                .containsExactlyInAnyOrderEntriesOf(Map.of("on", "switches it on", "off", "and off"));
        assertThat(power.config().toString()).isEqualTo("{outlet=3, volts=1.5, on=true, names=[a, b], deep={x=null}}");
        assertThat(file.spec().export().get("alias")).isEqualTo(new RefSpec("export.alias", "board.power"));
        assertThat(file.spec().beforeLease())
                .isEqualTo(new HookSpec("true", null, Duration.ofSeconds(120), OnFailure.WARN));
        assertThat(file.spec().afterLease())
                .isEqualTo(new HookSpec("j power off", "/bin/bash", Duration.ofSeconds(7), OnFailure.END_LEASE));
    }

    /** What Jumpstarter takes, and what it takes without using it, loads here too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "endpoint: lab:443\ntoken: t\ntls: {ca: '', insecure: true}\ngrpcOptions: {grpc.x: 1}\n",
                "failureDetection: {maxRapidFailures: 1, rapidFailureWindow: 9}\n",
                "motd: hello\nexitOnLeaseEnd: true\n",
                "hooks: {before_lease: {script: a, timeout: '5', on_failure: exit, exec_: sh}}\n",
                "export: {}\n",
                "export: {a: {}, b: {children: {c: {type: t, config: {}}}}, d: {ref: b.c}}\n",
                "export:\n  a: &a {type: t, config: {x: 1}}\n  b: *a\n  c: {<<: *a, description: other}\n",
                "export: {'on': {type: t}, 1: {type: t, config: {2: x}}}\n",
                "description: >-\n  folded\n  text\n",
                "# only a comment\n---\n"
            })
    void whatJumpstarterTakesLoads(String text) throws IOException {
        String whole = text.endsWith("---\n") ? text + HEAD : HEAD + text;
        assertThat(read(whole).faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "export: [              |5: broken YAML: while parsing a flow node: expected the node content, but found '<stream end>'",
                "a: b: c                |4: broken YAML: mapping values are not allowed here",
                "\\tx: 1                |4: broken YAML: while scanning for the next token: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)",
                "kind: ExporterConfig   |4: kind: is there twice, first in line 2",
                "export: {a: {type: t, type: u}} |4: export.a.type: is there twice, first in line 4",
                "exports: {}            |4: exports: unknown key (did you mean export?)",
                "export: {a: {typ: t}}  |4: export.a.typ: unknown key (did you mean type?)",
                "export: {a: }          |4: export.a: is empty (expected: type, ref or children)",
                "export: {a: t}         |4: export.a: \"t\" (expected: a map)",
                "export: []             |4: export: [] (expected: a map)",
                "export: {a: {type: 5}} |4: export.a.type: 5 (expected: a text; put quotes around it)",
                "export: {a: {type: t, config: [x]}} |4: export.a.config: [x] (expected: a map)",
                "export: {a: {config: {x: 1}}} |4: export.a.type: is missing",
                "export: {a: {type: t, ref: b}} |4: export.a.ref: stands beside type; a node has one of type, ref and children",
                "export: {a: {children: {}, ref: b}} |4: export.a.ref: stands beside children; a node has one of type, ref and children",
                "export: {a: {ref: b, description: x}} |4: export.a.description: unknown key (known here: children, ref, type)",
                "export: {a: {type: t, methods_description: {x: {}}}} |4: export.a.methods_description.x: {} (expected: a text)",
                "export: {[a]: {}}      |4: export: has a key that is no text",
                "description: 5         |4: description: 5 (expected: a text; put quotes around it)",
                "description: !!set {}  |4: description: {} (expected: a text; put quotes around it)",
                "description: !x y      |4: description: has the unknown tag !x",
                "token: 017             |4: token: 017 is octal in YAML 1.1 and decimal in YAML 1.2; write it without the leading zero, or put quotes around it",
                "hooks: {beforeLease: {}} |4: hooks.beforeLease.script: is missing",
                "hooks: {beforeLease: {script: a, timeout: soon}} |4: hooks.beforeLease.timeout: \"soon\" (expected: a duration such as 250ms, 5s or 2h)",
                "hooks: {beforeLease: {script: a, timeout: 1_0}} |4: hooks.beforeLease.timeout: \"1_0\" (expected: a duration such as 250ms, 5s or 2h); in YAML 1.2 1_0 is a text; write a plain decimal number",
                "hooks: {beforeLease: {script: a, onFailure: stop}} |4: hooks.beforeLease.onFailure: \"stop\" (expected one of: warn, endLease, exit)",
                "export: {a: {type: t, methods_description: {on: x}}} |4: export.a.methods_description.on: is no text in YAML 1.1; put quotes around this key",
                "hooks: {beforLease: {}} |4: hooks.beforLease: unknown key (did you mean beforeLease?)",
                "x: &a {b: *a}          |4: x.b: is an alias of something that it is part of",
            })
    void aFaultIsNamedWithItsLine(String text, String fault) throws IOException {
        assertThat(faults(HEAD + text.replace("\\t", "\t") + "\n"))
                .contains(fault.replace("\\t", fault.startsWith("4: broken") ? "\\t" : "\t"));
    }

    @Test
    void allFaultsAreToldInOneGoInTheOrderOfTheFile() throws IOException {
        assertThat(faults("""
                        apiVersion: jumpstarter.dev/v2
                        kind: Exporter
                        metadata:
                          nam: x

                        export:
                          a:
                            type: 1
                          b: 2
                        """))
                .containsExactlyInAnyOrder(
                        "1: apiVersion: \"jumpstarter.dev/v2\" (expected one of: jumpstarter.dev/v1alpha1)",
                        "2: kind: \"Exporter\" (expected one of: ExporterConfig)",
                        "3: metadata.namespace: is missing",
                        "3: metadata.name: is missing",
                        "4: metadata.nam: unknown key (did you mean name?)",
                        "8: export.a.type: 1 (expected: a text; put quotes around it)",
                        "9: export.b: 2 (expected: a map)");
    }

    @Test
    void aMergedMapGivesWhatTheMapItselfDoesNotSay() throws IOException {
        ExporterFile file =
                read(HEAD + "export:\n  a: &a {type: t, description: one}\n  b:\n    description: two\n    <<: *a\n");
        assertThat(file.faults()).isEmpty();
        DriverSpec merged = node(DriverSpec.class, file.spec().export(), "b");
        assertThat(List.of(merged.type(), String.valueOf(merged.description()))).containsExactly("t", "two");
        assertThat(faults(HEAD + "export:\n  a: {<<: 5}\n"))
                .singleElement()
                .asString()
                .contains("broken YAML: Expected mapping node");
    }

    @Test
    void theEnvironmentGivesNameAndNamespaceAsWithJumpstarter() throws IOException {
        Path path = Files.writeString(room.resolve("e.yaml"), "metadata: {}\n");
        ExporterFile file = ExporterFile.read(path, Map.of("JMP_NAME", "n", "JMP_NAMESPACE", "s"));
        assertThat(file.faults()).isEmpty();
        assertThat(file.spec().name()).isEqualTo("n");
    }

    @Test
    void whatADriverSaysOfItsSettingsGetsItsLineAndTheYaml11Hint() throws IOException {
        ExporterFile file =
                read(HEAD + "export:\n  a:\n    type: t\n    config:\n      read_only: yes\n      list: [1, 2]\n");
        List<Fault> faults = file.faultsWith(List.of(
                new Problem("export.a.config.list[1]", "too small"),
                new Problem("export.a.config.read_only", "\"yes\" (expected: true or false)"),
                new Problem("export.a.config.port", "is missing")));
        assertThat(faults.stream().map(ExporterFileTest::short_))
                .containsExactly(
                        "7: export.a.config.port: is missing",
                        "8: export.a.config.read_only: \"yes\" (expected: true or false); in YAML 1.2 yes is a text; write true",
                        "9: export.a.config.list[1]: too small");
    }

    @Test
    void filesThatCannotBeReadAreNamed() throws IOException {
        assertThat(faults(room.resolve("none.yaml"))).containsExactly("0: no such file");
        assertThat(faults(room)).containsExactly("0: is a directory");
        assertThat(faults("")).containsExactly("0: is empty");
        assertThat(faults("- a\n")).containsExactly("1: holds no map of keys and values");
        Path latin = Files.write(room.resolve("latin.yaml"), new byte[] {'a', ':', (byte) 0xe4});
        assertThat(faults(latin)).containsExactly("0: is not UTF-8 text");
        Path large = Files.writeString(room.resolve("large.yaml"), "#".repeat(YamlFile.MOST_BYTES + 1));
        assertThat(faults(large)).containsExactly("0: is larger than 1048576 bytes");
        assertThat(new Fault(Path.of("e.yaml"), 0, "", "no such file")).hasToString("e.yaml: no such file");
    }

    @Test
    void hostileYamlIsRefusedQuickly() throws IOException {
        assertThat(faults("a: " + "[".repeat(100_000))).containsExactly("1: is nested deeper than 64 levels");
        StringBuilder lists = new StringBuilder(HEAD + "x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
        StringBuilder merges = new StringBuilder(HEAD + "x0: &x0 {a: 1}\n");
        for (int i = 1; i < 12; i++) {
            String nine = String.join(", ", java.util.Collections.nCopies(9, "*x" + (i - 1)));
            lists.append("x" + i + ": &x" + i + " [" + nine + "]\n");
            merges.append("x" + i + ": &x" + i + " {<<: [" + nine + "]}\n");
        }
        assertThat(faults(lists.toString())).anyMatch(fault -> fault.contains("more than 50000 values"));
        assertThat(faults(merges.toString())).hasSize(12).allMatch(fault -> fault.contains("unknown key"));
    }

    private static <T extends NodeSpec> T node(Class<T> kind, Map<String, NodeSpec> nodes, String name) {
        return kind.cast(Objects.requireNonNull(nodes.get(name)));
    }

    private ExporterFile read(String text) throws IOException {
        return ExporterFile.read(Files.writeString(room.resolve("e.yaml"), text), Map.of());
    }

    private List<String> faults(String text) throws IOException {
        return faults(Files.writeString(room.resolve("e.yaml"), text));
    }

    private static List<String> faults(Path path) {
        return ExporterFile.read(path, Map.of()).faults().stream()
                .map(ExporterFileTest::short_)
                .toList();
    }

    private static String short_(Fault fault) {
        return fault.line() + ": " + (fault.key().isEmpty() ? "" : fault.key() + ": ") + fault.text();
    }
}
