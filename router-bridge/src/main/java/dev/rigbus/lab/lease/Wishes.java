package dev.rigbus.lab.lease;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.model.Lease.Wish;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what clients ask for, and fails as the wire's clients expect it of each place. */
public final class Wishes {
    /** What is shown as the selector of a lease that only names its exporter. */
    public static final String NO_SELECTOR = "<none>";

    private Wishes() {}

    /** Fails with INVALID_ARGUMENT unless there is a selector or the name of an exporter. */
    public static void checkTarget(String selector, @Nullable String exporter) {
        if (selector.isBlank() && (exporter == null || exporter.isEmpty())) {
            throw new StatusException(Code.INVALID_ARGUMENT, "one of selector or exporter_name is required");
        }
    }

    /** Keeps the client's own words beside the canonical ones: it looks for its lease by them. Fails with UNKNOWN. */
    public static Wish of(
            String selector,
            @Nullable String exporter,
            Map<String, String> tags,
            Map<String, String> context,
            boolean allowDisabled) {
        Selector parsed;
        try {
            parsed = Selector.parse(selector);
        } catch (SelectorException e) {
            throw new StatusException(Code.UNKNOWN, "failed to parse label selector: " + e.getMessage());
        }
        return of(parsed, selector.strip(), exporter, tags, context, allowDisabled);
    }

    /** Of a selector that came without a text, as those of the older rpc. Fails with UNKNOWN. */
    public static Wish of(Selector selector) {
        return of(selector, selector.toString(), null, Map.of(), Map.of(), false);
    }

    private static Wish of(
            Selector selector,
            String shown,
            @Nullable String exporter,
            Map<String, String> tags,
            Map<String, String> context,
            boolean allowDisabled) {
        try {
            return new Wish(
                    selector.normalised().toString(),
                    shown,
                    exporter == null || exporter.isEmpty() ? null : exporter,
                    Map.copyOf(tags),
                    Map.copyOf(context),
                    allowDisabled);
        } catch (SelectorException e) {
            throw new StatusException(Code.UNKNOWN, e.getMessage());
        }
    }

    /** What the wire's clients are shown as the selector. */
    public static String shown(Wish wish) {
        return wish.selector().isEmpty() ? NO_SELECTOR : wish.shown();
    }

    /** A filter of a list, over labels; for leases these are {@link Selector#equalities}. Fails with UNKNOWN. */
    public static Selector filter(String text) {
        try {
            return Selector.parse(text);
        } catch (SelectorException e) {
            throw new StatusException(Code.UNKNOWN, e.getMessage());
        }
    }

    /** A filter over tags. Fails with INVALID_ARGUMENT. */
    public static Selector tagFilter(String text) {
        try {
            return Selector.parse(text);
        } catch (SelectorException e) {
            throw new StatusException(Code.INVALID_ARGUMENT, "invalid tag_filter: " + e.getMessage());
        }
    }
}
