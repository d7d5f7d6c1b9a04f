package dev.rigbus.lab.lease;

import dev.rigbus.lab.lease.Explanation.Row;
import dev.rigbus.lab.lease.Policies.Answer;
import dev.rigbus.lab.lease.Policies.Ruling;
import dev.rigbus.lab.lease.Verdict.Obstacle;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells why a lease has no board yet, or why a board cannot be had, as far as who asks may know it. */
public final class Explainer {
    /** So many boards at most are asked for a place in their queue. */
    private static final int MOST_QUEUES = 20;

    private final Policies policies;
    private final Function<ObjectName, Map<String, String>> labels;
    private final Iterable<Lease> waiting;
    private final Instant now;
    private final Matching matching;
    private final Queue queue;

    /**
     * @param policies of the namespace of what is asked about
     * @param labels of a client
     * @param waiting the leases that wait, the oldest first
     */
    public Explainer(
            Policies policies, Function<ObjectName, Map<String, String>> labels, Iterable<Lease> waiting, Instant now) {
        this.policies = policies;
        this.labels = labels;
        this.waiting = waiting;
        this.now = now;
        matching = new Matching(policies);
        queue = new Queue(policies, this::labelsOf);
    }

    private Map<String, String> labelsOf(Lease lease) {
        return labels.apply(clientOf(lease));
    }

    private static ObjectName clientOf(Lease lease) {
        return new ObjectName(lease.name().namespace(), lease.client());
    }

    /** @param boards of the lease's namespace */
    public Explanation lease(Lease lease, Collection<Board> boards, Asker asker) {
        String subject = "lease " + lease.name().name();
        List<String> facts = facts(lease);
        if (!lease.isWaiting()) {
            return new Explanation(subject, summary(lease), facts, List.of(), null, advice(lease));
        }
        List<Verdict> verdicts = boards.stream()
                .map(board -> matching.judge(lease, labelsOf(lease), board))
                .sorted(Comparator.comparing(Verdict::obstacle).reversed().thenComparing(Verdict.ORDER))
                .toList();
        Outcome outcome = matching.match(lease, labelsOf(lease), boards, now);
        // What stands between a client and boards is its own business; others see what they would see of the lease in a
        // list.
        boolean own = asker.isAdministrator() || asker.is(clientOf(lease));
        List<Row> rows = own
                ? verdicts.stream().map(verdict -> row(lease, verdict, asker)).toList()
                : List.of();
        return new Explanation(
                subject, summary(outcome), facts, rows, place(lease, verdicts, outcome), advice(outcome, verdicts));
    }

    private static List<String> facts(Lease lease) {
        List<String> facts = new ArrayList<>();
        Lease.Wish wish = lease.wish();
        facts.add("client " + lease.client() + " asked for "
                + (wish.exporter() == null ? "any exporter" : "exporter " + wish.exporter())
                + (wish.selector().isEmpty() ? "" : " that matches " + wish.shown()) + ", for "
                + Durations.text(Times.requested(lease.time())));
        Instant begin = Times.begin(lease.time());
        if (begin != null) {
            facts.add("not before " + begin);
        }
        Instant expiry = Times.expiry(lease);
        if (expiry != null && !lease.hasEnded()) {
            facts.add("until " + expiry);
        }
        return facts;
    }

    private static String summary(Lease lease) {
        if (lease.ending() != null) {
            String last = lease.conditions().isEmpty()
                    ? ""
                    : ": "
                            + lease.conditions()
                                    .get(lease.conditions().size() - 1)
                                    .message();
            return "ended at " + lease.ending().at() + " (" + lease.ending().reason() + ")" + last;
        }
        Lease.Grant grant = lease.grant();
        return grant == null
                ? "waits"
                : "has exporter " + grant.exporter() + " since " + grant.since() + ", with priority "
                        + grant.priority();
    }

    private static List<String> advice(Lease lease) {
        return lease.hasEnded() ? List.of("make a new lease") : List.of();
    }

    private static String summary(Outcome outcome) {
        if (outcome instanceof Outcome.Scheduled scheduled) {
            return "waits until it may begin at " + scheduled.begin();
        }
        if (outcome instanceof Outcome.Hopeless hopeless) {
            return "cannot be had (" + hopeless.reason() + "): " + hopeless.message();
        }
        if (outcome instanceof Outcome.Waiting waits) {
            return "waits (" + waits.reason() + "): " + waits.message();
        }
        return "is about to get a board";
    }

