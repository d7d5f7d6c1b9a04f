package dev.rigbus.lab.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who administers the lab from afar.
 *
 * @param uid part of the token: who is created anew under an old name does not inherit it
 * @param tokenId of the one token that is valid; absent if none is
 */
public record Admin(String name, String uid, @Nullable String tokenId, Instant created) {
    public static final String KIND = "admin";
}
