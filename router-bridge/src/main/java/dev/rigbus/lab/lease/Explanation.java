package dev.rigbus.lab.lease;

import dev.rigbus.lab.model.Records;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why things are as they are, for people and for programs.
 *
 * @param subject such as {@code lease lab/x}
 * @param summary where it stands, in one sentence
 * @param facts more of it, a sentence each
 * @param rows what was looked at on the way, and what came of it: boards for a lease, waiting leases for a board
 * @param place in the queue, from 1; absent for what does not wait in one
 * @param advice what can be done
 */
public record Explanation(
        String subject,
        String summary,
        List<String> facts,
        List<Row> rows,
        @Nullable Integer place,
        List<String> advice) {
    private static final int MOST_ROWS_OF_A_KIND = 20;

    /**
     * @param state one word: free, leased, cleaning, offline, disabled, denied, spot, mismatch; waiting
     * @param reason in words
     */
    public record Row(String name, String state, String reason) {}

    public String toJson() {
        return Records.write(this);
    }

    /** Lines for a terminal. What others wrote into it cannot steer that terminal. */
    public String toText() {
        List<String> lines = new ArrayList<>();
        lines.add(subject + ": " + summary);
        facts.forEach(fact -> lines.add("  " + fact));
        if (place != null) {
            lines.add("  place in the queue: " + place);
        }
        addRows(lines);
        advice.forEach(what -> lines.add("What to do: " + what));
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(harmless(line)).append('\n'));
        return text.toString();
    }

    private void addRows(List<String> lines) {
        String state = "";
        int ofState = 0;
        for (Row row : rows) {
            if (!row.state.equals(state)) {
                addRest(lines, state, ofState);
                state = row.state;
                ofState = 0;
            }
            ofState++;
            if (ofState <= MOST_ROWS_OF_A_KIND) {
                lines.add("  " + row.name + "  " + row.state + ": " + row.reason);
            }
        }
        addRest(lines, state, ofState);
    }

    private static void addRest(List<String> lines, String state, int count) {
        if (count > MOST_ROWS_OF_A_KIND) {
            lines.add("  and " + (count - MOST_ROWS_OF_A_KIND) + " more: " + state);
        }
    }

    /** Without characters that move the cursor, ring, start a sequence or turn the direction of writing around. */
    static String harmless(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean control = Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.LINE_SEPARATOR
                    || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
            safe.appendCodePoint(control ? '�' : c);
        });
        return safe.toString();
    }
}
