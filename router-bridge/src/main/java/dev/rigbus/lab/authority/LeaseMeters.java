package dev.rigbus.lab.authority;

import dev.rigbus.lab.lease.Times;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.time.Instant;

/** The figures of leases, under the names that they are published by. Safe to use from any thread. */
public final class LeaseMeters {
    static final String WAIT = "rigbus.lease.wait";
    static final String ACTIVE = "rigbus.lease.active";
    static final String WAITING = "rigbus.lease.waiting";
    static final String ACQUISITIONS = "jumpstarter.lease.acquisitions";
    static final String OF_EXPORTER = "rigbus.exporter.leases";

    /** Exporters beyond these have no series of their own, lest names that come and go fill the memory. */
    static final int MOST_EXPORTERS = 1000;

    private static final Duration[] WAITS = {
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1)
    };

    private final MeterRegistry meters;
    private final Timer wait;
    private final Counter successes;
    private final Counter failures;

    /** What came of a lease of an exporter. */
    enum Result {
        GRANTED,
        RELEASED,
        EXPIRED,
        /** A hook of the exporter failed. */
        HOOK_FAILED
    }

    /** Of a registry that has no meters yet. */
    public LeaseMeters(MeterRegistry meters, LabView view) {
        meters.config()
                .meterFilter(
                        MeterFilter.maximumAllowableTags(OF_EXPORTER, "exporter", MOST_EXPORTERS, MeterFilter.deny()));
        this.meters = meters;
        this.wait = Timer.builder(WAIT)
                .description("From the wish for a board, or from the time that it was wanted for, until it is granted")
                .serviceLevelObjectives(WAITS)
                .register(meters);
        this.successes = acquisitions("success");
        this.failures = acquisitions("failure");
        Gauge.builder(
                        ACTIVE,
                        view,
                        known -> known.leases().stream().filter(Lease::isHeld).count())
                .description("Leases that have a board, of the whole lab")
                .register(meters);
        Gauge.builder(WAITING, view, known -> known.waiting().size())
                .description("Leases that wait for a board, of the whole lab")
                .register(meters);
    }

    private Counter acquisitions(String result) {
        return Counter.builder(ACQUISITIONS)
                .description("Leases that were granted a board, and leases that never can be")
                .tag("result", result)
                .register(meters);
    }

    void granted(Lease lease, ObjectName exporter, Instant now) {
        Instant begin = Times.begin(lease.time());
        Instant from = begin == null || begin.isBefore(lease.created()) ? lease.created() : begin;
        Duration waited = Duration.between(from, now);
        wait.record(waited.isNegative() ? Duration.ZERO : waited);
        successes.increment();
        count(exporter, Result.GRANTED);
    }

    void hopeless() {
        failures.increment();
    }

    void count(ObjectName exporter, Result result) {
        meters.counter(
                        OF_EXPORTER,
                        "exporter",
                        exporter.key(),
                        "result",
                        result.name().toLowerCase(java.util.Locale.ROOT))
                .increment();
    }
}
