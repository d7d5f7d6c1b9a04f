package dev.rigbus.drivers.shell;

import static dev.rigbus.drivers.testing.Eventually.eventually;
import static dev.rigbus.drivers.testing.FakeContext.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.drivers.testing.FakeContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellTest {
    private final FakeContext context = FakeContext.create();
    private final Map<String, Object> methods = new LinkedHashMap<>();
    private final Map<String, Object> config = new LinkedHashMap<>(Map.of("methods", methods));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path dir;

    @AfterEach
    void closeContext() {
        context.close();
    }

    private Shell shell() throws Exception {
        return (Shell) new ShellProvider().types().get(0).create(Settings.of("export.shell.config", config), context);
    }

    private List<List<@Nullable Object>> run(String script, Map<String, ?> env, String... args) throws Exception {
        methods.put("m", script);
        try (Stream<List<@Nullable Object>> items = shell().callMethod("m", env, args)) {
            return items.toList();
        }
    }

    private static String stdout(List<List<@Nullable Object>> items) {
        StringBuilder text = new StringBuilder();
        items.forEach(item -> text.append(item.get(0)));
        return text.toString();
    }

    @Test
    void namesItsMethodsInTheOrderOfTheFile() throws Exception {
        List.of("ls", "echo", "both", "env1").forEach(name -> methods.put(name, "true"));
        methods.put("slow", Map.of("command", "sleep 5", "description", "Sleeps", "timeout", 1));
        assertThat(await(shell().getMethods())).containsExactly("ls", "echo", "both", "env1", "slow");
        assertThat(shell().methodDescriptions()).isEqualTo(Map.of("slow", "Sleeps"));
    }

    @Test
    void answersWithOutputErrorsAndCodeInOneItem() throws Exception {
        assertThat(run("echo out; echo err >&2; exit 3", Map.of())).containsExactly(List.of("out\n", "err\n", 3));
        assertThat(run("echo $1", Map.of(), "hi there")).containsExactly(List.of("hi there\n", "", 0));
        assertThat(run("echo $ENV1", Map.of("ENV1", "v"))).containsExactly(List.of("v\n", "", 0));
    }

    @Test
    void runsEchoHelloWhereThereIsNoCommand() throws Exception {
        methods.put("hello", Map.of("description", "greets"));
        assertThat(shell().callMethod("hello", Map.of()).toList()).containsExactly(List.of("Hello\n", "", 0));
    }

    @Test
    void sendsOutputWhileTheScriptRuns() throws Exception {
        Path go = dir.resolve("go");
        methods.put("m", "echo one; until [ -e \"$1\" ]; do sleep 0.01; done; echo two");
        try (Stream<List<@Nullable Object>> items = shell().callMethod("m", Map.of(), go.toString())) {
            Iterator<List<@Nullable Object>> each = items.iterator();
            assertThat(each.next()).containsExactly("one\n", "", null);
            Files.createFile(go);
            assertThat(each.next()).startsWith("two\n");
        }
    }

    @Test
    void cutsLongOutputIntoItemsAndKeepsEveryCharacter() throws Exception {
        List<List<@Nullable Object>> items =
                run("for i in $(seq 20000); do printf 'ä€%s,' $i; done; sleep 0.2", Map.of());
        StringBuilder expected = new StringBuilder();
        for (int i = 1; i <= 20000; i++) {
            expected.append("ä€").append(i).append(',');
        }
        assertThat(stdout(items)).isEqualTo(expected.toString());
        assertThat(items.subList(0, items.size() - 1))
                .allSatisfy(
                        item -> assertThat(String.valueOf(item.get(0)).length()).isLessThanOrEqualTo(1024));
    }

    @Test
    void replacesWhatIsNotUtf8() throws Exception {
        assertThat(run("printf 'a\\377b'", Map.of())).containsExactly(List.of("a\ufffdb", "", 0));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        methods.put("a", "true");
        methods.put("it's", "true");
        assertThatThrownBy(() -> shell().callMethod("x", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Method 'x' not found in available methods: ['a', \"it's\"]");
        assertThatThrownBy(() -> shell().callMethod("a", Map.of("V", 5.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Environment variable 'V' must be a string, got <class 'float'>");
        assertThatThrownBy(() -> shell().callMethod("a", Map.of(), "a\0b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("embedded null byte");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LD_PRELOAD",
                "LD_ANYTHING",
                "PATH",
                "PYTHONPATH",
                "BASH_ENV",
                "KUBECONFIG",
                "HOME",
                "BASH_FUNC_ls",
                "SHELLOPTS",
                "PS4"
            })
    void r50_blocksVariablesThatChangeWhatRuns(String name) {
        methods.put("m", "true");
        assertThatThrownBy(() -> shell().callMethod("m", Map.of(name, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Environment variable '" + name + "' is blocked for security reasons");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a-b", "", "1a", "a b", "BASH_FUNC_ls%%", "a=b", "a\nb"})
    void r50_refusesNamesThatAreNoNames(String name) {
        methods.put("m", "true");
        assertThatThrownBy(() -> shell().callMethod("m", Map.of(name, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid environment variable name: " + name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "it's",
                "\"",
                "; touch hacked",
                "$(touch hacked)",
                "`touch hacked`",
                "-n",
                "--help",
                "-c",
                "a\nb",
                "*",
                "",
                "&& touch hacked"
            })
    void r53_takesArgumentsAndVariablesAsTheyAre(String text) throws Exception {
        config.put("cwd", dir.toString());
        assertThat(stdout(run("printf '%s|' \"$0\" \"$@\" \"$V\"", Map.of("V", text), text, "last")))
                .isEqualTo("m|" + text + "|last|" + text + "|");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void r53_takesAnyNameOfAMethodAsData() throws Exception {
        methods.put("-c $(touch hacked)", "echo \"$0\"");
        config.put("cwd", dir.toString());
        assertThat(shell().callMethod("-c $(touch hacked)", Map.of()).toList())
                .containsExactly(List.of("-c $(touch hacked)\n", "", 0));
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void saysWhatTimedOutAsPythonWould() throws Exception {
        methods.put("slow", Map.of("command", "sleep 5", "timeout", 1));
        assertThat(shell().callMethod("slow", Map.of()).toList())
                .containsExactly(List.of(
                        "",
                        "\nTimeout expired while running slow: Command '['bash', '-c', 'sleep 5', 'slow']' timed out after 1 seconds\n",
                        199));
    }

    @Test
    void letsAScriptCleanUpWhenItsTimeIsOver() throws Exception {
        methods.put(
                "slow", Map.of("command", "trap 'echo bye; exit' TERM; while :; do sleep 0.05; done", "timeout", 1));
        List<List<@Nullable Object>> items =
                shell().callMethod("slow", Map.of()).toList();
        assertThat(stdout(items)).isEqualTo("bye\n");
        assertThat(items.get(items.size() - 1).get(2)).isEqualTo(199);
    }

    @Test
    void timesOutEvenIfNobodyTakesTheItems() throws Exception {
        methods.put("slow", Map.of("command", "echo $$; sleep 1000", "timeout", 1));
        Iterator<List<@Nullable Object>> items =
                shell().callMethod("slow", Map.of()).iterator();
        long pid = Long.parseLong(String.valueOf(items.next().get(0)).strip());
        eventually("the script is gone", () -> !alive(pid));
    }

    @Test
    void closingTheStreamEndsGrandchildrenThatIgnoreTheRequest() throws Exception {
        List<Long> pids = new ArrayList<>();
        methods.put("m", "(trap '' TERM HUP; echo $BASHPID; while :; do sleep 0.1; done) & echo $$; wait");
        try (Stream<List<@Nullable Object>> items = shell().callMethod("m", Map.of())) {
            pids.addAll(twoPids(items.iterator()));
        }
        eventually("all are gone", () -> pids.stream().noneMatch(ShellTest::alive));
    }

    @Test
    void cancellingTheCallEndsTheScript() throws Exception {
        methods.put("m", "sleep 1000 & echo $!; echo $$; wait");
        Shell shell = shell();
        List<Long> pids = new CopyOnWriteArrayList<>();
        AtomicReference<@Nullable Throwable> outcome = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                Iterator<List<@Nullable Object>> items =
                        shell.callMethod("m", Map.of()).iterator();
                pids.addAll(twoPids(items));
                items.next();
            } catch (Throwable e) {
                outcome.set(e);
            }
        });
        caller.start();
        eventually("the script runs", () -> pids.size() == 2);
        caller.interrupt();
        caller.join(Duration.ofSeconds(10).toMillis());
        assertThat(outcome.get()).isInstanceOf(CancellationException.class);
        eventually("all are gone", () -> pids.stream().noneMatch(ShellTest::alive));
    }

    @Test
    void closingTheDriverEndsItsScripts() throws Exception {
        methods.put("m", "sleep 1000 & echo $!; echo $$; wait");
        Shell shell = shell();
        List<Long> pids = twoPids(shell.callMethod("m", Map.of()).iterator());
        await(shell.close());
        eventually("all are gone", () -> pids.stream().noneMatch(ShellTest::alive));
    }

    @Test
    void whatAScriptLeavesBehindEndsWithItAndHoldsNothingUp() throws Exception {
        List<List<@Nullable Object>> items = run("yes & sleep 1000 & echo $! >&2; exit 4", Map.of());
        assertThat(items.get(items.size() - 1).get(2)).isEqualTo(4);
        StringBuilder stderr = new StringBuilder();
        items.forEach(item -> stderr.append(item.get(1)));
        long sleeper = Long.parseLong(stderr.toString().strip());
        eventually("what was left behind is gone", () -> !alive(sleeper));
    }

    @Test
    void readsNothingFromTheExportersInput() throws Exception {
        assertThat(run("cat; echo end", Map.of())).containsExactly(List.of("end\n", "", 0));
    }

    @Test
    void saysThatItsDirectoryIsMissingWhenItIsCalled() throws Exception {
        config.put("cwd", dir.resolve("gone").toString());
        assertThatThrownBy(() -> run("true", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Working directory does not exist: " + dir.resolve("gone"));
    }

    @Test
    void refusesAnEmptyScript() {
        assertThatThrownBy(() -> run(" ", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Shell script must be a non-empty string");
    }

    @Test
    void namesEveryProblemOfItsConfiguration() {
        methods.put("number", 5);
        methods.put("typo", Map.of("comand", "true"));
        config.put("shell", List.of());
        assertThatThrownBy(this::shell)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("export.shell.config.methods.number: 5 (expected: a script")
                .hasMessageContaining("export.shell.config.methods.typo.comand: unknown key (did you mean command?)")
                .hasMessageContaining("export.shell.config.shell: is empty");
        config.remove("methods");
        assertThatThrownBy(this::shell).hasMessageContaining("export.shell.config.methods: is missing");
    }

    private static List<Long> twoPids(Iterator<List<@Nullable Object>> items) {
        StringBuilder text = new StringBuilder();
        while (text.chars().filter(c -> c == '\n').count() < 2) {
            text.append(items.next().get(0));
        }
        return text.toString().lines().map(Long::parseLong).toList();
    }

    /** A zombie counts as gone: it runs no more, and init takes it away. */
    private static boolean alive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
