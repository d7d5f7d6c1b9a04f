package dev.rigbus.lab.web;

import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.lab.Kind;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code jmp admin} may change, done and written down by the lab's administration. The kinds are client and exporter. Refusals are {@link
 * dev.rigbus.grpc.StatusException}s: ALREADY_EXISTS, NOT_FOUND, INVALID_ARGUMENT and others.
 */
public interface LabChanges {
    /** Makes one, with its first token. */
    Future<?> create(String actor, Kind kind, ObjectName name, Map<String, String> labels, @Nullable String username);

    Future<?> delete(String actor, Kind kind, ObjectName name);

    /** Gives it a new token; the old one ends. */
    Future<?> rotate(String actor, Kind kind, ObjectName name);
}
