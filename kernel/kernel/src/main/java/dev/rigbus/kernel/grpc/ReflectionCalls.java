package dev.rigbus.kernel.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import dev.rigbus.wire.reflection.ErrorResponse;
import dev.rigbus.wire.reflection.FileDescriptorResponse;
import dev.rigbus.wire.reflection.ListServiceResponse;
import dev.rigbus.wire.reflection.ServerReflectionRequest;
import dev.rigbus.wire.reflection.ServerReflectionResponse;
import dev.rigbus.wire.reflection.ServiceResponse;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The standard reflection service, for tools such as grpcurl. Its versions v1 and v1alpha are the same on the wire. */
public final class ReflectionCalls {
    private final List<FileDescriptor> roots;
    private final Map<String, FileDescriptor> files = new LinkedHashMap<>();

    /** @param roots the files whose services are served */
    public ReflectionCalls(List<FileDescriptor> roots) {
        this.roots = roots;
        roots.forEach(this::index);
    }

    private void index(FileDescriptor file) {
        if (files.putIfAbsent(file.getName(), file) == null) {
            file.getDependencies().forEach(this::index);
        }
    }

    public CallHandler info() {
        return call -> new CallListener() {
            @Override
            public void message(ByteBuf message) {
                ServerReflectionRequest request = Unary.parse(message, ServerReflectionRequest.parser());
                call.write(answer(request));
            }

            @Override
            public void halfClosed() {
                call.finish(Status.OK);
            }
        };
    }

    private ServerReflectionResponse answer(ServerReflectionRequest request) {
        ServerReflectionResponse.Builder response = ServerReflectionResponse.newBuilder()
                .setValidHost(request.getHost())
                .setOriginalRequest(request);
        switch (request.getMessageRequestCase()) {
            case LIST_SERVICES -> response.setListServicesResponse(services());
            case FILE_BY_FILENAME ->
                file(response, files.get(request.getFileByFilename()), request.getFileByFilename());
            case FILE_CONTAINING_SYMBOL ->
                file(response, containing(request.getFileContainingSymbol()), request.getFileContainingSymbol());
            default -> error(response, Code.UNIMPLEMENTED, "there are no extensions");
        }
        return response.build();
    }

    private ListServiceResponse services() {
        ListServiceResponse.Builder list = ListServiceResponse.newBuilder();
        for (FileDescriptor file : roots) {
            file.getServices()
                    .forEach(service ->
                            list.addService(ServiceResponse.newBuilder().setName(service.getFullName())));
        }
        return list.build();
    }

    private @Nullable FileDescriptor containing(String symbol) {
        for (FileDescriptor file : files.values()) {
            String prefix = file.getPackage().isEmpty() ? "" : file.getPackage() + ".";
            if (symbol.startsWith(prefix) && defines(file, symbol.substring(prefix.length()))) {
                return file;
            }
        }
        return null;
    }

    private static boolean defines(FileDescriptor file, String name) {
        String top = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
        return file.findMessageTypeByName(top) != null
                || file.findEnumTypeByName(top) != null
                || file.findServiceByName(top) != null;
    }

    private static void file(ServerReflectionResponse.Builder response, @Nullable FileDescriptor file, String asked) {
        if (file == null) {
            error(response, Code.NOT_FOUND, "not found: " + asked);
            return;
        }
        Set<FileDescriptor> all = new LinkedHashSet<>();
        collect(file, all);
        FileDescriptorResponse.Builder found = FileDescriptorResponse.newBuilder();
        all.forEach(each -> found.addFileDescriptorProto(each.toProto().toByteString()));
        response.setFileDescriptorResponse(found);
    }

    private static void collect(FileDescriptor file, Set<FileDescriptor> all) {
        if (all.add(file)) {
            file.getDependencies().forEach(dependency -> collect(dependency, all));
        }
    }

    private static void error(ServerReflectionResponse.Builder response, Code code, String text) {
        response.setErrorResponse(
                ErrorResponse.newBuilder().setErrorCode(code.number()).setErrorMessage(text));
    }
}
