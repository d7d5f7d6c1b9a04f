package dev.rigbus.lab.lease;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a client may write on its lease: tags, which leases can be found by, and a context, which is only shown. */
public final class Tags {
    public static final int MOST = 10;

    private static final List<String> RESERVED = List.of("jumpstarter.dev", "metadata.jumpstarter.dev");
    private static final int MOST_CONTEXT = 8;
    private static final int LONGEST_CONTEXT_KEY = 32;
    private static final int LONGEST_CONTEXT_VALUE = 64;

    private Tags() {}

    /** Fails with INVALID_ARGUMENT. */
    public static void check(Map<String, String> tags, int most) {
        if (tags.size() > most) {
            throw wrongTags("too many tags: " + tags.size() + " (maximum " + most + ")");
        }
        new TreeMap<>(tags).forEach(Tags::check);
    }

    private static void check(String key, String value) {
        if (key.contains("/")) {
            throw wrongTags("tag key \"" + key + "\" must not contain '/' (use simple names without prefix)");
        }
        if (RESERVED.stream().anyMatch(key::startsWith)) {
            throw wrongTags("tag key \"" + key + "\" must not use reserved prefix");
        }
        String wrong = Labels.wrongKey(key);
        if (wrong != null) {
            throw wrongTags("tag key \"" + key + "\" is not a valid label key: " + wrong);
        }
        wrong = Labels.wrongValue(value);
        if (wrong != null) {
            throw wrongTags("tag value for key \"" + key + "\" is not a valid label value: " + wrong);
        }
    }

    private static StatusException wrongTags(String text) {
        return new StatusException(Code.INVALID_ARGUMENT, "invalid lease tags: " + text);
    }

    /** Fails with INVALID_ARGUMENT. */
    public static void checkContext(Map<String, String> context) {
        if (context.size() > MOST_CONTEXT) {
            throw wrongContext("too many entries: " + context.size() + " (maximum " + MOST_CONTEXT + ")");
        }
        new TreeMap<>(context).forEach((key, value) -> {
            if (key.isEmpty() || key.length() > LONGEST_CONTEXT_KEY) {
                throw wrongContext("key \"" + key + "\" must have 1 to " + LONGEST_CONTEXT_KEY + " characters");
            }
            if (value.length() > LONGEST_CONTEXT_VALUE) {
                throw wrongContext(
                        "the value of \"" + key + "\" must have at most " + LONGEST_CONTEXT_VALUE + " characters");
            }
        });
    }

    private static StatusException wrongContext(String text) {
        return new StatusException(Code.INVALID_ARGUMENT, "invalid lease context: " + text);
    }
}
