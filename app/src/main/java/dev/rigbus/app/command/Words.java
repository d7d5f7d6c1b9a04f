package dev.rigbus.app.command;

import dev.rigbus.driver.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command line, taken apart. It is small on purpose: the libraries for this take longer to load than an exporter takes to start.
 *
 * @param flags the values by name, in the order of the line; a flag without a value has an empty one
 * @param operands the words that are neither flags nor their values
 */
record Words(Map<String, List<String>> flags, List<String> operands) {
    /** Reads {@code --flag value}, {@code --flag=value} and other words; what follows {@code --} are no flags. */
    static Words parse(Iterable<String> line, List<Flag> known) throws UsageException {
        Map<String, List<String>> flags = new HashMap<>();
        List<String> operands = new ArrayList<>();
        for (Iterator<String> words = line.iterator(); words.hasNext(); ) {
            String word = words.next();
            if (word.equals("--")) {
                words.forEachRemaining(operands::add);
            } else if (word.startsWith("-") && word.length() > 1) {
                flag(word, words, known, flags);
            } else {
                operands.add(word);
            }
        }
        return new Words(flags, operands);
    }

    /** The same flags, with other words before these. */
    Words after(String... before) {
        List<String> all = new ArrayList<>(List.of(before));
        all.addAll(operands);
        return new Words(flags, all);
    }

    private static void flag(String word, Iterator<String> rest, List<Flag> known, Map<String, List<String>> flags)
            throws UsageException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Flag flag = find(name, known);
        if (!flag.hasValue() && equals >= 0) {
            throw new UsageException(name + " takes no value");
        }
        if (flag.hasValue() && equals < 0 && !rest.hasNext()) {
            throw new UsageException(name + " needs a value (" + flag.value() + ")");
        }
        flags.computeIfAbsent(flag.name(), n -> new ArrayList<>())
                .add(equals >= 0 ? word.substring(equals + 1) : flag.hasValue() ? rest.next() : "");
    }

    private static Flag find(String name, List<Flag> known) throws UsageException {
        for (Flag flag : known) {
            if (flag.name().equals(name) || flag.alias().equals(name)) {
                return flag;
            }
        }
        List<String> near = Names.nearest(name, known.stream().map(Flag::name).toList(), 1);
        throw new UsageException(
                "unknown flag " + name + (near.isEmpty() ? "" : " (did you mean " + near.get(0) + "?)"));
    }

    boolean has(Flag flag) {
        return flags.containsKey(flag.name());
    }

    /** The value of a flag; of a repeated one the last counts. */
    @Nullable
    String value(Flag flag) {
        List<String> all = values(flag);
        return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    /** All values of a flag that may be repeated. */
    List<String> values(Flag flag) {
        return flags.getOrDefault(flag.name(), List.of());
    }
}
