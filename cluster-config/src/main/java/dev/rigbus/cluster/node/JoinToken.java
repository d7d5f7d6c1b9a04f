package dev.rigbus.cluster.node;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * What a new node is given to join a lab with.
 *
 * @param authority fingerprint of the lab's certificate authority
 * @param addresses of nodes that it may ask
 */
record JoinToken(String node, String authority, List<HostAndPort> addresses, byte[] secret) {
    private static final String PREFIX = "rigbus-join-1.";

    String text() {
        JsonArray where = new JsonArray();
        addresses.forEach(address -> where.add(address.toString()));
        String json = new JsonObject()
                .put("node", node)
                .put("authority", authority)
                .put("addresses", where)
                .put("secret", secret)
                .encode();
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws IllegalArgumentException if it is none */
    static JoinToken parse(String text) {
        try {
            if (!text.startsWith(PREFIX)) {
                throw new IllegalArgumentException("it does not begin with " + PREFIX);
            }
            JsonObject json = new JsonObject(
                    new String(Base64.getUrlDecoder().decode(text.substring(PREFIX.length())), StandardCharsets.UTF_8));
            List<HostAndPort> addresses = json.getJsonArray("addresses").stream()
                    .map(address -> HostAndPort.parseAuthority((String) address, -1))
                    .toList();
            return new JoinToken(
                    json.getString("node"), json.getString("authority"), addresses, json.getBinary("secret"));
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException("it is cut off or changed", e);
        }
    }

    /** Does not tell the secret. */
    @Override
    public String toString() {
        return "JoinToken[" + node + "]";
    }
}
