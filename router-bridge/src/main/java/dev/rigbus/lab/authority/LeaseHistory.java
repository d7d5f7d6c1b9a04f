package dev.rigbus.lab.authority;

import dev.rigbus.lab.audit.Trail;
import dev.rigbus.lab.authority.LeaseMeters.Result;
import dev.rigbus.lab.lease.Conditions;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what becomes of leases and of those who have boards: in the audit, in the log and in figures. Nobody waits for it; what is told here is
 * on the disk already, as a change of a record. Safe to use from any thread.
 */
public final class LeaseHistory {
    private static final Logger log = LoggerFactory.getLogger(LeaseHistory.class);

    private final Trail trail;
    private final LeaseMeters meters;

    public LeaseHistory(Trail trail, LeaseMeters meters) {
        this.trail = trail;
        this.meters = meters;
    }

    void granted(Lease lease, ObjectName exporter, long fence, Instant now) {
        meters.granted(lease, exporter, now);
        log.atInfo()
                .addKeyValue("lease", lease.name())
                .addKeyValue("exporter", exporter)
                .addKeyValue("client", client(lease))
                .log("granted, fence {}", fence);
        Map<String, String> detail = detail(lease);
        detail.put("fence", Long.toString(fence));
        trail.note(Trail.LAB, "lease.grant", object(lease), Trail.OK, detail);
    }

    /** It never will have a board. */
    public void hopeless(Lease lease) {
        meters.hopeless();
        String why = lastWords(lease);
        log.atInfo()
                .addKeyValue("lease", lease.name())
                .addKeyValue("client", client(lease))
                .log("cannot be satisfied: {}", why);
        trail.note(Trail.LAB, "lease.refuse", object(lease), why, detail(lease));
    }

    /** Its time was up, its exporter gave it back, or the lab took it back by its rules. */
    void ended(Lease lease, boolean byExporter) {
        String why = lastWords(lease);
        if (lease.grant() == null) {
            logEnd(lease);
        }
        Map<String, String> detail = detail(lease);
        detail.put("reason", why);
        boolean expired = lease.ending() != null && lease.ending().reason().equals(Conditions.EXPIRED);
        trail.note(
                byExporter ? "exporter " + exporter(lease) : Trail.LAB,
                expired ? "lease.expire" : "lease.release",
                object(lease),
                Trail.OK,
                detail);
    }

    /** It was held by an exporter that is looked after here, and is over, whoever ended it. */
    void over(Lease lease, ObjectName exporter) {
        boolean expired = lease.ending() != null && lease.ending().reason().equals(Conditions.EXPIRED);
        meters.count(exporter, expired ? Result.EXPIRED : Result.RELEASED);
        logEnd(lease);
    }

    private static void logEnd(Lease lease) {
        log.atInfo()
                .addKeyValue("lease", lease.name())
                .addKeyValue("exporter", exporter(lease))
                .addKeyValue("client", client(lease))
                .log("ended: {}", lastWords(lease));
    }

    void hookFailed(ExporterState state, String message) {
        meters.count(state.name(), Result.HOOK_FAILED);
        log.atWarn()
                .addKeyValue("lease", String.valueOf(state.lease()))
                .addKeyValue("exporter", state.name())
                .addKeyValue("client", String.valueOf(state.client()))
                .log("a hook failed: {}", message);
    }

    /** An exporter that fails again and again is not leased any more. */
    void quarantined(ObjectName exporter, String why) {
        log.atWarn().addKeyValue("exporter", exporter).log("{}", why);
        trail.note(Trail.LAB, "exporter.quarantine", "exporter " + exporter.key(), Trail.OK, Map.of("reason", why));
    }

    /** It was leased all the same, and that went well. */
    void worksAgain(ObjectName exporter) {
        log.atInfo().addKeyValue("exporter", exporter).log("no longer in quarantine: a lease of it has begun");
        trail.note(Trail.LAB, "exporter.readmit", "exporter " + exporter.key(), Trail.OK, Map.of());
    }

    /** The client of a lease came to use its board, for the first time. */
    void dialled(ObjectName lease, String by, ObjectName exporter) {
        String client = new ObjectName(lease.namespace(), by).key();
        log.atInfo()
                .addKeyValue("lease", lease)
                .addKeyValue("exporter", exporter)
                .addKeyValue("client", client)
                .log("in use");
        trail.note(
                "client " + client,
                "lease.dial",
                "lease " + lease.key(),
                Trail.OK,
                Map.of("exporter", exporter.name()));
    }

    /** An exporter came or went. */
    void presence(ExporterState state) {
        String change = state.online() ? "online" : "offline";
        log.atInfo()
                .addKeyValue("exporter", state.name())
                .log("{}{}", change, state.online() ? "" : ": " + state.message());
        trail.note(
                "exporter " + state.name().key(),
                "exporter." + change,
                "exporter " + state.name().key(),
                Trail.OK,
                state.message().isEmpty() ? Map.of() : Map.of("message", state.message()));
    }

    private static String object(Lease lease) {
        return "lease " + lease.name().key();
    }

    private static String client(Lease lease) {
        return new ObjectName(lease.name().namespace(), lease.client()).key();
    }

    private static String exporter(Lease lease) {
        Lease.Grant grant = lease.grant();
        return grant == null ? "none" : new ObjectName(lease.name().namespace(), grant.exporter()).key();
    }

    private static Map<String, String> detail(Lease lease) {
        Map<String, String> detail = new TreeMap<>();
        detail.put("client", lease.client());
        if (lease.grant() != null) {
            detail.put("exporter", lease.grant().exporter());
        }
        return detail;
    }

    private static String lastWords(Lease lease) {
        return lease.conditions().isEmpty()
                ? ""
                : lease.conditions().get(lease.conditions().size() - 1).message();
    }
}
