package dev.rigbus.client;

import dev.rigbus.wire.GetStatusResponse;

/**
 * What an exporter says of its session.
 *
 * @param state see there
 * @param message more about it, possibly empty
 * @param version rises by one with every change
 */
public record SessionStatus(State state, String message, long version) {
    /** The states of an exporter; {@link #LEASE_READY} is the one in which drivers are used. */
    public enum State {
        UNSPECIFIED,
        OFFLINE,
        AVAILABLE,
        BEFORE_LEASE_HOOK,
        LEASE_READY,
        AFTER_LEASE_HOOK,
        BEFORE_LEASE_HOOK_FAILED,
        AFTER_LEASE_HOOK_FAILED;

        private static final State[] BY_NUMBER = values();
    }

    static SessionStatus of(GetStatusResponse response) {
        int number = response.getStatusValue();
        State state = number >= 0 && number < State.BY_NUMBER.length ? State.BY_NUMBER[number] : State.UNSPECIFIED;
        return new SessionStatus(state, response.getMessage(), response.getStatusVersion());
    }
}
