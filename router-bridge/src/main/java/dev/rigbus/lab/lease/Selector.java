package dev.rigbus.lab.lease;

import dev.rigbus.lab.lease.Requirement.Operator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A question to labels: {@code k=v}, {@code k==v}, {@code k!=v}, {@code k in (a,b)}, {@code k notin (a,b)}, {@code k}, {@code !k},
 * {@code k>n}, {@code k<n}, all of which must hold where there are several with commas between them. The empty one fits everything.
 */
public final class Selector {
    public static final Selector ALL = new Selector(List.of());

    private static final int MOST_KEPT = 20_000;
    private static final Map<String, Selector> KEPT = new ConcurrentHashMap<>();

    private final List<Requirement> requirements;

    private Selector(Collection<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /** Fails with a {@link SelectorException}. */
    public static Selector parse(String text) {
        return text.isBlank() ? ALL : new Selector(SelectorParser.parse(text));
    }

    /** As {@link #parse}, for texts that are asked for again and again: those of policies and of waiting leases. */
    public static Selector kept(String text) {
        Selector kept = KEPT.get(text);
        if (kept != null) {
            return kept;
        }
        if (KEPT.size() > MOST_KEPT) {
            KEPT.clear();
        }
        return KEPT.computeIfAbsent(text, Selector::parse);
    }

    /** Of what the older rpcs carry instead of a text; operators are named In, NotIn, Exists, DoesNotExist. */
    public static Selector of(Map<String, String> labels, Collection<Requirement> expressions) {
        List<Requirement> all = new ArrayList<>();
        labels.forEach((key, value) -> all.add(Requirement.of(key, Operator.EQUALS, Set.of(value))));
        all.addAll(expressions);
        all.sort(Requirement.ORDER);
        return new Selector(all);
    }

    public boolean isEmpty() {
        return requirements.isEmpty();
    }

    public List<Requirement> requirements() {
        return requirements;
    }

    public boolean matches(Map<String, String> labels) {
        for (Requirement requirement : requirements) {
            if (!requirement.matches(labels)) {
                return false;
            }
        }
        return true;
    }

    /** What keys must be equal to: the labels that a lease with this selector has. */
    public Map<String, String> equalities() {
        Map<String, String> all = new TreeMap<>();
        for (Requirement r : requirements) {
            if (r.operator() == Operator.EQUALS || r.operator() == Operator.DOUBLE_EQUALS) {
                all.put(r.key(), r.values().get(0));
            }
        }
        return all;
    }

    /**
     * As a lease keeps it: one equality at most for a key, all that a key must not be in one requirement, keys and values in order. Fails
     * with a {@link SelectorException} where a lease cannot have it.
     */
    public Selector normalised() {
        Map<String, String> equal = new TreeMap<>();
        Map<String, Set<String>> excluded = new TreeMap<>();
        Set<Requirement> all = new TreeSet<>(Requirement.ORDER);
        for (Requirement r : requirements) {
            switch (r.operator()) {
                case EQUALS, DOUBLE_EQUALS -> addEquality(equal, r);
                case NOT_EQUALS, NOT_IN ->
                    excluded.computeIfAbsent(r.key(), k -> new TreeSet<>()).addAll(r.values());
                case GREATER, LESS ->
                    throw new SelectorException("unsupported label selector operator: " + r.operator().name);
                default -> all.add(r);
            }
        }
        equal.forEach((key, value) -> all.add(Requirement.of(key, Operator.EQUALS, Set.of(value))));
        excluded.forEach((key, values) -> all.add(Requirement.of(key, Operator.NOT_IN, values)));
        return new Selector(all);
    }

    private static void addEquality(Map<String, String> equal, Requirement r) {
        String value = r.values().get(0);
        String other = equal.putIfAbsent(r.key(), value);
        if (other != null && !other.equals(value)) {
            throw new SelectorException("invalid selector: label " + r.key()
                    + " cannot have multiple equality requirements with different values (" + other + " and " + value
                    + ")");
        }
    }

    /** Whether both ask the same, whatever the order, the spaces and the signs; for selectors that a lease can have. */
    public boolean isEquivalent(Selector other) {
        return essence().equals(other.essence());
    }

    /** With one way left to say what can be said in several: a list of one is an equality, lists of one key are cut to what they share. */
    private Set<Requirement> essence() {
        Map<String, Set<String>> allowed = new TreeMap<>();
        Set<Requirement> rest = new TreeSet<>(Requirement.ORDER);
        for (Requirement r : normalised().requirements) {
            if (r.operator() == Operator.EQUALS || r.operator() == Operator.IN) {
                allowed.computeIfAbsent(r.key(), k -> new TreeSet<>(r.values())).retainAll(r.values());
            } else {
                rest.add(r);
            }
        }
        // What must have a value is there anyway.
        rest.removeIf(r -> r.operator() == Operator.EXISTS && allowed.containsKey(r.key()));
        allowed.forEach((key, values) -> rest.add(Requirement.of(key, Operator.IN, values)));
        return rest;
    }

    /** Can be parsed again. */
    @Override
    public String toString() {
        return String.join(",", requirements.stream().map(Requirement::toString).toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Selector selector && selector.requirements.equals(requirements);
    }

    @Override
    public int hashCode() {
        return requirements.hashCode();
    }
}
