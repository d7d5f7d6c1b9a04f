package dev.rigbus.cluster.beacon;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The form of a beacon: the authentication code of what follows, in 32 bytes, and a JSON object. A beacon that is not of this lab, that is
 * too old, or that is not later than the last one of the same node is not understood.
 */
final class BeaconCode {
    private static final int CODE_BYTES = 32;
    private static final int MOST_BYTES = 1200;
    /** Clocks of hosts may differ by that; a beacon that was recorded is worth nothing later. */
    private static final long MOST_MILLIS = Duration.ofMinutes(15).toMillis();

    private final SecretKeySpec key;
    private final String lab;
    private final LongSupplier millis;
    private final Map<String, Long> last = new HashMap<>();
    private long lastSent;

    record Word(String node, String address) {}

    BeaconCode(byte[] secret, String lab, LongSupplier millis) {
        this.key = new SecretKeySpec(secret, "HmacSHA256");
        this.lab = lab;
        this.millis = millis;
    }

    byte[] encode(String node, String address) {
        lastSent = Math.max(lastSent + 1, millis.getAsLong());
        byte[] body = new JsonObject()
                .put("lab", lab)
                .put("node", node)
                .put("address", address)
                .put("time", lastSent)
                .encode()
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(CODE_BYTES + body.length)
                .put(code(body))
                .put(body)
                .array();
    }

    /** Absent if it is not to be believed. */
    @Nullable
    Word decode(byte[] bytes) {
        if (bytes.length <= CODE_BYTES || bytes.length > MOST_BYTES) {
            return null;
        }
        byte[] code = Arrays.copyOf(bytes, CODE_BYTES);
        byte[] body = Arrays.copyOfRange(bytes, CODE_BYTES, bytes.length);
        if (!MessageDigest.isEqual(code, code(body))) {
            return null;
        }
        try {
            return word(new JsonObject(new String(body, StandardCharsets.UTF_8)));
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            return null;
        }
    }

    private @Nullable Word word(JsonObject json) {
        long time = json.getLong("time");
        String node = json.getString("node");
        boolean fresh = Math.abs(millis.getAsLong() - time) <= MOST_MILLIS;
        if (!fresh || !lab.equals(json.getString("lab"))) {
            return null;
        }
        Long before = last.get(node);
        if (before != null && before >= time) {
            return null;
        }
        last.put(node, time);
        return new Word(node, json.getString("address"));
    }

    private byte[] code(byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(body);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}
