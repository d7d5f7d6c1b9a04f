package dev.rigbus.app.config;

import dev.rigbus.driver.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A YAML 1.2 file as plain maps, lists and values, with the line of every key.
 *
 * @param values empty where the file is empty or is no map
 * @param faults what is wrong with the YAML itself
 */
record YamlFile(Path file, Map<String, Object> values, Lines lines, List<Fault> faults) {
    /** A configuration of a whole lab is a few hundred lines; what is larger is a mistake, or meant ill. */
    static final int MOST_BYTES = 1 << 20;

    static final int MOST_LEVELS = 64;

    /** Text of a file. */
    @FunctionalInterface
    private interface Source {
        String text() throws Unreadable;
    }

    static YamlFile read(Path file) {
        return read(file, () -> text(file));
    }

    /** The same, of what somebody else has read. */
    static YamlFile of(Path file, String text) {
        return read(file, () -> text);
    }

    private static YamlFile read(Path file, Source source) {
        List<Fault> faults = new ArrayList<>();
        Lines lines = new Lines();
        Map<String, Object> values = new LinkedHashMap<>();
        try {
            Optional<Node> root = compose(source.text());
            if (root.isEmpty()) {
                faults.add(new Fault(file, 0, "", "is empty"));
            } else if (root.get() instanceof MappingNode map) {
                values.putAll(new YamlValues(file, lines, faults).map(map));
            } else {
                faults.add(new Fault(file, 1, "", "holds no map of keys and values"));
            }
        } catch (MarkedYamlEngineException e) {
            faults.add(new Fault(
                    file, e.getProblemMark().map(Mark::getLine).orElse(-1) + 1, "", "broken YAML: " + complaint(e)));
        } catch (YamlEngineException e) {
            faults.add(new Fault(file, 0, "", "broken YAML: " + e.getMessage()));
        } catch (Unreadable e) {
            faults.add(new Fault(file, e.line, "", e.text));
        }
        return new YamlFile(file, values, lines, faults);
    }

    /** A problem with what the file says, with its line. */
    Fault fault(Problem problem) {
        String surprise = lines.surpriseAt(problem.key());
        String text = surprise == null ? problem.text() : problem.text() + "; " + surprise;
        return new Fault(file, lines.of(problem.key()), problem.key(), text);
    }

    private static Optional<Node> compose(String text) throws Unreadable {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setCodePointLimit(MOST_BYTES)
                .setAllowDuplicateKeys(true) // these three are told later, with their lines
                .setAllowNonScalarKeys(true)
                .setMaxAliasesForCollections(Integer.MAX_VALUE)
                .build();
        // The composer recurses, so the depth is looked at before.
        int level = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            level += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            if (level > MOST_LEVELS) {
                throw new Unreadable(
                        event.getStartMark().map(Mark::getLine).orElse(0) + 1,
                        "is nested deeper than " + MOST_LEVELS + " levels");
            }
        }
        return new Compose(settings).composeString(text);
    }

    private static String complaint(MarkedYamlEngineException e) {
        String context = e.getContext() == null || e.getContext().isEmpty() ? "" : e.getContext() + ": ";
        return (context + e.getProblem()).replace('\n', ' ').strip();
    }

    private static String text(Path file) throws Unreadable {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new Unreadable(0, "is larger than " + MOST_BYTES + " bytes");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new Unreadable(0, "is not UTF-8 text");
        } catch (NoSuchFileException e) {
            throw new Unreadable(0, "no such file");
        } catch (AccessDeniedException e) {
            throw new Unreadable(0, "may not be read (permission denied)");
        } catch (IOException e) {
            throw new Unreadable(0, Files.isDirectory(file) ? "is a directory" : "cannot be read: " + e.getMessage());
        }
    }

    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final int line;
        private final String text;

        Unreadable(int line, String text) {
            super(text);
            this.line = line;
            this.text = text;
        }
    }
}
