package dev.rigbus.lab.admin;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The nodes of the lab, as administrators and clients look at them. */
public interface LabNodes {
    /** All that belong to the lab, also those that are lost or shut out, by name. */
    List<Fact> all();

    /** Lets a node with this name join, once. */
    Future<Invitation> invite(String name);

    /** Shuts a node out for good: its certificate is worth nothing from now on. Fails if there is none of this name. */
    Future<Void> revoke(String name);

    /** Lets a node hand over its work and take no more; complete once it has. Fails if there is none of this name. */
    Future<Void> drain(String name);

    /**
     * @param state such as up, lost, draining, revoked
     * @param since when that began, where it is known
     */
    record Fact(
            String name,
            String state,
            String address,
            String version,
            @Nullable Instant since) {}

    record Invitation(String token, Instant expires) {
        @Override
        public String toString() {
            return "Invitation(***, " + expires + ")";
        }
    }
}
