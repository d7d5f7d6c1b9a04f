package dev.rigbus.lab.lease;

import static dev.rigbus.lab.lease.Given.HOUR;
import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.board;
import static dev.rigbus.lab.lease.Given.disabled;
import static dev.rigbus.lab.lease.Given.exporter;
import static dev.rigbus.lab.lease.Given.free;
import static dev.rigbus.lab.lease.Given.granted;
import static dev.rigbus.lab.lease.Given.lease;
import static dev.rigbus.lab.lease.Given.leased;
import static dev.rigbus.lab.lease.Given.offline;
import static dev.rigbus.lab.lease.Given.policy;
import static dev.rigbus.lab.lease.Given.rule;
import static dev.rigbus.lab.lease.Given.spot;
import static dev.rigbus.lab.lease.Given.unregistered;
import static dev.rigbus.lab.lease.Given.wants;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_AVAILABLE;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.lab.lease.Outcome.Candidates;
import dev.rigbus.lab.lease.Outcome.Hopeless;
import dev.rigbus.lab.lease.Outcome.Scheduled;
import dev.rigbus.lab.lease.Outcome.Waiting;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MatchingTest {
    private static final Map<String, String> IMX = Map.of("board", "imx");
    private static final Map<String, String> RPI = Map.of("board", "rpi");
    private static final Map<String, String> ALICE = Map.of("team", "red");

    private static Outcome match(Lease lease, List<Policy> policies, Board... boards) {
        return new Matching(Policies.of(policies)).match(lease, ALICE, List.of(boards), NOON);
    }

    private static Outcome match(Lease lease, Board... boards) {
        return match(lease, List.of(), boards);
    }

    private static List<String> names(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Candidates.class);
        return ((Candidates) outcome)
                .boards().stream().map(v -> v.board().name()).toList();
    }

    private static Lease named(String exporter, String selector, boolean allowDisabled) {
        return lease(
                "l", Wishes.of(selector, exporter, Map.of(), Map.of(), allowDisabled), Times.create(HOUR, null, null));
    }

    private static Hopeless unsatisfiable(String reason, String message) {
        return new Hopeless("Unsatisfiable", reason, message);
    }

    private static Board holdsOther(String name, Map<String, String> labels) {
        return leased(name, labels, granted(wants("other", "a"), name, 1, NOON));
    }

    @Test
    void aScheduledLeaseWaitsForItsBeginWithoutACondition() {
        Lease later = lease(
                "l", Wishes.of("", "nobody", Map.of(), Map.of(), false), Times.create(HOUR, NOON.plusSeconds(1), null));
        assertThat(match(later)).isEqualTo(new Scheduled(NOON.plusSeconds(1)));
    }

    @Test
    void anEmptySelectorIsInvalid() {
        assertThat(match(wants("l", ""), free("e", IMX)))
                .isEqualTo(new Hopeless(
                        "Invalid", "InvalidSelector", "The selector for the lease is empty, a selector is required"));
    }

    @Test
    void aNamedExporterHasToBeThere() {
        assertThat(match(named("e", "", false), free("e2", IMX)))
                .isEqualTo(unsatisfiable("ExporterNotFound", "Requested exporter e was not found"));
        assertThat(names(match(named("e", "", false), free("e2", IMX), free("e", IMX))))
                .containsExactly("e");
    }

    @Test
    void aNamedExporterHasToMatch() {
        assertThat(match(named("e", "board=rpi", false), free("e", IMX)))
                .isEqualTo(unsatisfiable("SelectorMismatch", "Requested exporter e does not match selector board=rpi"));
        assertThat(names(match(named("e", "board=imx", false), free("e", IMX)))).containsExactly("e");
    }

    @Test
    void aNamedExporterThatIsDisabledTakesAWordMore() {
        String fix =
                ". To lease a disabled exporter, set spec.allowDisabled: true on the Lease, or use --allow-disabled"
                        + " with jmp create lease";
        Board off = board(disabled(exporter("e", IMX), null), EXPORTER_STATUS_AVAILABLE, true, null);
        Board repaired = board(disabled(exporter("e", IMX), "new fuse"), EXPORTER_STATUS_AVAILABLE, true, null);
        assertThat(match(named("e", "", false), off))
                .isEqualTo(unsatisfiable("ExporterDisabled", "Requested exporter e is disabled" + fix));
        assertThat(match(named("e", "", false), repaired))
                .isEqualTo(unsatisfiable(
                        "ExporterDisabled", "Requested exporter e is disabled for maintenance (new fuse)" + fix));
        assertThat(names(match(named("e", "", true), off))).containsExactly("e");
        assertThat(names(match(named("e", "", true), repaired))).containsExactly("e");
    }

    @Test
    void disabledExportersArePassedOver() {
        Board off = board(disabled(exporter("e1", IMX), null), EXPORTER_STATUS_AVAILABLE, true, null);
        Board repaired = board(disabled(exporter("e2", IMX), "new fuse"), EXPORTER_STATUS_AVAILABLE, true, null);
        assertThat(names(match(wants("l", "board=imx"), off, free("e3", IMX)))).containsExactly("e3");
        assertThat(match(wants("l", "board=imx"), off, free("e3", RPI)))
                .isEqualTo(unsatisfiable("AllDisabled", "All 1 exporters matching the selector are disabled"));
        assertThat(match(wants("l", "board=imx"), off, repaired))
                .isEqualTo(unsatisfiable(
                        "AllDisabled",
                        "All 2 exporters matching the selector are disabled. Under maintenance: e2: new fuse"));
        Lease allowed =
                lease("l", Wishes.of("board=imx", null, Map.of(), Map.of(), true), Times.create(HOUR, null, null));
        assertThat(match(allowed, off)).isInstanceOf(Hopeless.class);
    }

    @Test
    void withoutAMatchThereIsNoAccess() {
        String text = "While there are 0 exporters matching the selector, none of them are approved by any policy"
                + " for your client";
        assertThat(match(wants("l", "board=imx"))).isEqualTo(unsatisfiable("NoAccess", text));
        assertThat(match(wants("l", "board=imx"), free("e", RPI))).isEqualTo(unsatisfiable("NoAccess", text));
    }

    @Test
    void withoutARuleThereIsNoAccess() {
        String text = "While there are 1 exporters matching the selector, none of them are approved by any policy"
                + " for your client";
        Lease lease = wants("l", "board=imx");
        assertThat(match(lease, List.of(policy("p", "board=rpi", rule("all", 0, null, ""))), free("e", IMX)))
                .isEqualTo(unsatisfiable("NoAccess", text));
        List<Policy> blueOnly = List.of(
                policy("p", "", rule("for blue", 0, null, "team=blue"), rule(null, 0, null, "team=blue")),
                policy("q", "board=imx", rule("for green", 0, null, "team=green", "team=blue")));
        assertThat(match(lease, blueOnly, free("e", IMX)))
                .isEqualTo(unsatisfiable("NoAccess", text + ". Matching policies: for blue; for green"));
    }

    @Test
    void aRuleThatIsTooShortSaysHowMuchItWouldGive() {
        List<Policy> policies = List.of(policy(
                "p", "", rule("short", 0, Duration.ofMinutes(10), ""), rule("half", 0, Duration.ofMinutes(30), "")));
        assertThat(((Hopeless) match(wants("l", "board=imx"), policies, free("e", IMX))).message())
                .startsWith("While there are 1 exporters matching the selector")
                .endsWith(". Ask for no more than 30m0s");
        assertThat(names(match(
                        wants("l", "board=imx"), List.of(policy("p", "", rule("just", 0, HOUR, ""))), free("e", IMX))))
                .containsExactly("e");
    }

    @Test
    void longDescriptionsAreCut() {
        Policy.Rule[] rules = new Policy.Rule[100];
        for (int i = 0; i < rules.length; i++) {
            rules[i] = rule(i + "x".repeat(100), 0, null, "team=blue");
        }
        String text =
                ((Hopeless) match(wants("l", "board=imx"), List.of(policy("p", "", rules)), free("e", IMX))).message();
        assertThat(text).hasSizeLessThan(4096 + 200).endsWith("…");
    }

    @Test
    void spotAccessAloneIsNotEnough() {
        List<Policy> policies =
                List.of(policy("p", "board=imx", spot(9, "")), policy("q", "board=rpi", rule(null, 1, null, "")));
        assertThat(match(wants("l", "board"), policies, free("e2", IMX), free("e1", IMX)))
                .isEqualTo(unsatisfiable(
                        "SpotAccess",
                        "The only possible exporters are under spot access (i.e. e1), but spot access is still not"
                                + " implemented"));
        assertThat(names(match(wants("l", "board"), policies, free("e2", IMX), free("e3", RPI))))
                .containsExactly("e3");
        // There is one for good, only not now.
        assertThat(match(wants("l", "board"), policies, free("e2", IMX), offline("e3", RPI)))
                .isInstanceOf(Waiting.class);
        // A board with both is not under spot access.
        List<Policy> both = List.of(policy("p", "", spot(9, ""), rule(null, 1, null, "")));
        assertThat(names(match(wants("l", "board"), both, free("e", IMX)))).containsExactly("e");
    }

    @Test
    void R14_aBoardThatIsOfflineIsWaitedFor() {
        Board neverSeen = new Board(exporter("e1", IMX), null, null);
        Board gone = board(exporter("e2", IMX), EXPORTER_STATUS_AVAILABLE, false, null);
        Board unregistered = board(unregistered(exporter("e3", IMX)), EXPORTER_STATUS_AVAILABLE, true, null);
        assertThat(match(wants("l", "board=imx"), gone, neverSeen, unregistered))
                .isEqualTo(new Waiting(
                        "Offline", "While there are 3 available exporters (i.e. e1), none of them are online"));
        assertThat(match(named("e2", "", false), gone)).isInstanceOf(Waiting.class);
        assertThat(names(match(wants("l", "board=imx"), gone, neverSeen, unregistered, free("e4", IMX))))
                .containsExactly("e4");
    }

    @Test
    void aBoardThatIsLeasedIsWaitedFor() {
        assertThat(match(wants("l", "board=imx"), holdsOther("e2", IMX), holdsOther("e1", IMX), offline("e0", IMX)))
                .isEqualTo(new Waiting(
                        "NotAvailable",
                        "There are 2 approved exporters, (i.e. e1) but all of them are already leased"));
    }

    @Test
    void aBoardThatIsBeingCleanedIsWaitedFor() {
        Waiting notReady = new Waiting(
                "NotReady", "There are 1 online exporters, but none are ready (still cleaning up previous lease)");
        Lease lease = wants("l", "board=imx");
        assertThat(match(lease, board(exporter("e", IMX), EXPORTER_STATUS_AFTER_LEASE_HOOK, true, null)))
                .isEqualTo(notReady);
        assertThat(match(lease, board(exporter("e", IMX), EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED, true, null)))
                .isEqualTo(notReady);
        // Its authority still has the lease that ended, whatever it reports.
        assertThat(match(lease, board(exporter("e", IMX), EXPORTER_STATUS_AVAILABLE, true, "old")))
                .isEqualTo(notReady);
        assertThat(match(lease, board(exporter("e", IMX), EXPORTER_STATUS_UNSPECIFIED, true, "old")))
                .isEqualTo(notReady);
    }

    @Test
    void whatNeverReportsOrHasFailedAfterItsLeaseIsReady() {
        assertThat(names(match(
                        wants("l", "board=imx"),
                        board(exporter("e1", IMX), EXPORTER_STATUS_UNSPECIFIED, true, null),
                        board(exporter("e2", IMX), EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED, true, null))))
                .containsExactly("e1", "e2");
    }

    @Test
    void higherPriorityComesFirstThenTheName() {
        List<Policy> policies = List.of(
                policy("p", "board=rpi", rule(null, 5, null, "")), policy("q", "", rule(null, 1, null, "team=red")));
        assertThat(names(match(
                        wants("l", "board"),
                        policies,
                        free("b", IMX),
                        free("d", RPI),
                        free("a", IMX),
                        free("c", RPI),
                        holdsOther("0", RPI))))
                .containsExactly("c", "d", "a", "b");
    }

    @Test
    void aTimeThatHasPassedIsNotGranted() {
        Lease late = lease(
                "l",
                Wishes.of("board=imx", null, Map.of(), Map.of(), false),
                Times.create(HOUR, NOON.minus(HOUR), null));
        Outcome outcome = match(late, free("e", IMX));
        assertThat(outcome).isInstanceOf(Hopeless.class);
        assertThat(((Hopeless) outcome).reason()).isEqualTo("WindowPassed");
        assertThat(((Hopeless) outcome).message()).doesNotContain("expired");
    }
}
