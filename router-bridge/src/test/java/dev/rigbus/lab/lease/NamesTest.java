package dev.rigbus.lab.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.model.ObjectName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    static void refuses(ThrowingCallable call, Code code, String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusException.class, e -> {
            assertThat(e.status().code()).isEqualTo(code);
            assertThat(e.status().text()).isEqualTo(text);
        });
    }

    @Test
    void pathsAreRead() {
        assertThat(Names.namespace("namespaces/lab")).isEqualTo("lab");
        assertThat(Names.object("namespaces/lab/leases/x", Names.LEASES)).isEqualTo(new ObjectName("lab", "x"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x                        | invalid number of segments in identifier "x", expecting 4, got 1
            namespaces/lab/leases    | invalid number of segments in identifier "namespaces/lab/leases", expecting 4, got 3
            n/lab/leases/x           | invalid first segment in identifier "n/lab/leases/x", expecting "namespaces", got "n"
            namespaces/lab/leases/x  | invalid third segment in identifier "namespaces/lab/leases/x", expecting "exporters", got "leases"
            """)
    void otherPathsAreRefused(String path, String text) {
        refuses(() -> Names.object(path, Names.EXPORTERS), Code.INVALID_ARGUMENT, text);
    }

    @Test
    void aParentHasTwoSegments() {
        refuses(
                () -> Names.namespace("lab"),
                Code.INVALID_ARGUMENT,
                "invalid number of segments in identifier \"lab\", expecting 2, got 1");
        refuses(
                () -> Names.namespace("x/lab"),
                Code.INVALID_ARGUMENT,
                "invalid first segment in identifier \"x/lab\", expecting \"namespaces\", got \"x\"");
    }

    @ParameterizedTest
    @CsvSource({"a", "a-b.c", "0", "019a-7"})
    void namesOfObjectsAreDnsNames(String name) {
        Names.check("lease", name);
    }

    @ParameterizedTest
    @CsvSource({"''", "A", "a_b", "-a", "a-", "a..b", "a b", "../a", "a/b", "ä"})
    void othersAreRefused(String name) {
        assertThatThrownBy(() -> Names.check("lease", name))
                .isInstanceOfSatisfying(
                        StatusException.class,
                        e -> assertThat(e.status().code()).isEqualTo(Code.INVALID_ARGUMENT));
        String tooLong = "a".repeat(254);
        assertThatThrownBy(() -> Names.check("lease", tooLong)).isInstanceOf(StatusException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a/b                | v   | tag key "a/b" must not contain '/' (use simple names without prefix)
            jumpstarter.dev    | v   | tag key "jumpstarter.dev" must not use reserved prefix
            metadata.jumpstarter.dev.x | v | tag key "metadata.jumpstarter.dev.x" must not use reserved prefix
            -a                 | v   | tag key "-a" is not a valid label key:
            a                  | -v  | tag value for key "a" is not a valid label value:
            """)
    void tagsAreChecked(String key, String value, String text) {
        assertThatThrownBy(() -> Tags.check(Map.of(key, value), 10))
                .isInstanceOfSatisfying(StatusException.class, e -> {
                    assertThat(e.status().code()).isEqualTo(Code.INVALID_ARGUMENT);
                    assertThat(e.status().text()).startsWith("invalid lease tags: " + text);
                });
    }

    @Test
    void tagsAreCounted() {
        Map<String, String> tags = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            tags.put("t" + i, "");
        }
        Tags.check(tags, 10);
        tags.put("t10", "x");
        refuses(
                () -> Tags.check(tags, 10),
                Code.INVALID_ARGUMENT,
                "invalid lease tags: too many tags: 11 (maximum 10)");
    }

    @Test
    void aContextIsShort() {
        Tags.checkContext(Map.of("k".repeat(32), "v".repeat(64)));
        assertThatThrownBy(() -> Tags.checkContext(Map.of("k".repeat(33), ""))).hasMessageContaining("32");
        assertThatThrownBy(() -> Tags.checkContext(Map.of("k", "v".repeat(65)))).hasMessageContaining("64");
    }

    @Test
    void selectorsFailAsTheirPlaceDemands() {
        String wrong = "unable to parse requirement: found '=', expected: identifier";
        refuses(() -> Wishes.filter("a==="), Code.UNKNOWN, wrong);
        refuses(() -> Wishes.tagFilter("a==="), Code.INVALID_ARGUMENT, "invalid tag_filter: " + wrong);
        refuses(
                () -> Wishes.of("a===", null, Map.of(), Map.of(), false),
                Code.UNKNOWN,
                "failed to parse label selector: " + wrong);
        refuses(
                () -> Wishes.of("a>1", null, Map.of(), Map.of(), false),
                Code.UNKNOWN,
                "unsupported label selector operator: gt");
        refuses(
                () -> Wishes.checkTarget(" ", ""),
                Code.INVALID_ARGUMENT,
                "one of selector or exporter_name is required");
    }

    @Test
    void generatedNamesAreInTheOrderOfTheirMaking() {
        LeaseIds ids = new LeaseIds(new Random(7));
        Instant now = Instant.parse("2026-03-01T12:00:00.123Z");
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            // A clock that stands still, runs, and is set back.
            UUID id = ids.next(now.plusMillis(i < 10_000 ? 0 : i < 15_000 ? i : -i));
            assertThat(id.version()).isEqualTo(7);
            assertThat(id.variant()).isEqualTo(2);
            Names.check("lease", id.toString());
            made.add(id.toString());
        }
        assertThat(made).isSorted().doesNotHaveDuplicates();
        assertThat(UUID.fromString(made.get(0)).getMostSignificantBits() >>> 16).isEqualTo(now.toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT-5S, -5s",
        "PT1H, 1h0m0s",
        "PT90S, 1m30s",
        "PT1.5S, 1.5s",
        "PT0.25S, 250ms",
        "PT25H30M1S, 25h30m1s",
        "PT0.000001S, 1µs"
    })
    void durationsAreWrittenAsTheWiresTextsWriteThem(Duration duration, String text) {
        assertThat(Durations.text(duration)).isEqualTo(text);
    }
}
