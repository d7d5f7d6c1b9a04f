package dev.rigbus.lab.lease;

import static dev.rigbus.lab.lease.Given.policy;
import static dev.rigbus.lab.lease.Given.rule;
import static dev.rigbus.lab.lease.Given.spot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rigbus.lab.model.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PoliciesTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Map<String, String> RED = Map.of("team", "red");
    private static final Map<String, String> IMX = Map.of("board", "imx");

    static Stream<Arguments> corners() {
        return Stream.of(
                arguments("no policy at all", List.of(), 0),
                arguments("a policy without rules", List.of(policy("p", "")), null),
                arguments("from nobody", List.of(policy("p", "", rule("d", 1, null))), null),
                arguments("from everybody", List.of(policy("p", "", rule("d", 1, null, ""))), 1),
                arguments("from one of two", List.of(policy("p", "", rule("d", 1, null, "team=blue", "team=red"))), 1),
                arguments("from others", List.of(policy("p", "", rule("d", 1, null, "team=blue"))), null),
                arguments("from those without a label", List.of(policy("p", "", rule("d", 1, null, "!guest"))), 1),
                arguments("other boards", List.of(policy("p", "board=rpi", rule("d", 1, null, ""))), null),
                arguments("for no time at all", List.of(policy("p", "", rule("d", 1, Duration.ZERO, ""))), null),
                arguments("for just the time", List.of(policy("p", "", rule("d", 1, HOUR, ""))), 1),
                arguments("for too short", List.of(policy("p", "", rule("d", 1, HOUR.minusSeconds(1), ""))), null),
                arguments(
                        "too short here, but there is another",
                        List.of(policy("p", "", rule("d", 9, Duration.ofMinutes(1), ""), rule("e", 2, HOUR, ""))),
                        2),
                arguments(
                        "the same board twice in one policy",
                        List.of(policy("p", "", rule("d", 1, null, ""), rule("d", 3, null, ""))),
                        3),
                arguments(
                        "the same board in two policies",
                        List.of(
                                policy("p", "", rule("d", 7, null, "")),
                                policy("q", "board=imx", rule("d", 3, null, ""))),
                        7),
                arguments(
                        "closed by one, open by another",
                        List.of(
                                policy("p", "", rule("d", 7, null, "team=blue")),
                                policy("q", "", rule("d", 3, null, ""))),
                        3),
                arguments("a negative priority", List.of(policy("p", "", rule("d", -4, null, ""))), -4),
                arguments("lasting before spot", List.of(policy("p", "", spot(9, ""), rule("d", 1, null, ""))), 1),
                arguments("a selector that cannot be read", List.of(policy("p", "=", rule("d", 1, null, ""))), null),
                arguments("clients that cannot be read", List.of(policy("p", "", rule("d", 1, null, "="))), null));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corners")
    void R15_cornersOfPolicies(String what, List<Policy> policies, Integer priority) {
        Policies.Access access = Policies.of(policies).access(RED, IMX, HOUR);
        assertThat(access.isGranted()).as(what).isEqualTo(priority != null);
        assertThat(access.priority()).as(what).isEqualTo(priority == null ? 0 : priority);
    }

    @Test
    void aPolicyThatCannotBeReadIsRefusedWhenItIsMade() {
        Policies.check(policy("p", "", rule(null, 0, null, "a=b")));
        assertThatThrownBy(() -> Policies.check(policy("p", "a=b", rule(null, 0, null, "a=b", "b==="))))
                .isInstanceOf(SelectorException.class)
                .hasMessage("rule 1, client selector \"b===\": unable to parse requirement: found '=', expected:"
                        + " identifier");
        assertThatThrownBy(() -> Policies.check(policy("p", ",")))
                .hasMessageStartingWith("exporter selector \",\": found ','");
    }
}
