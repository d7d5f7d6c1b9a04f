package dev.rigbus.app.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.Message;
import dev.rigbus.wire.lab.AuditEntry;
import dev.rigbus.wire.lab.BundleObject;
import dev.rigbus.wire.lab.LabObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows what a lab answered, in the form that was asked for. */
public final class Output {
    /** The forms. */
    public enum Form {
        TABLE,
        JSON,
        YAML,
        NAME;

        /** Their names on the command line. */
        public static final String WORDS = "table|json|yaml|name";

        /** Fails for a word that is none. */
        public static Form of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    private final PrintWriter out;
    private final Form form;
    private final boolean bold;

    /** @param bold whether titles may stand out, as on a terminal */
    public Output(PrintWriter out, Form form, boolean bold) {
        this.out = out;
        this.form = form;
        this.bold = bold;
    }

    /** One object. */
    public void object(LabObject object) {
        switch (form) {
            case JSON -> json(Values.of(object));
            case YAML -> out.print(Configurations.text(Values.of(object)));
            default -> objects(List.of(object));
        }
    }

    /** Any number of objects of one kind. */
    public void objects(List<LabObject> objects) {
        switch (form) {
            case JSON -> json(objects.stream().map(Values::of).toList());
            case YAML ->
                out.print(Configurations.text(objects.stream().map(Values::of).toList()));
            case NAME -> objects.forEach(object -> out.println(name(object)));
            case TABLE -> table(objects.isEmpty() ? null : Table.of(objects));
        }
    }

    public void bundles(List<BundleObject> bundles) {
        switch (form) {
            case JSON -> json(bundles.stream().map(Values::of).toList());
            case YAML ->
                out.print(Configurations.text(bundles.stream().map(Values::of).toList()));
            case NAME -> bundles.forEach(bundle -> out.println("bundle/" + Values.harmless(bundle.getName())));
            case TABLE -> table(bundles.isEmpty() ? null : Table.ofBundles(bundles));
        }
    }

    /**
     * Anything with columns.
     *
     * @param kind what each row is, for its name
     * @param titles the columns of a table; the keys of the rows in capitals
     */
    public void rows(String kind, List<String> titles, List<Map<String, @Nullable Object>> rows) {
        switch (form) {
            case JSON -> json(rows);
            case YAML -> out.print(Configurations.text(rows));
            case NAME -> rows.forEach(row -> out.println(kind + "/" + Values.harmless(row.get("name"))));
            case TABLE -> table(rows.isEmpty() ? null : Table.ofRows(titles, rows));
        }
    }

    /** Deeds, the oldest first. */
    public void audit(List<AuditEntry> entries) {
        switch (form) {
            case JSON -> json(entries.stream().map(Values::of).toList());
            case YAML ->
                out.print(Configurations.text(entries.stream().map(Values::of).toList()));
            case NAME -> entries.forEach(entry -> out.println(Values.harmless(entry.getObject())));
            case TABLE -> table(entries.isEmpty() ? null : Table.ofAudit(entries));
        }
    }

    /** Anything else; as a table, line by line. */
    public void message(Message message) {
        Map<String, Object> values = Values.of(message);
        switch (form) {
            case JSON -> json(values);
            case YAML -> out.print(Configurations.text(values));
            default -> values.forEach((key, value) -> out.println(key + ": " + Values.harmless(value)));
        }
    }

    private void table(@Nullable Table table) {
        if (table == null) {
            out.println("No resources found.");
        } else {
            table.lines(bold).forEach(out::println);
        }
    }

    private void json(Object value) {
        try {
            out.println(JsonMapper.builder()
                    .build()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write JSON", e);
        }
    }

    /** As {@code client/lab/ci}; nodes and administrators belong to the whole lab. */
    public static String name(LabObject object) {
        Map<String, Object> values = Values.of(object);
        Object namespace = values.get("namespace");
        return Values.harmless(
                values.get("kind") + "/" + (namespace == null ? "" : namespace + "/") + values.get("name"));
    }
}
