package dev.rigbus.lab.lease;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the keys and values of labels may be. */
public final class Labels {
    private static final int LONGEST = 63;
    private static final int LONGEST_PREFIX = 253;
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?");
    private static final String WORD_RULE =
            "must be letters, digits, '-', '_' or '.', with a letter or a digit at both ends";

    private Labels() {}

    /** What is wrong with a key; absent if nothing is. */
    public static @Nullable String wrongKey(String key) {
        int slash = key.indexOf('/');
        if (slash >= 0) {
            String prefix = key.substring(0, slash);
            if (prefix.length() > LONGEST_PREFIX || !Names.isDnsName(prefix)) {
                return "the part before '/' must be a DNS name in lower case";
            }
        }
        String name = key.substring(slash + 1);
        if (name.isEmpty()) {
            return "the name must not be empty";
        }
        return wrongWord(name, "the name ");
    }

    /** What is wrong with a value; absent if nothing is. It may be empty. */
    public static @Nullable String wrongValue(String value) {
        return value.isEmpty() ? null : wrongWord(value, "");
    }

    private static @Nullable String wrongWord(String word, String what) {
        if (word.length() > LONGEST) {
            return what + "must be no more than " + LONGEST + " characters";
        }
        return WORD.matcher(word).matches() ? null : what + WORD_RULE;
    }
}