    private @Nullable Integer place(Lease lease, List<Verdict> verdicts, Outcome outcome) {
        if (!(outcome instanceof Outcome.Waiting) && !(outcome instanceof Outcome.Candidates)) {
            return null;
        }
        return verdicts.stream()
                .filter(verdict -> verdict.isBeyond(Obstacle.SPOT))
                .limit(MOST_QUEUES)
                .map(verdict -> queue.ahead(lease, verdict.board(), waiting, now) + 1)
                .min(Integer::compareTo)
                .orElse(null);
    }

    private List<String> advice(Outcome outcome, List<Verdict> verdicts) {
        if (outcome instanceof Outcome.Scheduled || outcome instanceof Outcome.Candidates) {
            return List.of();
        }
        if (outcome instanceof Outcome.Hopeless hopeless) {
            return List.of(
                    switch (hopeless.reason()) {
                        case "ExporterNotFound", "SelectorMismatch", "InvalidSelector" ->
                            "look at the names and labels" + " with: jmp get exporters";
                        case "ExporterDisabled" -> "take another exporter, or use --allow-disabled";
                        case "AllDisabled" -> "wait until an administrator enables one, or ask for other labels";
                        case "NoAccess" ->
                            verdicts.stream().anyMatch(v -> v.isBeyond(Obstacle.DISABLED))
                                    ? "ask for less time if a rule is too short, else ask an administrator for access"
                                    : "look at the labels with: jmp get exporters";
                        case "WindowPassed" -> "ask for a later time";
                        default -> "ask an administrator";
                    });
        }
        return List.of(verdicts.stream()
                .filter(v -> v.obstacle() == Obstacle.LEASED)
                .map(v -> until(v.board()))
                .flatMap(Stream::ofNullable)
                .min(Instant::compareTo)
                .map(free -> "wait; the first of the leases in the way ends at " + free + " or before")
                .orElse("wait, or ask for other labels; an administrator can look after boards that are offline"));
    }

    private static @Nullable Instant until(Board board) {
        return board.holder() == null ? null : Times.expiry(board.holder());
    }

    private Row row(Lease lease, Verdict verdict, Asker asker) {
        Board board = verdict.board();
        return new Row(board.name(), word(verdict.obstacle()), reason(lease, verdict, asker));
    }

    private static String word(Obstacle obstacle) {
        return switch (obstacle) {
            case OTHER_NAME, SELECTOR -> "mismatch";
            case DISABLED -> "disabled";
            case NO_ACCESS -> "denied";
            case SPOT -> "spot";
            case OFFLINE -> "offline";
            case LEASED -> "leased";
            case NOT_READY -> "cleaning";
            case NONE -> "free";
        };
    }

    private static String reason(Lease lease, Verdict verdict, Asker asker) {
        Board board = verdict.board();
        return switch (verdict.obstacle()) {
            case OTHER_NAME -> "another exporter was asked for";
            case SELECTOR -> "does not fulfil " + unfulfilled(lease, board);
            case DISABLED -> disabled(board.exporter());
            case NO_ACCESS -> rulings(verdict, asker);
            case SPOT -> "only under spot access, which is not implemented";
            case OFFLINE -> offline(board);
            case LEASED -> held(board, asker);
            case NOT_READY -> "status " + status(board) + ", still cleaning up after its last lease";
            case NONE -> "would do, with priority " + verdict.access().priority();
        };
    }

    /** In the words of the selector: the labels of a board may be hidden from who asks. */
    private static String unfulfilled(Lease lease, Board board) {
        return Selector.kept(lease.wish().selector()).requirements().stream()
                .filter(r -> !r.matches(board.exporter().labels()))
                .map(Requirement::toString)
                .collect(Collectors.joining(" and "));
    }

    private static String disabled(Exporter exporter) {
        return exporter.maintenance() == null ? "disabled" : "under maintenance: " + exporter.maintenance();
    }

