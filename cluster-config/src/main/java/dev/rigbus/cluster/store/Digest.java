package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.StoredRecord;
import java.nio.charset.StandardCharsets;

/** Numbers that tell whether two copies differ, without sending the copies. They guard against chance, not against malice. */
final class Digest {
    /** So many parts are compared on their own: one changed record makes a node list a 256th of what it has. */
    static final int BUCKETS = 256;

    private Digest() {}

    static int bucket(Key key) {
        return (int) (mix(text(text(1, key.kind()), key.key())) >>> 56);
    }

    static long of(StoredRecord record) {
        long hash = text(text(record.version(), record.kind()), record.key());
        hash = hash * 31 + record.changed();
        String value = record.value();
        return mix(value == null ? hash : text(hash + 1, value));
    }

    /** FNV-1a over the bytes, with the length in front so that two texts cannot trade their border. */
    static long text(long seed, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        long hash = mix(seed) ^ bytes.length;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    /** Spreads every bit over all others (the finaliser of SplitMix64). */
    static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
