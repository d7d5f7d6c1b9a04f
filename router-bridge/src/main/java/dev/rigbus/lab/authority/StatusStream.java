package dev.rigbus.lab.authority;

import org.jspecify.annotations.Nullable;

/** The Status call of a stock exporter, as the one who sends on it. */
public interface StatusStream {
    /** Says who has it. */
    void leased(String lease, String client);

    /** Says that nobody has it. */
    void free();

    /** Ends it for this reason; absent for the friendly end after which the exporter comes again at once. */
    void end(@Nullable String reason);
}
