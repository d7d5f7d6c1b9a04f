package dev.rigbus.app.command;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.config.ExporterFile;
import dev.rigbus.driver.DriverType;
import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.Status;
import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.Listener;
import dev.rigbus.wire.DriverCallRequest;
import dev.rigbus.wire.DriverInstanceReport;
import dev.rigbus.wire.GetReportResponse;
import dev.rigbus.wire.GetStatusRequest;
import dev.rigbus.wire.StreamRequest;
import dev.rigbus.wire.StreamingDriverCallRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/** {@code rigbus train}: does once what an exporter does all day, so that the JVM can remember which classes that takes. */
@Command(
        name = "train",
        hidden = true,
        description = "Runs an exporter briefly, for the archive that speeds up starts.")
final class Train implements Callable<Integer> {
    private static final long SECONDS = 20;

    @Override
    public Integer call() throws Exception {
        Path copy = Files.createTempFile("rigbus-train", ".yaml");
        try (InputStream yaml = Train.class.getResourceAsStream("train.yaml")) {
            Files.copy(Objects.requireNonNull(yaml), copy, StandardCopyOption.REPLACE_EXISTING);
            Collection<DriverType<?>> types = DriverTypes.load();
            serve(ExporterFile.read(copy, Map.of()), types);
        } finally {
            Files.delete(copy);
        }
        return ExitCode.OK.number();
    }

    private static void serve(ExporterFile file, Collection<DriverType<?>> types) throws Exception {
        Vertx vertx = ExporterProcess.vertx();
        try {
            Exporter exporter =
                    await(Exporter.start(vertx, file.spec(), types, new Listener("127.0.0.1", 0, null, null)));
            EventLoop loop = ((VertxInternal) vertx).nettyEventLoopGroup().next();
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", exporter.port());
            GrpcClient client = GrpcClient.connect(loop, address, null, Map.of(), GrpcLimits.DEFAULT)
                    .get(SECONDS, TimeUnit.SECONDS);
            use(client);
            client.close().get(SECONDS, TimeUnit.SECONDS);
            await(exporter.stop());
        } finally {
            await(vertx.close());
        }
    }

    private static void use(GrpcClient client) throws Exception {
        String service = "/jumpstarter.v1.ExporterService/";
        byte[] report = call(client, service + "GetReport", Map.of(), Empty.getDefaultInstance());
        call(client, service + "GetStatus", Map.of(), GetStatusRequest.getDefaultInstance());
        for (DriverInstanceReport node : GetReportResponse.parseFrom(report).getReportsList()) {
            String type = node.getLabelsOrThrow("jumpstarter.dev/client");
            if (type.endsWith(".PowerClient")) {
                call(
                        client,
                        service + "DriverCall",
                        Map.of(),
                        DriverCallRequest.newBuilder()
                                .setUuid(node.getUuid())
                                .setMethod("on")
                                .build());
                call(
                        client,
                        service + "StreamingDriverCall",
                        Map.of(),
                        StreamingDriverCallRequest.newBuilder()
                                .setUuid(node.getUuid())
                                .setMethod("read")
                                .build());
            } else if (type.endsWith(".NetworkClient")) {
                String request = "{\"kind\":\"driver\",\"uuid\":\"" + node.getUuid() + "\",\"method\":\"connect\"}";
                StreamRequest bytes = StreamRequest.newBuilder()
                        .setPayload(ByteString.copyFromUtf8("hello"))
                        .build();
                call(client, "/jumpstarter.v1.RouterService/Stream", Map.of("request", request), bytes);
            }
        }
    }

    /** Makes one call and returns the last message of its answer. */
    private static byte[] call(GrpcClient client, String path, Map<String, String> metadata, MessageLite request)
            throws Exception {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        client.eventLoop().execute(() -> {
            ClientCall call = client.call(path, metadata, null, new Last(answer));
            call.writeLast(request);
        });
        return answer.get(SECONDS, TimeUnit.SECONDS);
    }

    private static <T> T await(io.vertx.core.Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    private static final class Last implements ClientListener {
        private final CompletableFuture<byte[]> answer;
        private byte[] last = {};

        Last(CompletableFuture<byte[]> answer) {
            this.answer = answer;
        }

        @Override
        public void message(ByteBuf message) {
            last = ByteBufUtil.getBytes(message);
            message.release();
        }

        @Override
        public void finished(Status status) {
            if (status.code() == Code.OK) {
                answer.complete(last);
            } else {
                answer.completeExceptionally(new IllegalStateException(status.toString()));
            }
        }
    }
}
