package dev.rigbus.lab.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a token says whose signature is right.
 *
 * @param username with the prefix of its issuer
 * @param tokenId of a token of the lab's own; absent for one of another issuer
 */
record Verified(String username, @Nullable String tokenId, Instant expires) {
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    boolean isInternal() {
        return tokenId != null;
    }

    /** Service accounts and the lab's own identities say by which name they act; users act by the name that follows from theirs. */
    boolean choosesName() {
        return isInternal() || withoutPrefix().startsWith(SERVICE_ACCOUNT);
    }

    String withoutPrefix() {
        return username.substring(username.indexOf(':') + 1);
    }
}
