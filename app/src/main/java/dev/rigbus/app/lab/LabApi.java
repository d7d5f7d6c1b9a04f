package dev.rigbus.app.lab;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.client.LabClient;
import dev.rigbus.wire.lab.ExplainRequest;
import dev.rigbus.wire.lab.ExplainResponse;
import dev.rigbus.wire.lab.Kind;
import dev.rigbus.wire.lab.ListNodesRequest;
import dev.rigbus.wire.lab.ListNodesResponse;
import dev.rigbus.wire.lab.NodeObject;
import java.time.Duration;
import java.util.List;

/** A node's LabService, call by call. */
public final class LabApi {
    private static final String SERVICE = "/rigbus.lab.v1.LabService/";
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final LabClient lab;

    public LabApi(LabClient lab) {
        this.lab = lab;
    }

    public List<NodeObject> nodes() {
        return call("ListNodes", ListNodesRequest.getDefaultInstance(), ListNodesResponse.parser())
                .getNodesList();
    }

    /** @param namespace empty for that of who asks */
    public ExplainResponse explain(Kind kind, String namespace, String name) {
        ExplainRequest request = ExplainRequest.newBuilder()
                .setKind(kind)
                .setNamespace(namespace)
                .setName(name)
                .build();
        return call("Explain", request, ExplainResponse.parser());
    }

    private <T extends MessageLite> T call(String method, MessageLite request, Parser<T> parser) {
        return lab.call(SERVICE + method, request, parser, LIMIT);
    }
}
