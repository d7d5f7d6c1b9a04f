package dev.rigbus.lab.identity;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.StatusException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a call says of who makes it; each as often as it was sent. */
record CallCredentials(
        List<String> authorization, List<String> kinds, List<String> namespaces, List<String> names, String peer) {
    private static final String KIND = "jumpstarter-kind";
    private static final String NAMESPACE = "jumpstarter-namespace";

    static CallCredentials of(ServerCall call) {
        return new CallCredentials(
                call.metadataAll("authorization"),
                call.metadataAll(KIND),
                call.metadataAll(NAMESPACE),
                call.metadataAll("jumpstarter-name"),
                address(call.peer()));
    }

    /** Of {@code /127.0.0.1:40000} the address alone. */
    static String address(String peer) {
        int port = peer.lastIndexOf(':');
        return peer.substring(peer.indexOf('/') + 1, port < 0 ? peer.length() : port);
    }

    String namespace() {
        return only(NAMESPACE, namespaces);
    }

    String kind() {
        return only(KIND, kinds);
    }

    /** Absent if there is none, or not just one. */
    @Nullable
    String name() {
        return names.size() == 1 && !names.get(0).isEmpty() ? names.get(0) : null;
    }

    private static String only(String name, List<String> values) {
        if (values.size() > 1) {
            throw new StatusException(Code.INVALID_ARGUMENT, "multiple metadata: " + name);
        }
        if (values.isEmpty()) {
            throw new StatusException(Code.INVALID_ARGUMENT, "missing metadata: " + name);
        }
        return values.get(0);
    }
}
