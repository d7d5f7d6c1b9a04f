package dev.rigbus.lab.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may lease which boards. As soon as a lab has one, a board may only be leased by a rule.
 *
 * @param exporters a selector over the labels of boards; empty for all
 */
public record Policy(ObjectName name, String exporters, List<Rule> rules, Instant created) {
    public static final String KIND = "policy";

    /**
     * @param from selectors over the labels of clients, any of which fits; one that is empty fits all, no selector at all fits none
     * @param longest a lease that asks for more is not granted by this rule; absent for no limit
     * @param spot boards that the lab may take back at any time; not granted yet
     */
    public record Rule(
            @Nullable String description,
            int priority,
            List<String> from,
            @Nullable Duration longest,
            boolean spot) {}
}
