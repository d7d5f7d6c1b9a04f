package dev.rigbus.lab.lease;

import dev.rigbus.lab.model.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Who wants to know. Clients see nothing of other namespaces; of their own they see who has a board that they might have, but neither whom a
 * rule is for nor who else waits. Administrators see everything.
 *
 * @param client absent for an administrator
 */
public record Asker(@Nullable ObjectName client) {
    public static final Asker ADMINISTRATOR = new Asker(null);

    public boolean isAdministrator() {
        return client == null;
    }

    /** Whether what is in this namespace exists for them at all; if not, it has to look as if it were not there. */
    public boolean sees(String namespace) {
        return client == null || client.namespace().equals(namespace);
    }

    boolean is(ObjectName other) {
        return client != null && client.equals(other);
    }
}
