package dev.rigbus.client.lease;

import com.google.protobuf.Timestamp;
import dev.rigbus.wire.Condition;
import dev.rigbus.wire.client.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A lease as the lab tells of it.
 *
 * @param exporter absent while there is none
 * @param begin absent while it has not begun
 * @param end when it ends, or has ended; absent while it has not begun
 * @param state one of {@code waiting}, {@code ready}, {@code ended} and {@code failed}
 * @param reason why it is in that state, in the lab's words; may be empty
 */
public record LeaseInfo(
        String name,
        String client,
        String selector,
        @Nullable String exporter,
        Duration duration,
        @Nullable Instant begin,
        @Nullable Instant end,
        String state,
        String reason,
        Map<String, String> tags) {
    static final String WAITING = "waiting";
    static final String READY = "ready";
    static final String ENDED = "ended";
    static final String FAILED = "failed";

    static LeaseInfo of(Lease lease) {
        Condition ready = condition(lease, "Ready");
        Condition unsatisfiable = condition(lease, "Unsatisfiable");
        Condition invalid = condition(lease, "Invalid");
        Condition pending = condition(lease, "Pending");
        String state = WAITING;
        Condition why = pending;
        if (isTrue(unsatisfiable) || isTrue(invalid)) {
            state = FAILED;
            why = isTrue(invalid) ? invalid : unsatisfiable;
        } else if (lease.hasEffectiveEndTime() && lease.hasEndTime() || isReleased(ready)) {
            state = ENDED;
            why = ready;
        } else if (isTrue(ready)) {
            state = READY;
            why = null;
        }
        boolean begun = lease.hasEffectiveBeginTime();
        Instant begin = begun ? instant(lease.getEffectiveBeginTime()) : null;
        Duration duration = duration(lease.getDuration());
        Instant end = lease.hasEffectiveEndTime()
                ? instant(lease.getEffectiveEndTime())
                : begin == null ? null : begin.plus(duration);
        return new LeaseInfo(
                last(lease.getName()),
                last(lease.getClient()),
                lease.getSelector(),
                lease.getExporter().isEmpty() ? null : last(lease.getExporter()),
                duration,
                begin,
                end,
                state,
                why == null ? "" : text(why),
                Map.copyOf(lease.getTagsMap()));
    }

    private static boolean isReleased(@Nullable Condition ready) {
        return ready != null
                && ready.getStatus().equals("False")
                && List.of("Released", "Expired").contains(ready.getReason());
    }

    private static @Nullable Condition condition(Lease lease, String type) {
        return lease.getConditionsList().stream()
                .filter(each -> each.getType().equals(type))
                .findFirst()
                .orElse(null);
    }

    private static boolean isTrue(@Nullable Condition condition) {
        return condition != null && condition.getStatus().equals("True");
    }

    private static String text(Condition condition) {
        return condition.getMessage().isEmpty() ? condition.getReason() : condition.getMessage();
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    private static Duration duration(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    /** The name at the end of a resource name. */
    static String last(String resource) {
        return resource.substring(resource.lastIndexOf('/') + 1);
    }
}
