package dev.rigbus.kernel.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A script that runs before or after a lease.
 *
 * @param script the script itself, or, as a single line that names an existing file, that file; a blank one is skipped
 * @param exec the interpreter; {@code /bin/sh} when absent, {@code python3} for a file that ends in {@code .py}
 * @param timeout how long it may run
 */
public record HookSpec(String script, @Nullable String exec, Duration timeout, OnFailure onFailure) {
    /** What a script that fails, or takes too long, means for the lease. */
    public enum OnFailure {
        WARN("warn"),
        END_LEASE("endLease"),
        EXIT("exit");

        private final String word;

        OnFailure(String word) {
            this.word = word;
        }

        /** The word in a configuration. */
        public String word() {
            return word;
        }

        /** What clients are told of a failure; stock clients look for the beginning of a warning. */
        String text(String hook, String reason) {
            return switch (this) {
                case WARN -> "[HOOK_WARNING] " + hook + " hook warning: " + reason;
                case END_LEASE -> hook + " hook failed (on_failure=endLease): " + reason;
                case EXIT -> hook + " hook failed (on_failure=exit, shutting down): " + reason;
            };
        }
    }
}
