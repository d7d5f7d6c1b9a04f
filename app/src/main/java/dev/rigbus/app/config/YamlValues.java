package dev.rigbus.app.config;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.AnchorNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Turns composed YAML into maps, lists and values, and notes the line of every key on the way. */
final class YamlValues {
    /** Aliases are written once and count each time; ten lines of them can stand for a billion values. */
    static final int MOST_VALUES = 50_000;

    private static final Pattern OLD_BOOLEAN = Pattern.compile("(?i)yes|no|on|off");
    private static final Pattern OLD_NUMBER =
            Pattern.compile("[-+]?[0-9][0-9_]*_[0-9_]*|[-+]?[1-9][0-9]*(:[0-5]?[0-9])+|0b[01_]+");
    private static final Pattern LEADING_ZERO = Pattern.compile("[-+]?0[0-9]+");

    private final Path file;
    private final Lines lines;
    private final List<Fault> faults;
    private final Deque<Node> open = new ArrayDeque<>();
    private int values;

    YamlValues(Path file, Lines lines, List<Fault> faults) {
        this.file = file;
        this.lines = lines;
        this.faults = faults;
    }

    /** The map at the top of a file. */
    Map<String, Object> map(MappingNode top) {
        lines.put("", line(top));
        return map("", top);
    }

    private Map<String, Object> map(String path, MappingNode node) {
        Map<String, Object> result = new LinkedHashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        for (NodeTuple entry : node.getValue()) { // the composer has put in what << takes from elsewhere
            String key = key(path, entry.getKeyNode());
            if (key == null) {
                continue;
            }
            String at = path.isEmpty() ? key : path + "." + key;
            int line = line(entry.getKeyNode());
            Integer first = seen.putIfAbsent(key, line);
            if (first != null) {
                fault(line, at, "is there twice, first in line " + first);
                continue;
            }
            lines.put(at, line);
            result.put(key, value(at, entry.getValueNode()));
        }
        return result;
    }

    private @Nullable String key(String path, Node node) {
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            String key = scalar.getValue();
            if (scalar.isPlain() && OLD_BOOLEAN.matcher(key).matches()) {
                // A name here and a truth value to Jumpstarter: a file must not mean two things.
                fault(
                        line(node),
                        path.isEmpty() ? key : path + "." + key,
                        "is no text in YAML 1.1; put quotes around this key");
            }
            return key; // as it stands there, numbers too
        }
        fault(line(node), path, "has a key that is no text");
        return null;
    }

    private @Nullable Object value(String path, Node given) {
        Node node = resolved(given);
        if (tooMany(path, given)) {
            return null;
        }
        if (node instanceof ScalarNode scalar) {
            return scalar(path, scalar);
        }
        if (open.contains(node)) {
            fault(line(given), path, "is an alias of something that it is part of");
            return null;
        }
        open.push(node);
        try {
            return node instanceof MappingNode map ? map(path, map) : list(path, (SequenceNode) node);
        } finally {
            open.pop();
        }
    }

    private boolean tooMany(String path, Node node) {
        if (++values == MOST_VALUES + 1) {
            fault(line(node), path, "the file stands for more than " + MOST_VALUES + " values; are aliases nested?");
        }
        return values > MOST_VALUES;
    }

    private List<@Nullable Object> list(String path, SequenceNode node) {
        List<@Nullable Object> result = new ArrayList<>();
        for (Node item : node.getValue()) {
            String at = path + "[" + result.size() + "]";
            lines.put(at, line(item));
            result.add(value(at, item));
        }
        return result;
    }

    private @Nullable Object scalar(String path, ScalarNode node) {
        String text = node.getValue();
        Tag tag = node.getTag();
        try {
            if (tag.equals(Tag.STR)) {
                noteSurprise(path, node, text);
                return text;
            } else if (tag.equals(Tag.INT)) {
                return whole(path, node, text);
            } else if (tag.equals(Tag.FLOAT)) {
                return decimal(text);
            } else if (tag.equals(Tag.BOOL)) {
                return Boolean.valueOf(text);
            } else if (tag.equals(Tag.NULL)) {
                return null;
            }
            fault(line(node), path, "has the unknown tag " + tag.getValue());
        } catch (NumberFormatException e) {
            fault(line(node), path, text + " (expected: a number, as its tag says)");
        }
        return null;
    }

    private void noteSurprise(String path, ScalarNode node, String text) {
        if (node.isPlain() && OLD_BOOLEAN.matcher(text).matches()) {
            boolean meant = text.equalsIgnoreCase("yes") || text.equalsIgnoreCase("on");
            lines.surprise(path, "in YAML 1.2 " + text + " is a text; write " + meant);
        } else if (node.isPlain() && OLD_NUMBER.matcher(text).matches()) {
            lines.surprise(path, "in YAML 1.2 " + text + " is a text; write a plain decimal number");
        }
    }

    private @Nullable Number whole(String path, ScalarNode node, String text) {
        if (LEADING_ZERO.matcher(text).matches()) {
            fault(
                    line(node),
                    path,
                    text
                            + " is octal in YAML 1.1 and decimal in YAML 1.2; write it without the leading zero, or put quotes around it");
            return null;
        }
        BigInteger number = text.startsWith("0o")
                ? new BigInteger(text.substring(2), 8)
                : text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
        if (number.bitLength() < Integer.SIZE) {
            return number.intValue();
        }
        return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
    }

    private static double decimal(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.endsWith(".inf")) {
            return word.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return word.equals(".nan") ? Double.NaN : Double.parseDouble(text);
    }

    private static Node resolved(Node node) {
        return node instanceof AnchorNode alias ? alias.getRealNode() : node;
    }

    private void fault(int line, String key, String text) {
        faults.add(new Fault(file, line, key, text));
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
