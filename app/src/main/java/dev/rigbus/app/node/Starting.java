package dev.rigbus.app.node;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.JumpstarterProto;
import dev.rigbus.wire.RouterProto;
import dev.rigbus.wire.client.ClientProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a node answers until it has found the others: stock peers try again on this, and give up for good where a service is missing. */
final class Starting {
    private static final CallHandler LATER = call -> {
        throw new StatusException(Code.UNAVAILABLE, "the node is starting");
    };

    private Starting() {}

    static Map<String, CallHandler> handlers() {
        Map<String, CallHandler> all = new HashMap<>();
        for (ServiceDescriptor service : List.of(
                JumpstarterProto.getDescriptor().findServiceByName("ControllerService"),
                ClientProto.getDescriptor().findServiceByName("ClientService"),
                RouterProto.getDescriptor().findServiceByName("RouterService"))) {
            service.getMethods()
                    .forEach(method -> all.put("/" + service.getFullName() + "/" + method.getName(), LATER));
        }
        return all;
    }

    /** The node has started: what it does not serve now it never will. */
    static void over(Ports ports) {
        ports.serveNoMore(LATER);
    }
}
