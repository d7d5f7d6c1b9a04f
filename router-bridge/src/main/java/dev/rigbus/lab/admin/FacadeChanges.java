package dev.rigbus.lab.admin;

import dev.rigbus.lab.audit.Trail;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.web.LabChanges;
import dev.rigbus.wire.lab.ClientObject;
import dev.rigbus.wire.lab.ExporterObject;
import dev.rigbus.wire.lab.Kind;
import dev.rigbus.wire.lab.LabObject;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code jmp admin} changes, in the same way as {@code rigbus admin} does, and as well written down. */
public final class FacadeChanges implements LabChanges {
    private final Creation creation;
    private final Changes changes;
    private final Trail trail;

    public FacadeChanges(Lab lab) {
        this.creation = new Creation(lab);
        this.changes = new Changes(lab, new Listing(lab));
        this.trail = new Trail(lab.audit(), lab.cluster());
    }

    @Override
    public Future<?> create(
            String actor, Kind kind, ObjectName name, Map<String, String> labels, @Nullable String username) {
        LabObject object = object(kind, name, labels, username == null ? "" : username);
        return trail.of(actor, word(kind) + ".create", what(kind, name), labels, () -> creation.create(object));
    }

    private static LabObject object(Kind kind, ObjectName name, Map<String, String> labels, String username) {
        if (kind == Kind.KIND_CLIENT) {
            return LabObject.newBuilder()
                    .setClient(ClientObject.newBuilder()
                            .setNamespace(name.namespace())
                            .setName(name.name())
                            .putAllLabels(labels)
                            .setUsername(username))
                    .build();
        }
        return LabObject.newBuilder()
                .setExporter(ExporterObject.newBuilder()
                        .setNamespace(name.namespace())
                        .setName(name.name())
                        .putAllLabels(labels)
                        .setUsername(username)
                        .setEnabled(true))
                .build();
    }

    private static String word(Kind kind) {
        return kind.name().substring("KIND_".length()).toLowerCase(Locale.ROOT);
    }

    private static String what(Kind kind, ObjectName name) {
        return word(kind) + " " + name;
    }

    @Override
    public Future<?> delete(String actor, Kind kind, ObjectName name) {
        return trail.of(actor, word(kind) + ".delete", what(kind, name), Map.of(), () -> changes.delete(kind, name));
    }

    @Override
    public Future<?> rotate(String actor, Kind kind, ObjectName name) {
        return trail.of(actor, word(kind) + ".rotate", what(kind, name), Map.of(), () -> changes.rotate(kind, name));
    }
}
