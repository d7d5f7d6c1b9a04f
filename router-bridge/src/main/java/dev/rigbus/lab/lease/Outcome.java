package dev.rigbus.lab.lease;

import java.time.Instant;
import java.util.List;

/** What becomes of a lease that has no board yet. */
public sealed interface Outcome {
    /** It does not begin before this time; until then it has no condition. */
    record Scheduled(Instant begin) implements Outcome {}

    /** It can never begin; the condition's type is Unsatisfiable or Invalid. */
    record Hopeless(String type, String reason, String message) implements Outcome {}

    /** It waits; why stands in the condition Pending. */
    record Waiting(String reason, String message) implements Outcome {}

    /** Boards that are free, the best first; not empty. */
    record Candidates(List<Verdict> boards) implements Outcome {}
}
