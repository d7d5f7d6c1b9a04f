package dev.rigbus.lab.admin;

import dev.rigbus.lab.model.ObjectName;
import io.vertx.core.Future;
import java.util.Map;

/** The exporters that are applied from afar, whichever node carries them out. */
public interface LabBoards {
    /**
     * An exporter as somebody wants it.
     *
     * @param file what it is called where it comes from, for messages
     * @param text what stands in it
     * @param node to carry it out; empty for where it is, or for the one that is asked
     * @param namespace of a file that names none; empty for the lab's own
     * @param labels empty for those that it has
     */
    record Wish(String file, String text, String node, String namespace, Map<String, String> labels) {}

    /** @param outcome created, replaced, unchanged, or later: when its lease is over */
    record Applied(ObjectName exporter, String node, String outcome) {}

    /** Fails, and leaves everything as it was, if it cannot be. */
    Future<Applied> apply(Wish wish);

    boolean isApplied(ObjectName exporter);

    /** Takes back what was applied; without effect on what was not. */
    Future<Void> forget(ObjectName exporter);
}