    private static String rulings(Verdict verdict, Asker asker) {
        List<Ruling> rulings = verdict.access().rulings();
        if (rulings.isEmpty()) {
            return "no policy is about it";
        }
        return rulings.stream().map(ruling -> ruling(ruling, asker)).distinct().collect(Collectors.joining("; "));
    }

    private static String ruling(Ruling ruling, Asker asker) {
        String name = "policy " + ruling.policy().name().name()
                + (ruling.rule().description() == null
                        ? ""
                        : " (" + ruling.rule().description() + ")");
        Duration longest = ruling.rule().longest();
        if (ruling.answer() == Answer.TOO_LONG && longest != null) {
            return name + " gives it for no more than " + Durations.text(longest);
        }
        if (ruling.answer() == Answer.YES) {
            return name + " gives it with priority " + ruling.rule().priority();
        }
        return name + " is for other clients"
                + (asker.isAdministrator()
                        ? ": " + String.join(" or ", ruling.rule().from())
                        : "");
    }

    private static String offline(Board board) {
        ExporterState state = board.state();
        if (state == null || state.lastSeen() == null) {
            return "never seen";
        }
        if (!board.exporter().isRegistered()) {
            return "has not told what it consists of";
        }
        return "last seen at " + Times.wholeSeconds(state.lastSeen())
                + (state.message().isEmpty() ? "" : ": " + state.message());
    }

    private static String held(Board board, Asker asker) {
        Lease holder = board.holder();
        if (holder == null) {
            return "leased";
        }
        String by = asker.sees(holder.name().namespace())
                ? "by " + holder.client() + " with lease " + holder.name().name()
                : "by somebody";
        Instant until = until(board);
        return by + (until == null ? "" : " until " + until);
    }

    private static String status(Board board) {
        return board.state() == null
                ? "unknown"
                : board.state()
                        .status()
                        .name()
                        .replace("EXPORTER_STATUS_", "")
                        .replace('_', ' ')
                        .toLowerCase(Locale.ROOT);
    }

    /** Whether who asks may have it, what it is doing, and who waits for it. */
    public Explanation exporter(Board board, Asker asker) {
        List<String> facts = new ArrayList<>();
        boolean mayHave = true;
        if (asker.client() != null) {
            Policies.Access access = policies.access(
                    labels.apply(asker.client()), board.exporter().labels(), Duration.ofSeconds(1));
            mayHave = access.isGranted();
            facts.add(
                    mayHave
                            ? "you may lease it, with priority " + access.priority() + limit(access)
                            : "you may not lease it: "
                                    + rulings(new Verdict(board, Obstacle.NO_ACCESS, access), asker));
        }
        List<Row> rows = new ArrayList<>();
        int place = 0;
        int others = 0;
        for (Queue.Turn turn : queue.order(board, waiting, now)) {
            place++;
            Lease lease = turn.lease();
            if (asker.isAdministrator() || asker.is(clientOf(lease))) {
                rows.add(new Row(lease.name().name(), "waiting", "client " + lease.client() + ", place " + place));
            } else {
                others++;
            }
        }
        if (others > 0) {
            facts.add(others + (others == 1 ? " lease of another client waits" : " leases of other clients wait")
                    + " for it");
        }
        return new Explanation(
                "exporter " + board.name(),
                state(board, mayHave ? asker : new Asker(new ObjectName("", ""))),
                facts,
                rows,
                null,
                advice(board));
    }

    private static String limit(Policies.Access access) {
        Duration longest = access.granting() == null ? null : access.granting().longest();
        return longest == null ? "" : " and for no more than " + Durations.text(longest);
    }

    private static String state(Board board, Asker asker) {
        if (!board.exporter().isOffered()) {
            return disabled(board.exporter());
        }
        if (!board.isOnline()) {
            return "offline, " + offline(board);
        }
        if (board.isLeased()) {
            return "leased " + held(board, asker);
        }
        return board.isReady() ? "free" : "not ready, status " + status(board);
    }

    private static List<String> advice(Board board) {
        if (!board.exporter().isOffered()) {
            return List.of(
                    "an administrator can enable it again; its name with --allow-disabled leases it all the same");
        }
        if (!board.isOnline()) {
            return List.of("look at the exporter on its host: is it running, and can it reach the lab?");
        }
        return board.isLeased() ? List.of("ask for it: the lease waits until it is free") : List.of();
    }
}
