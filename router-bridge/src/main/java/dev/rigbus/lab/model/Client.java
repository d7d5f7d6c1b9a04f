package dev.rigbus.lab.model;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who leases boards.
 *
 * @param uid made with it, and part of its tokens: who is created anew under an old name does not inherit them
 * @param username of an external identity that may act as this client, as {@code provider:name}; absent for none
 * @param tokenId of the one internal token that is valid; older ones stopped working when it was made. Absent if none is
 */
public record Client(
        ObjectName name,
        String uid,
        Map<String, String> labels,
        @Nullable String username,
        @Nullable String tokenId,
        Instant created) {
    public static final String KIND = "client";
}
