package dev.rigbus.lab.identity;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The identity of a token, a UUID of version 7: it tells when the token was made, so that the token itself need not be kept. */
final class TokenId {
    private TokenId() {}

    static String create(long millis) {
        long random = ThreadLocalRandom.current().nextLong();
        long most = millis << 16 | 0x7000 | random & 0xfff;
        long least = 0x8000_0000_0000_0000L | ThreadLocalRandom.current().nextLong() >>> 2;
        return new UUID(most, least).toString();
    }

    static Instant made(String id) {
        return Instant.ofEpochMilli(UUID.fromString(id).getMostSignificantBits() >>> 16);
    }
}
