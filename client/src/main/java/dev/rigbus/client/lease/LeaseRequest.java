package dev.rigbus.client.lease;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a lab.
 *
 * @param selector the labels that the exporter must have, as {@code board=rpi4,site!=berlin}; absent for any
 * @param exporter the name of the only one that will do; absent for any that fits
 * @param duration how long it is wanted
 * @param patience how long to wait for it
 * @param renewed whether the lease is made longer for as long as it is in use
 * @param waiting is told why it is not there yet, each time that changes
 */
public record LeaseRequest(
        @Nullable String selector,
        @Nullable String exporter,
        Duration duration,
        Duration patience,
        boolean renewed,
        Consumer<String> waiting) {
    private static final Duration USUAL = Duration.ofMinutes(30);
    private static final Duration PATIENCE = Duration.ofHours(2);

    /** Any exporter with such labels, for half an hour. */
    public static LeaseRequest selector(String selector) {
        return new LeaseRequest(selector, null, USUAL, PATIENCE, false, reason -> {});
    }

    /** The exporter with that name, for half an hour. */
    public static LeaseRequest exporter(String name) {
        return new LeaseRequest(null, name, USUAL, PATIENCE, false, reason -> {});
    }

    public LeaseRequest lasting(Duration time) {
        return new LeaseRequest(selector, exporter, time, patience, renewed, waiting);
    }

    /** Waits so long for it, and then gives up. */
    public LeaseRequest within(Duration time) {
        return new LeaseRequest(selector, exporter, duration, time, renewed, waiting);
    }

    /** Made longer for as long as it is in use. */
    public LeaseRequest renewing() {
        return new LeaseRequest(selector, exporter, duration, patience, true, waiting);
    }

    /** Tells why it is not there yet, such as the place in the queue. */
    public LeaseRequest onWaiting(Consumer<String> listener) {
        return new LeaseRequest(selector, exporter, duration, patience, renewed, listener);
    }

    /** As people would say it. */
    String what() {
        String name = exporter == null ? "an exporter" : "exporter " + exporter;
        return selector == null || selector.isEmpty() ? name : name + " with " + selector;
    }
}
