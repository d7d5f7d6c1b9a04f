package dev.rigbus.lab.lease;

import dev.rigbus.lab.lease.Outcome.Hopeless;
import dev.rigbus.lab.lease.Outcome.Waiting;
import dev.rigbus.lab.lease.Policies.Access;
import dev.rigbus.lab.lease.Policies.Answer;
import dev.rigbus.lab.lease.Policies.Ruling;
import dev.rigbus.lab.lease.Verdict.Obstacle;
import dev.rigbus.lab.model.Condition;
import dev.rigbus.lab.model.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which boards a waiting lease can have; if none, why. */
public final class Matching {
    private static final Access UNASKED = new Access(List.of(), null);
    private static final int LONGEST_DESCRIPTIONS = 4096;

    private final Policies policies;

    public Matching(Policies policies) {
        this.policies = policies;
    }

    /**
     * @param client the labels of the lease's client
     * @param boards of the namespace; only the named one suffices for a lease that names one
     */
    public Outcome match(Lease lease, Map<String, String> client, Collection<Board> boards, Instant now) {
        Instant begin = Times.begin(lease.time());
        if (begin != null && now.isBefore(begin)) {
            return new Outcome.Scheduled(begin);
        }
        if (lease.wish().exporter() == null && lease.wish().selector().isEmpty()) {
            return new Hopeless(
                    Condition.INVALID,
                    "InvalidSelector",
                    "The selector for the lease is empty, a selector is required");
        }
        Instant end = Times.latestEnd(lease.time());
        if (end != null && !now.isBefore(end)) {
            return hopeless(
                    "WindowPassed",
                    "The time that the lease was asked for was over at " + end
                            + " before it could begin; ask for a later one");
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (Board board : boards) {
            verdicts.add(judge(lease, client, board));
        }
        return conclude(lease, verdicts);
    }

    /** What stands between a lease and one board, whatever the time. */
    public Verdict judge(Lease lease, Map<String, String> client, Board board) {
        Lease.Wish wish = lease.wish();
        if (wish.exporter() != null && !wish.exporter().equals(board.name())) {
            return new Verdict(board, Obstacle.OTHER_NAME, UNASKED);
        }
        Map<String, String> labels = board.exporter().labels();
        if (!Selector.kept(wish.selector()).matches(labels)) {
            return new Verdict(board, Obstacle.SELECTOR, UNASKED);
        }
        if (!board.exporter().isOffered() && !(wish.allowDisabled() && wish.exporter() != null)) {
            return new Verdict(board, Obstacle.DISABLED, UNASKED);
        }
        Access access = policies.access(client, labels, Times.requested(lease.time()));
        return new Verdict(board, obstacle(lease, board, access), access);
    }

    private static Obstacle obstacle(Lease lease, Board board, Access access) {
        if (!access.isGranted()) {
            return Obstacle.NO_ACCESS;
        }
        if (access.isSpot()) {
            return Obstacle.SPOT;
        }
        if (!board.isOnline()) {
            return Obstacle.OFFLINE;
        }
        if (board.isLeased()) {
            return Obstacle.LEASED;
        }
        return board.isReadyFor(lease) ? Obstacle.NONE : Obstacle.NOT_READY;
    }

    /** One obstacle after the other: the first that no board gets past is the answer. */
    private static Outcome conclude(Lease lease, List<Verdict> verdicts) {
        String name = lease.wish().exporter();
        List<Verdict> named = beyond(verdicts, Obstacle.OTHER_NAME);
        if (name != null && named.isEmpty()) {
            return hopeless("ExporterNotFound", "Requested exporter " + name + " was not found");
        }
        List<Verdict> matching = beyond(named, Obstacle.SELECTOR);
        if (name != null && matching.isEmpty()) {
            return hopeless(
                    "SelectorMismatch",
                    "Requested exporter " + name + " does not match selector "
                            + lease.wish().shown());
        }
        List<Verdict> offered = beyond(matching, Obstacle.DISABLED);
        if (offered.isEmpty() && !matching.isEmpty()) {
            return name == null ? allDisabled(matching) : disabled(matching.get(0));
        }
        List<Verdict> approved = beyond(offered, Obstacle.NO_ACCESS);
        if (approved.isEmpty()) {
            return hopeless("NoAccess", noAccess(offered));
        }
        List<Verdict> lasting = beyond(approved, Obstacle.SPOT);
        if (lasting.isEmpty()) {
            return hopeless(
                    "SpotAccess",
                    "The only possible exporters are under spot access (i.e. " + first(approved)
                            + "), but spot access is still not implemented");
        }
        List<Verdict> online = beyond(lasting, Obstacle.OFFLINE);
        if (online.isEmpty()) {
            return new Waiting(
                    "Offline",
                    "While there are " + lasting.size() + " available exporters (i.e. " + first(lasting)
                            + "), none of them are online");
        }
        List<Verdict> unleased = beyond(online, Obstacle.LEASED);
        if (unleased.isEmpty()) {
            return new Waiting(
                    "NotAvailable",
                    "There are " + online.size() + " approved exporters, (i.e. " + first(online)
                            + ") but all of them are already leased");
        }
        List<Verdict> ready = beyond(unleased, Obstacle.NOT_READY);
        if (ready.isEmpty()) {
            return new Waiting(
                    "NotReady",
                    "There are " + unleased.size()
                            + " online exporters, but none are ready (still cleaning up previous lease)");
        }
        return new Outcome.Candidates(ready);
    }

    /** Those that got past it, the best first. */
    private static List<Verdict> beyond(List<Verdict> verdicts, Obstacle obstacle) {
        return verdicts.stream()
                .filter(v -> v.isBeyond(obstacle))
                .sorted(Verdict.ORDER)
                .toList();
    }

    private static String first(List<Verdict> verdicts) {
        return verdicts.get(0).board().name();
    }

    private static Hopeless hopeless(String reason, String message) {
        return new Hopeless(Condition.UNSATISFIABLE, reason, message);
    }

    private static Hopeless disabled(Verdict verdict) {
        String maintenance = verdict.board().exporter().maintenance();
        String state = maintenance == null ? "disabled" : "disabled for maintenance (" + maintenance + ")";
        return hopeless(
                "ExporterDisabled",
                "Requested exporter " + verdict.board().name() + " is " + state
                        + ". To lease a disabled exporter, set spec.allowDisabled: true on the Lease, or use --allow-disabled"
                        + " with jmp create lease");
    }

    private static Hopeless allDisabled(List<Verdict> matching) {
        List<String> reasons = matching.stream()
                .filter(v -> v.board().exporter().maintenance() != null)
                .map(v -> v.board().name() + ": " + v.board().exporter().maintenance())
                .toList();
        return hopeless(
                "AllDisabled",
                "All " + matching.size() + " exporters matching the selector are disabled"
                        + (reasons.isEmpty() ? "" : ". Under maintenance: " + String.join("; ", reasons)));
    }

    private static String noAccess(List<Verdict> offered) {
        Set<String> descriptions = new LinkedHashSet<>();
        Duration longest = null;
        for (Verdict verdict : offered) {
            for (Ruling ruling : verdict.access().rulings()) {
                if (ruling.answer() == Answer.NOT_FOR_CLIENT && ruling.rule().description() != null) {
                    descriptions.add(ruling.rule().description());
                }
                if (ruling.answer() == Answer.TOO_LONG) {
                    longest =
                            longer(longest, Objects.requireNonNull(ruling.rule().longest()));
                }
            }
        }
        String text = "While there are " + offered.size()
                + " exporters matching the selector, none of them are approved by any policy for your client"
                + joined(descriptions);
        return longest == null ? text : text + ". Ask for no more than " + Durations.text(longest);
    }

    private static Duration longer(@Nullable Duration a, Duration b) {
        return a == null || a.compareTo(b) < 0 ? b : a;
    }

    private static String joined(Set<String> descriptions) {
        if (descriptions.isEmpty()) {
            return "";
        }
        String text = String.join("; ", descriptions);
        return ". Matching policies: "
                + (text.length() > LONGEST_DESCRIPTIONS ? text.substring(0, LONGEST_DESCRIPTIONS - 1) + "…" : text);
    }
}
