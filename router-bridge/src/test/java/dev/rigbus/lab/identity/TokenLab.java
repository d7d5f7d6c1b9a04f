package dev.rigbus.lab.identity;

import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import dev.rigbus.testkit.ManualCluster;
import dev.rigbus.testkit.MemoryRecordStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A lab with clients and exporters, of which only the identities matter. */
final class TokenLab {
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final String ISSUER = "https://lab.example:8082";

    final ManualCluster cluster = new ManualCluster("one", START);
    final MemoryRecordStore records = new MemoryRecordStore(cluster::time);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final TokenKeys keys = TokenKeys.generate();
    final TokenIssuer issuer = new TokenIssuer(keys, ISSUER, TokenIssuer.DEFAULT_LIFE, records, cluster);

    Authenticator authenticator(Set<String> provisioned, List<? extends ExternalIssuer> others) {
        return new Authenticator(issuer, provisioned, records, meters, others);
    }

    Authenticator authenticator() {
        return authenticator(Set.of(), List.of());
    }

    Client client(String name) {
        return client(name, null);
    }

    Client client(String name, String username) {
        Client client = new Client(
                new ObjectName("default", name),
                UUID.randomUUID().toString(),
                Map.of(),
                username,
                issuer.newTokenId(),
                issuer.now());
        result(records.write(Client.KIND, client.name().key(), 0, Records.write(client)));
        return client;
    }

    Exporter exporter(String name) {
        Exporter exporter = new Exporter(
                new ObjectName("default", name),
                UUID.randomUUID().toString(),
                Map.of(),
                null,
                issuer.newTokenId(),
                true,
                null,
                List.of(),
                null,
                issuer.now());
        result(records.write(Exporter.KIND, exporter.name().key(), 0, Records.write(exporter)));
        return exporter;
    }

    String token(Client client) {
        return Objects.requireNonNull(issuer.token(client)).token();
    }

    String token(Exporter exporter) {
        return Objects.requireNonNull(issuer.token(exporter)).token();
    }

    Client stored(Client client) {
        return Objects.requireNonNull(
                IdentityKind.CLIENT.read(records.get(Client.KIND, client.name().key())));
    }

    static CallCredentials call(String token, String kind, String name) {
        return new CallCredentials(
                List.of("Bearer " + token), List.of(kind), List.of("default"), List.of(name), "192.0.2.7");
    }

    static <T> T result(Future<T> future) {
        try {
            return future.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** With what a call is refused, as {@code CODE: text}. */
    static String refusal(Future<?> future) {
        try {
            Object value = future.await(60, TimeUnit.SECONDS);
            throw new AssertionError("let in: " + value);
        } catch (StatusException e) {
            Status status = e.status();
            return status.toString();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
