package dev.rigbus.cluster.node;

import com.google.protobuf.MessageLite;
import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.grpc.Unary;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.RecordStore.ConflictException;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.wire.lab.JoinRequest;
import dev.rigbus.wire.lab.JoinResponse;
import dev.rigbus.wire.lab.NodeCopy;
import io.vertx.core.Future;
import io.vertx.core.net.HostAndPort;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Invites nodes to the lab, lets in those that come, and shuts out those that shall not. */
public final class NodeAdmission {
    private static final Logger log = LoggerFactory.getLogger(NodeAdmission.class);
    private static final String JOIN = "/rigbus.lab.v1.JoinService/Join";
    private static final Duration VALID = Duration.ofHours(24);
    private static final int SECRET_BYTES = 32;
    private static final int MOST_ADDRESSES = 5;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    private final RecordStore store;
    private final LabKeys keys;
    private final String self;
    private final LongSupplier time;
    private final @Nullable String alone;

    /**
     * @param time of the lab
     * @param clustered whether this node takes part in a cluster, or has been started alone
     */
    public NodeAdmission(RecordStore store, LabKeys keys, String self, LongSupplier time, boolean clustered) {
        this.store = store;
        this.keys = keys;
        this.self = self;
        this.time = time;
        this.alone = clustered
                ? null
                : "node " + self + " runs alone; restart it, and it will take others in; the join token stays good";
    }

    /**
     * A token that has been made.
     *
     * @param token to be given to {@code rigbus up --join-token-file}
     */
    public record Invitation(String token, Instant expires) {
        /** Does not tell the token. */
        @Override
        public String toString() {
            return "Invitation[" + expires + "]";
        }
    }

    /**
     * Makes a token by which one node can join.
     *
     * @return fails with a {@link StatusException} whose text is for users
     */
    public Future<Invitation> invite(String name) {
        if (!NAME.matcher(name).matches()) {
            return refuse(
                    Code.INVALID_ARGUMENT,
                    "node name " + name + " (expected: up to 63 lower-case letters, digits and dashes)");
        }
        StoredRecord stored = store.get(NodeRecord.KIND, name);
        NodeRecord known = parse(stored);
        if (known != null && known.counts()) {
            return refuse(Code.ALREADY_EXISTS, "there is a node " + name + " in this lab; revoke it first");
        }
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        int number = known == null ? freeNumber() : known.number();
        long expires = time.getAsLong() + VALID.toMillis();
        NodeRecord invited = new NodeRecord(
                name,
                number,
                known == null ? portFor(number) : known.port(),
                NodeRecord.State.INVITED,
                null,
                null,
                null,
                null,
                LabKeys.sha256(secret),
                expires);
        JoinToken token = new JoinToken(name, keys.fingerprint(), addresses(), secret);
        return store.write(NodeRecord.KIND, name, expected(stored), invited.json())
                .map(written -> new Invitation(token.text(), Instant.ofEpochMilli(expires)));
    }

    private static long expected(@Nullable StoredRecord stored) {
        return stored == null || stored.isDeleted() ? 0 : stored.version();
    }

    private static @Nullable NodeRecord parse(@Nullable StoredRecord stored) {
        return stored == null || stored.value() == null ? null : NodeRecord.parse(stored.key(), stored.value());
    }

    private List<NodeRecord> all() {
        return store.all(NodeRecord.KIND).stream()
                .map(NodeAdmission::parse)
                .filter(Objects::nonNull)
                .toList();
    }

    private int freeNumber() {
        return all().stream().mapToInt(NodeRecord::number).max().orElse(0) + 1;
    }

    /** The usual distance from the first node's, which may have been given others. */
    private int portFor(int number) {
        int first = all().stream()
                .filter(node -> node.number() == 1)
                .mapToInt(NodeRecord::port)
                .findFirst()
                .orElseGet(() -> NodeRecord.firstPort(keys.fingerprint()));
        return NodeRecord.port(first, number);
    }

    /** Of this node first, since it knows of the invitation. */
    private List<HostAndPort> addresses() {
        return all().stream()
                .filter(node -> node.counts() && node.where() != null)
                .sorted(Comparator.comparing(node -> !node.name().equals(self)))
                .map(node -> Objects.requireNonNull(node.where()))
                .limit(MOST_ADDRESSES)
                .toList();
    }

