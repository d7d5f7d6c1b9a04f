package dev.rigbus.app.lab;

import dev.rigbus.wire.lab.ExplainResponse;
import dev.rigbus.wire.lab.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An explanation as lines for people. */
public final class Story {
    private static final int MOST_OF_A_STATE = 20;

    private Story() {}

    public static List<String> lines(ExplainResponse answer) {
        List<String> lines = new ArrayList<>();
        lines.add(answer.getSubject() + ": " + answer.getSummary());
        answer.getFactsList().forEach(fact -> lines.add("  " + fact));
        if (answer.hasPlace()) {
            lines.add("  place in the queue: " + answer.getPlace());
        }
        Map<String, Integer> seen = new LinkedHashMap<>();
        for (Finding finding : answer.getFindingsList()) {
            if (seen.merge(finding.getState(), 1, Integer::sum) <= MOST_OF_A_STATE) {
                lines.add("  " + finding.getName() + "  " + finding.getState() + ": " + finding.getReason());
            }
        }
        seen.forEach((state, count) -> {
            if (count > MOST_OF_A_STATE) {
                lines.add("  and " + (count - MOST_OF_A_STATE) + " more: " + state);
            }
        });
        answer.getAdviceList().forEach(advice -> lines.add("What to do: " + advice));
        return lines.stream().map(Values::harmless).toList();
    }
}
