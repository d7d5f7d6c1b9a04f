package dev.rigbus.lab.service;

import dev.rigbus.lab.model.ObjectName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Cuts what is in order of its names into pages. A token is the last name of the page before, so nothing is remembered between two calls. */
final class Pages {
    /** A message that is larger than 4 MiB is refused by stock clients; no object comes near the hundredth part of that. */
    private static final int MOST_BYTES = 3 * 1024 * 1024;

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private Pages() {}

    /** @param next the token of the page that follows; empty if this is the last */
    record Page<M>(List<M> items, String next) {}

    /**
     * @param size 0 for all that fits one message
     * @param bytes how large a message is
     */
    static <T, M> Page<M> of(
            NavigableMap<ObjectName, T> all,
            int size,
            String token,
            Predicate<T> filter,
            Function<T, M> message,
            Function<M, Integer> bytes) {
        if (size < 0) {
            throw LabErrors.invalid("page_size: " + size + " (expected: 0 or more)");
        }
        int most = size == 0 ? NO_LIMIT : size;
        NavigableMap<ObjectName, T> rest = token.isEmpty() ? all : all.tailMap(name(token), false);
        List<M> items = new ArrayList<>();
        ObjectName last = null;
        long total = 0;
        for (var entry : rest.entrySet()) {
            if (!filter.test(entry.getValue())) {
                continue;
            }
            M next = message.apply(entry.getValue());
            total += bytes.apply(next);
            if (last != null && (items.size() == most || total > MOST_BYTES)) {
                return new Page<>(items, token(last));
            }
            items.add(next);
            last = entry.getKey();
        }
        return new Page<>(items, "");
    }

    private static String token(ObjectName last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last.key().getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectName name(String token) {
        try {
            return ObjectName.ofKey(new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw LabErrors.invalid("page_token: not one that this lab gave out; ask for the first page again");
        }
    }
}