    /** Shuts a node out, or takes an invitation back. What it knows of the lab's keys it still knows. */
    public Future<Void> revoke(String name) {
        StoredRecord stored = store.get(NodeRecord.KIND, name);
        NodeRecord known = parse(stored);
        if (stored == null || known == null) {
            return refuse(Code.NOT_FOUND, "there is no node " + name + " in this lab");
        }
        if (name.equals(self)) {
            return refuse(Code.FAILED_PRECONDITION, "a node cannot shut itself out; ask another one");
        }
        NodeRecord revoked = new NodeRecord(
                name,
                known.number(),
                known.port(),
                NodeRecord.State.REVOKED,
                known.address(),
                known.version(),
                known.hazelcast(),
                known.key(),
                null,
                0);
        return store.write(NodeRecord.KIND, name, stored.version(), revoked.json())
                .mapEmpty();
    }

    /** A node takes no new leases from now on; it does again once it is started anew. */
    public Future<Void> drain(String name) {
        StoredRecord stored = store.get(NodeRecord.KIND, name);
        NodeRecord known = parse(stored);
        if (stored == null || known == null || !known.counts()) {
            return refuse(Code.NOT_FOUND, "there is no node " + name + " in this lab");
        }
        return store.write(
                        NodeRecord.KIND,
                        name,
                        stored.version(),
                        known.with(NodeRecord.State.DRAINING).json())
                .mapEmpty();
    }

    /** What the main port serves for nodes that want to join. */
    public Map<String, CallHandler> handlers() {
        return Map.of(
                JOIN,
                Unary.of(
                        JoinRequest.parser(),
                        (call, request) -> join(request)
                                .onSuccess(joined ->
                                        log.info("node {} has joined from {}", request.getName(), call.peer()))
                                .onFailure(cause -> log.warn(
                                        "node {} at {} has not been let in: {}",
                                        printable(request.getName()),
                                        call.peer(),
                                        cause.getMessage()))));
    }

    private static String printable(String name) {
        return NAME.matcher(name).matches() ? name : "without a name";
    }

    private Future<? extends MessageLite> join(JoinRequest request) {
        if (alone != null) {
            return refuse(Code.FAILED_PRECONDITION, alone);
        }
        StoredRecord stored = store.get(NodeRecord.KIND, request.getName());
        NodeRecord invited = parse(stored);
        String refusal = refusal(invited, request);
        if (stored == null || invited == null || !refusal.isEmpty()) {
            return refuse(Code.PERMISSION_DENIED, refusal);
        }
        NodeRecord joined = invited.present(
                NodeRecord.State.ACTIVE,
                request.getAddress(),
                request.getVersion(),
                request.getHazelcast(),
                request.getKey());
        return store.write(NodeRecord.KIND, invited.name(), stored.version(), joined.json())
                .recover(cause -> cause instanceof ConflictException
                        ? refuse(Code.PERMISSION_DENIED, used(invited.name()))
                        : Future.failedFuture(cause))
                .map(written -> JoinResponse.newBuilder()
                        .setKeys(keys.secretText())
                        .addAllNodes(copies(written))
                        .build());
    }

    private static String used(String name) {
        return "the join token of node " + name
                + " has been used, or taken back; make a new one with `rigbus admin create node`";
    }

    private String refusal(@Nullable NodeRecord invited, JoinRequest request) {
        if (invited == null || invited.ticket() == null || invited.state() != NodeRecord.State.INVITED) {
            return used(invited == null ? "of that name" : invited.name());
        }
        byte[] hash = LabKeys.sha256(request.getSecret().toByteArray()).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(hash, invited.ticket().getBytes(StandardCharsets.US_ASCII))) {
            return used(invited.name());
        }
        if (time.getAsLong() > invited.expires()) {
            return "the join token of node " + invited.name() + " was good until "
                    + Instant.ofEpochMilli(invited.expires()) + "; make a new one with `rigbus admin create node`";
        }
        if (!request.getHazelcast().equals(HazelcastRelease.MINOR)) {
            return "the Hazelcast of node " + invited.name() + " is " + request.getHazelcast() + " (expected: "
                    + HazelcastRelease.MINOR + ", as on the other nodes)";
        }
        return "";
    }

    private Collection<NodeCopy> copies(StoredRecord own) {
        Map<String, StoredRecord> all = new TreeMap<>();
        store.all(NodeRecord.KIND).forEach(record -> all.put(record.key(), record));
        all.put(own.key(), own);
        return all.values().stream()
                .map(record -> NodeCopy.newBuilder()
                        .setName(record.key())
                        .setVersion(record.version())
                        .setChanged(record.changed())
                        .setValue(String.valueOf(record.value()))
                        .build())
                .toList();
    }

    private static <T> Future<T> refuse(Code code, String text) {
        return Future.failedFuture(new StatusException(code, text));
    }
}
