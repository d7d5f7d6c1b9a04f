package dev.rigbus.cluster.node;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the lab knows of a node; the record of kind {@code node} whose key is its name.
 *
 * @param number from 1 on, in the order in which they were invited
 * @param port stands for this node on the loopback of all nodes, and the one after it too
 * @param address where the others reach it; absent until it has joined
 * @param version of Rigbus
 * @param hazelcast major and minor version, which all nodes have to share
 * @param key SHA-256 of its public key; absent until it has joined
 * @param ticket SHA-256 of the secret that it may join with; absent once it has
 * @param expires until when it may, in milliseconds of the lab's time
 * @param labels by which drivers are placed on it
 */
public record NodeRecord(
        String name,
        int number,
        int port,
        State state,
        @Nullable String address,
        @Nullable String version,
        @Nullable String hazelcast,
        @Nullable String key,
        @Nullable String ticket,
        long expires,
        Map<String, String> labels) {
    public static final String KIND = "node";

    private static final int LOWEST_PORT = 17_002;
    private static final int PORTS_EACH = 2;

    /** Ports of one lab, side by side, and how many such places there are below those that systems give out by themselves. */
    private static final int PORTS_OF_LAB = 64;

    private static final int PLACES = 230;

    /** What a node may be to the lab. */
    public enum State {
        /** May join. */
        INVITED,
        /** Belongs to the lab. */
        ACTIVE,
        /** Belongs to the lab and takes no new leases. */
        DRAINING,
        /** Did belong to the lab, and is not let in any more. */
        REVOKED
    }

    /** One without labels. */
    public NodeRecord(
            String name,
            int number,
            int port,
            State state,
            @Nullable String address,
            @Nullable String version,
            @Nullable String hazelcast,
            @Nullable String key,
            @Nullable String ticket,
            long expires) {
        this(name, number, port, state, address, version, hazelcast, key, ticket, expires, Map.of());
    }

    /** Whether it counts when nodes ask whether they are the majority. */
    boolean counts() {
        return state == State.ACTIVE || state == State.DRAINING;
    }

    /**
     * Where the others find the first node of a lab on their loopback. Labs that share a host have to differ, and so each has its place from
     * its fingerprint.
     */
    static int firstPort(String lab) {
        return LOWEST_PORT + Math.floorMod(lab.hashCode(), PLACES) * PORTS_OF_LAB;
    }

    static int port(int first, int number) {
        return first + (number - 1) * PORTS_EACH;
    }

    /** Where Vert.x's event bus of this node is found on the loopback of the others; the port itself is Hazelcast's. */
    int busPort() {
        return port + 1;
    }

    @Nullable
    HostAndPort where() {
        return address == null ? null : HostAndPort.parseAuthority(address, -1);
    }

    NodeRecord with(State next) {
        return new NodeRecord(name, number, port, next, address, version, hazelcast, key, ticket, expires, labels);
    }

    /** As a node of this release describes itself. */
    NodeRecord present(State now, String at, String release, String hazelcastMinor, String publicKey) {
        return new NodeRecord(name, number, port, now, at, release, hazelcastMinor, publicKey, null, 0, labels);
    }

    NodeRecord withLabels(Map<String, String> now) {
        return new NodeRecord(name, number, port, state, address, version, hazelcast, key, ticket, expires, now);
    }

    public String json() {
        JsonObject json = new JsonObject()
                .put("number", number)
                .put("port", port)
                .put("state", state.name().toLowerCase(Locale.ROOT));
        put(json, "address", address);
        put(json, "version", version);
        put(json, "hazelcast", hazelcast);
        put(json, "key", key);
        put(json, "ticket", ticket);
        if (ticket != null) {
            json.put("expires", expires);
        }
        if (!labels.isEmpty()) {
            json.put("labels", new JsonObject(new TreeMap<>(labels)));
        }
        return json.encode();
    }

    private static void put(JsonObject json, String key, @Nullable String value) {
        if (value != null) {
            json.put(key, value);
        }
    }

    /** @throws IllegalArgumentException if it is not what a record of a node looks like */
    public static NodeRecord parse(String name, String text) {
        try {
            JsonObject json = new JsonObject(text);
            return new NodeRecord(
                    name,
                    json.getInteger("number"),
                    json.getInteger("port"),
                    State.valueOf(json.getString("state").toUpperCase(Locale.ROOT)),
                    json.getString("address"),
                    json.getString("version"),
                    json.getString("hazelcast"),
                    json.getString("key"),
                    json.getString("ticket"),
                    json.getLong("expires", 0L),
                    labels(json.getJsonObject("labels")));
        } catch (DecodeException | ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new IllegalArgumentException("the record of node " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> labels(@Nullable JsonObject json) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (json != null) {
            json.forEach(each -> labels.put(each.getKey(), (String) each.getValue()));
        }
        return Map.copyOf(labels);
    }
}
