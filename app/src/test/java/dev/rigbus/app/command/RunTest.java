package dev.rigbus.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path room;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(room.resolve("pem"), "x");
        Files.writeString(room.resolve("empty"), "\n");
    }

    /** Every rule that the flags have among themselves. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run | one of --exporter-config and --exporter should be given",
                "run --exporter-config e --exporter e | only one of --exporter-config and --exporter should be given",
                "run --exporter-config e | this version does not register with a controller",
                "run --exporter-config e --tls-grpc-insecure | require --tls-grpc-listener",
                "run --exporter-config e --passphrase x | require --tls-grpc-listener",
                "run --exporter-config e --tls-grpc-listener 1 | requires either --tls-grpc-insecure or --tls-cert and --tls-key",
                "run --exporter-config e --tls-grpc-listener 1 --tls-cert pem | requires either --tls-grpc-insecure or --tls-cert and --tls-key",
                "run --exporter-config e --tls-grpc-listener 1 --tls-grpc-insecure --tls-cert pem | cannot be combined with --tls-cert / --tls-key",
                "run --exporter-config e --tls-grpc-listener 1 --tls-cert pem --tls-key none | --tls-key ROOM/none: no such file",
                "run --exporter-config e --tls-grpc-listener 0 --tls-grpc-insecure | port must be between 1 and 65535, got 0",
                "run --exporter-config e --tls-grpc-listener 65536 --tls-grpc-insecure | port must be between 1 and 65535, got 65536",
                "run --exporter-config e --tls-grpc-listener a: --tls-grpc-insecure | port must be an integer, got ''",
                "run --exporter-config e --tls-grpc-listener b:c --tls-grpc-insecure | port must be an integer, got 'c'",
                "run --exporter-config e --tls-grpc-listener 1 --tls-grpc-insecure --passphrase= | --passphrase: the passphrase is empty",
                "run --exporter-config e --tls-grpc-listener 1 --tls-grpc-insecure --passphrase ä | printable ASCII",
                "run --exporter-config e --tls-grpc-listener 1 --tls-grpc-insecure --passphrase-file empty | the passphrase is empty",
                "run --exporter-config e --tls-grpc-listener 1 --tls-grpc-insecure --passphrase a --passphrase-file pem | cannot be combined",
                "run --exporter-config e --tls-grpc-listener 1 --tls-grpc-insecur | unknown flag --tls-grpc-insecur (did you mean --tls-grpc-insecure?)",
                "run --exporter-config e --tls-grpc-listener | --tls-grpc-listener needs a value",
                "run --tls-grpc-insecure=yes | --tls-grpc-insecure takes no value",
                "run e | what is \"e\"? run takes flags only",
                "run --log-level LOUD | --log-level LOUD (expected one of: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL)",
                "--log-level LOUD run | --log-level LOUD",
                "--version=1 | --version takes no value",
                "check | which FILE?",
                "chek e | there is no command chek (did you mean check?)",
                "--log-level DEBUG | a command is missing",
            })
    void aCommandLineThatMakesNoSenseEndsWithTwo(String words, String text) {
        assertThat(rigbus(words)).isEqualTo(2);
        assertThat(err.toString()).contains(text.strip().replace("ROOM", room.toString()));
        assertThat(err.toString()).doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsAFailure() {
        assertThat(rigbus("run --exporter-config e.yaml --tls-grpc-listener 127.0.0.1:1 --tls-grpc-insecure"))
                .isEqualTo(1);
        assertThat(err).hasToString(room.resolve("e.yaml") + ": no such file\n");
    }

    @Test
    void helpAndVersionAreNoFailures() {
        assertThat(rigbus("--help")).isZero();
        assertThat(rigbus("run --help")).isZero();
        assertThat(rigbus("check -h")).isZero();
        assertThat(rigbus("--version")).isZero();
        assertThat(rigbus("-V")).isZero();
        assertThat(rigbus("--log-level debug version")).isZero();
        assertThat(rigbus("version")).isZero();
        assertThat(out.toString())
                .contains("--tls-grpc-listener", "rigbus (not packaged) on Java " + Runtime.version());
    }

    private int rigbus(String words) {
        String[] arguments = words.strip().split(" ");
        for (int i = 1; i < arguments.length; i++) {
            if (arguments[i - 1].matches("--(tls-cert|tls-key|passphrase-file|exporter-config)")) {
                arguments[i] = room.resolve(arguments[i]).toString();
            }
        }
        return Rigbus.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
