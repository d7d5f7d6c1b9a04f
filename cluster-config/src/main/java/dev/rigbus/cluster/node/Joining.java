package dev.rigbus.cluster.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.Status;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.wire.lab.JoinRequest;
import dev.rigbus.wire.lab.JoinResponse;
import dev.rigbus.wire.lab.NodeCopy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a node that is new becomes one of a lab, before anything else of it runs. Blocks. */
public final class Joining {
    private static final String FILE = "joined.json";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final JoinToken token;
    private final KeyPair key = NodeIdentity.newKey();
    private final JoinRequest request;

    private Joining(JoinToken token, HostAndPort address, String release) {
        this.token = token;
        this.request = JoinRequest.newBuilder()
                .setName(token.node())
                .setSecret(ByteString.copyFrom(token.secret()))
                .setKey(NodeIdentity.keyFingerprint(key.getPublic()))
                .setAddress(address.toString())
                .setVersion(release)
                .setHazelcast(HazelcastRelease.MINOR)
                .build();
    }

    /**
     * Joins the lab that a token is for, and keeps what it is given; a folder that belongs to that lab already stays as it is.
     *
     * @param file holds the token
     * @param folder where the node keeps its data
     * @param address where the others will reach it
     * @param names for its certificate
     * @param release the version of Rigbus
     * @throws IOException whose text is for users
     */
    public static void join(
            Path file, Path folder, HostAndPort address, Collection<String> names, String release, InstantSource clock)
            throws IOException {
        JoinToken token = read(file);
        if (LabKeys.areIn(folder)) {
            if (!LabKeys.openOrCreate(folder, clock).fingerprint().equals(token.authority())) {
                throw new IOException("the folder " + folder + " belongs to another lab than the join token " + file
                        + " (expected: another --data)");
            }
            return;
        }
        Joining joining = new Joining(token, address, release);
        JoinResponse response = joining.ask();
        LabKeys keys = LabKeys.parse(response.getKeys());
        NodeIdentity.create(folder, keys, token.node(), names, clock, joining.key);
        NodeIdentity.keep(folder, FILE, json(response.getNodesList()));
        // Last: a folder with keys is one that has joined.
        keys.save(folder);
    }

    private static JoinToken read(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("the join token " + file + " cannot be read");
        }
        try {
            return JoinToken.parse(Files.readString(file).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException("the join token " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Whether the node of this folder has joined a lab that was there before it. */
    public static boolean hasJoined(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    /** The nodes as they were when this one joined; none if it is the first of its lab. Records that are newer count more. */
    public static Collection<StoredRecord> known(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        return new JsonArray(Files.readString(file))
                .stream()
                        .map(JsonObject.class::cast)
                        .map(each -> new StoredRecord(
                                NodeRecord.KIND,
                                each.getString("name"),
                                each.getLong("version"),
                                each.getLong("changed"),
                                each.getString("value")))
                        .toList();
    }

    private static String json(List<NodeCopy> nodes) {
        JsonArray all = new JsonArray();
        nodes.forEach(node -> all.add(new JsonObject()
                .put("name", node.getName())
                .put("version", node.getVersion())
                .put("changed", node.getChanged())
                .put("value", node.getValue())));
        return all.encode();
    }

    /** Asks the nodes that the token names, one after the other, until one has an answer. */
    private JoinResponse ask() throws IOException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        StringBuilder failures = new StringBuilder();
        try {
            for (HostAndPort address : token.addresses()) {
                try {
                    return ask(loops, address);
                } catch (Unreachable e) {
                    failures.append("\n  ").append(address).append(": ").append(e.getMessage());
                }
            }
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        throw new IOException("no node of the lab can be reached:" + failures);
    }

    private JoinResponse ask(EventLoopGroup loops, HostAndPort address) throws IOException {
        GrpcClient client;
        try {
            client = GrpcClient.connect(
                            loops.next(),
                            new InetSocketAddress(InetAddress.getByName(address.host()), address.port()),
                            LabTls.stranger(token.authority(), "h2"),
                            Map.of(),
                            GrpcLimits.DEFAULT)
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new Unreachable(text(e));
        } catch (TimeoutException | UnknownHostException e) {
            throw new Unreachable(text(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        try {
            return call(client);
        } finally {
            client.close();
        }
    }

    private static String text(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private JoinResponse call(GrpcClient client) throws IOException {
        CompletableFuture<JoinResponse> answer = new CompletableFuture<>();
        client.eventLoop()
                .execute(() -> client.call("/rigbus.lab.v1.JoinService/Join", Map.of(), PATIENCE, new Answer(answer))
                        .writeLast(request));
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(text(e), e);
        } catch (TimeoutException e) {
            throw new Unreachable("no answer within " + PATIENCE.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The next node may do better. */
    private static final class Unreachable extends IOException {
        private static final long serialVersionUID = 1;

        Unreachable(String text) {
            super(text);
        }
    }

    private record Answer(CompletableFuture<JoinResponse> future) implements ClientListener {
        @Override
        public void message(ByteBuf message) {
            try {
                future.complete(JoinResponse.parseFrom(ByteBufUtil.getBytes(message)));
            } catch (InvalidProtocolBufferException e) {
                future.completeExceptionally(e);
            } finally {
                message.release();
            }
        }

        @Override
        public void finished(Status status) {
            if (!status.isOk()) {
                future.completeExceptionally(new IOException(status.text()));
            }
        }
    }
}
