package dev.rigbus.lab.authority;

import io.vertx.core.json.JsonObject;

/**
 * Where two peers meet.
 *
 * @param endpoint {@code host:port} of one node
 * @param token that both present there
 */
public record Invitation(String endpoint, String token) {
    static Invitation of(JsonObject json) {
        return new Invitation(json.getString("endpoint"), json.getString("token"));
    }

    JsonObject toJson() {
        return new JsonObject().put("endpoint", endpoint).put("token", token);
    }

    @Override
    public String toString() {
        return endpoint;
    }
}
