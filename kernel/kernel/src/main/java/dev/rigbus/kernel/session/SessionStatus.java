package dev.rigbus.kernel.session;

import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What an exporter is doing.
 *
 * @param version rises by one with each update, from 0
 * @param previous absent before the first update
 * @param fence the number of the session, which every call to a driver carries
 */
public record SessionStatus(
        ExporterStatus status,
        String message,
        long version,
        @Nullable ExporterStatus previous,
        long fence) {
    /** Before the first session. */
    public static final SessionStatus FIRST =
            new SessionStatus(ExporterStatus.EXPORTER_STATUS_AVAILABLE, "", 0, null, 0);

    /** At the beginning of a lease. */
    static SessionStatus opened(long fence) {
        ExporterStatus available = ExporterStatus.EXPORTER_STATUS_AVAILABLE;
        return new SessionStatus(available, "", 1, available, fence);
    }

    SessionStatus next(ExporterStatus to, String text, long fenceNow) {
        return new SessionStatus(to, text, version + 1, status, fenceNow);
    }

    /** Drivers answer only while somebody holds the exporter, a hook included. */
    public boolean allowsCalls() {
        return switch (status) {
            case EXPORTER_STATUS_LEASE_READY, EXPORTER_STATUS_BEFORE_LEASE_HOOK, EXPORTER_STATUS_AFTER_LEASE_HOOK ->
                true;
            default -> false;
        };
    }

    /** The status without its prefix, as stock texts have it. */
    public String shortName() {
        return status.name().substring("EXPORTER_STATUS_".length());
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("status", status.getNumber())
                .put("message", message)
                .put("version", version)
                .put("previous", previous == null ? null : previous.getNumber())
                .put("fence", fence);
    }

    /** Reads what travelled over the bus. */
    public static SessionStatus of(JsonObject json) {
        Integer previous = json.getInteger("previous");
        return new SessionStatus(
                status(json.getInteger("status")),
                json.getString("message"),
                json.getLong("version"),
                previous == null ? null : status(previous),
                json.getLong("fence"));
    }

    private static ExporterStatus status(int number) {
        ExporterStatus status = ExporterStatus.forNumber(number);
        return status == null ? ExporterStatus.EXPORTER_STATUS_UNSPECIFIED : status;
    }
}
