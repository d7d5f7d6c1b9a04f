package dev.rigbus.lab.authority;

import dev.rigbus.lab.model.ObjectName;

/** Makes the tokens that the router lets in. */
@FunctionalInterface
public interface Inviter {
    /**
     * @param exporter whose board is meant
     * @param own whether this node ends the tunnel itself, for a board of its own
     */
    Invitation invite(ObjectName exporter, String lease, long fence, boolean own);
}
