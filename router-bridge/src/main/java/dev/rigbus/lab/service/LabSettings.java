package dev.rigbus.lab.service;

import dev.rigbus.lab.lease.Limits;
import java.time.Duration;
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
 * @param grace how long a lease lasts whose board nobody speaks for, as its node is gone
 */
public record LabSettings(
        int maxTags, Set<String> hiddenLabels, Map<String, String> deprecatedLabels, Limits limits, Duration grace) {
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
