package dev.rigbus.lab.lease;

import dev.rigbus.lab.model.Policy;
import dev.rigbus.lab.model.Policy.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The policies of one namespace. Without any, everybody may lease everything, with priority 0. */
public final class Policies {
    public static final Policies NONE = new Policies(List.of());

    private final List<Compiled> policies;

    private record Compiled(Policy policy, @Nullable Selector exporters, List<CompiledRule> rules) {}

    private record CompiledRule(Rule rule, List<Selector> from) {}

    /** What a rule says to a client who wants a board for some time. */
    public enum Answer {
        YES,
        /** The client may, but not for so long. */
        TOO_LONG,
        /** The rule is for other clients. */
        NOT_FOR_CLIENT
    }

    /** The answer of one rule of the board. */
    public record Ruling(Policy policy, Rule rule, Answer answer) {}

    /**
     * Whether a client may have a board.
     *
     * @param rulings of all rules of the board, in the order of the policies' names
     * @param granting the one that gives it: of those that say yes the one with the highest priority, lasting ones before spot; absent if none
     */
    public record Access(List<Ruling> rulings, @Nullable Rule granting) {
        private static final Access OPEN =
                new Access(List.of(), new Rule("no policy, so everybody may", 0, List.of(""), null, false));
        private static final Access CLOSED = new Access(List.of(), null);

        public boolean isGranted() {
            return granting != null;
        }

        public boolean isSpot() {
            return granting != null && granting.spot();
        }

        public int priority() {
            return granting == null ? 0 : granting.priority();
        }
    }

    private Policies(List<Compiled> policies) {
        this.policies = policies;
    }

    /** A rule with a selector that cannot be read fits nothing; whoever stores policies checks them before. */
    public static Policies of(Collection<Policy> policies) {
        return new Policies(policies.stream()
                .sorted(Comparator.comparing(Policy::name))
                .map(Policies::compile)
                .toList());
    }

    private static Compiled compile(Policy policy) {
        List<CompiledRule> rules = policy.rules().stream()
                .map(rule -> new CompiledRule(
                        rule,
                        rule.from().stream()
                                .map(Policies::readable)
                                .flatMap(Stream::ofNullable)
                                .toList()))
                .toList();
        return new Compiled(policy, readable(policy.exporters()), rules);
    }

    private static @Nullable Selector readable(String text) {
        try {
            return Selector.kept(text);
        } catch (SelectorException e) {
            return null;
        }
    }

    /** Fails with a {@link SelectorException} that names the rule if a selector of a policy cannot be read. */
    public static void check(Policy policy) {
        check("exporter selector", policy.exporters());
        for (int i = 0; i < policy.rules().size(); i++) {
            for (String from : policy.rules().get(i).from()) {
                check("rule " + (i + 1) + ", client selector", from);
            }
        }
    }

    private static void check(String place, String selector) {
        try {
            Selector.parse(selector);
        } catch (SelectorException e) {
            throw new SelectorException(place + " \"" + selector + "\": " + e.getMessage());
        }
    }

    public Access access(Map<String, String> client, Map<String, String> exporter, Duration time) {
        if (policies.isEmpty()) {
            return Access.OPEN;
        }
        List<Ruling> rulings = new ArrayList<>(2);
        Rule best = null;
        for (Compiled policy : policies) {
            if (policy.exporters == null || !policy.exporters.matches(exporter)) {
                continue;
            }
            for (CompiledRule rule : policy.rules) {
                Answer answer = answer(rule, client, time);
                rulings.add(new Ruling(policy.policy, rule.rule, answer));
                if (answer == Answer.YES && (best == null || isBetter(rule.rule, best))) {
                    best = rule.rule;
                }
            }
        }
        return rulings.isEmpty() ? Access.CLOSED : new Access(rulings, best);
    }

    private static Answer answer(CompiledRule rule, Map<String, String> client, Duration time) {
        if (rule.from.stream().noneMatch(from -> from.matches(client))) {
            return Answer.NOT_FOR_CLIENT;
        }
        Duration longest = rule.rule.longest();
        return longest != null && longest.compareTo(time) < 0 ? Answer.TOO_LONG : Answer.YES;
    }

    private static boolean isBetter(Rule rule, Rule than) {
        return rule.spot() != than.spot() ? than.spot() : rule.priority() > than.priority();
    }
}
