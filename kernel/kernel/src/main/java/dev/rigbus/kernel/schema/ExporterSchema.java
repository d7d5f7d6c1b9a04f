package dev.rigbus.kernel.schema;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StructProto;
import dev.rigbus.wire.DriverInstanceReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The typed services of all drivers of an exporter, as its report has them. Immutable. */
public final class ExporterSchema {
    private static final Logger log = LoggerFactory.getLogger(ExporterSchema.class);
    private static final String NAME = "jumpstarter.dev/name";

    private final List<Target> targets = new ArrayList<>();
    private final Map<String, FileDescriptorProto> merged = new LinkedHashMap<>();
    private final Set<String> served = new LinkedHashSet<>();

    /** A driver with its own view of its service. */
    private record Target(String uuid, String path, FileDescriptor file) {}

    /** A driver that can answer a call. */
    public record Candidate(String uuid, String path, MethodDescriptor method) {
        /** The name of the method on the wire. */
        public String wireName() {
            return DriverSchema.wireName(method.getName());
        }
    }

    public ExporterSchema(Collection<DriverInstanceReport> reports) {
        Map<String, String> paths = new HashMap<>();
        Set<String> seen = new LinkedHashSet<>();
        for (DriverInstanceReport report : reports) {
            String above = paths.getOrDefault(report.getParentUuid(), "");
            String name = report.getLabelsOrDefault(NAME, "");
            String path = above.isEmpty() ? name : above + "." + name;
            paths.putIfAbsent(report.getUuid(), path);
            if (report.hasFileDescriptorProto() && seen.add(report.getUuid())) {
                add(report.getUuid(), path, report.getFileDescriptorProto());
            }
        }
        merged.values().forEach(file -> addPaths(file, served));
    }

    private void add(String uuid, String path, ByteString descriptor) {
        try {
            FileDescriptorProto file = FileDescriptorProto.parseFrom(descriptor);
            targets.add(new Target(uuid, path, build(file)));
            merged.merge(file.getName(), file, ExporterSchema::merge);
        } catch (InvalidProtocolBufferException | DescriptorValidationException e) {
            log.atWarn().addKeyValue("driver", path).log("its schema cannot be used: {}", e.getMessage());
        }
    }

    private static FileDescriptor build(FileDescriptorProto file) throws DescriptorValidationException {
        return FileDescriptor.buildFrom(file, new FileDescriptor[] {StructProto.getDescriptor()});
    }

    /** Drivers of one kind may each have methods of their own. */
    private static FileDescriptorProto merge(FileDescriptorProto one, FileDescriptorProto other) {
        FileDescriptorProto.Builder both = one.toBuilder();
        Set<String> messages = new LinkedHashSet<>();
        one.getMessageTypeList().forEach(each -> messages.add(each.getName()));
        for (DescriptorProto message : other.getMessageTypeList()) {
            if (messages.add(message.getName())) {
                both.addMessageType(message);
            }
        }
        Set<String> methods = new LinkedHashSet<>();
        one.getService(0).getMethodList().forEach(each -> methods.add(each.getName()));
        for (MethodDescriptorProto method : other.getService(0).getMethodList()) {
            if (methods.add(method.getName())) {
                both.getServiceBuilder(0).addMethod(method);
            }
        }
        return both.build();
    }

    /** The files of all services, for who asks what there is. */
    public List<FileDescriptor> files() {
        List<FileDescriptor> files = new ArrayList<>();
        for (FileDescriptorProto file : merged.values()) {
            try {
                files.add(build(file));
            } catch (DescriptorValidationException e) {
                log.warn("the schema {} cannot be served: {}", file.getName(), e.getMessage());
            }
        }
        return files;
    }

    /** The paths of all methods, as {@code /rigbus.driver.power.v1.PowerInterface/On}. */
    public Set<String> paths() {
        return served;
    }

    private static void addPaths(FileDescriptorProto file, Set<String> to) {
        file.getServiceList()
                .forEach(service -> service.getMethodList()
                        .forEach(method ->
                                to.add("/" + file.getPackage() + "." + service.getName() + "/" + method.getName())));
    }

    /**
     * The drivers that have a method.
     *
     * @param driver the path or the uuid of the only one that is meant; absent for any
     */
    public List<Candidate> candidates(String path, @Nullable String driver) {
        int slash = path.lastIndexOf('/');
        String service = path.substring(1, slash);
        List<Candidate> found = new ArrayList<>();
        for (Target target : targets) {
            var served = target.file().getServices().get(0);
            MethodDescriptor method =
                    served.getFullName().equals(service) ? served.findMethodByName(path.substring(slash + 1)) : null;
            if (method != null
                    && (driver == null || driver.equals(target.path()) || driver.equalsIgnoreCase(target.uuid()))) {
                found.add(new Candidate(target.uuid(), target.path(), method));
            }
        }
        return found;
    }
}
