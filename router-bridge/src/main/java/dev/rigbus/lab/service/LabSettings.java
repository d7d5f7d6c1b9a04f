package dev.rigbus.lab.service;

import dev.rigbus.lab.lease.Limits;
import dev.rigbus.lab.lease.Tags;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What an administrator decides about a lab.
 *
 * @param maxTags of one lease
 * @param hiddenLabels of exporters, shown on request only
 * @param deprecatedLabels with what to use instead
 */
public record LabSettings(int maxTags, Set<String> hiddenLabels, Map<String, String> deprecatedLabels, Limits limits) {
    public static final LabSettings USUAL = new LabSettings(Tags.MOST, Set.of(), Map.of(), Limits.DEFAULT);

    Map<String, String> deprecatedAmong(Collection<String> labels) {
        Map<String, String> found = new LinkedHashMap<>();
        deprecatedLabels.forEach((label, advice) -> {
            if (labels.contains(label)) {
                found.put(label, advice);
            }
        });
        return found;
    }
}
