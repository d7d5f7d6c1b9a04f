package dev.rigbus.lab.model;

import java.time.Instant;

/** One thing that is or is not so of a lease, and since when; a lease keeps them in order of their first appearance. */
public record Condition(String type, boolean holds, String reason, String message, Instant since) {
    public static final String READY = "Ready";
    public static final String PENDING = "Pending";
    public static final String UNSATISFIABLE = "Unsatisfiable";
    public static final String INVALID = "Invalid";
}
