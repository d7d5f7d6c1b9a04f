package dev.rigbus.drivers.storage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a storage can do, in the terms of the stock client, which insists on every key. */
final class Capability {
    private static final List<String> FLAGS = List.of(
            "blocking",
            "copy",
            "create_dir",
            "delete",
            "list",
            "list_with_limit",
            "list_with_recursive",
            "list_with_start_after",
            "presign",
            "presign_read",
            "presign_stat",
            "presign_write",
            "read",
            "read_with_if_match",
            "read_with_if_none_match",
            "read_with_override_cache_control",
            "read_with_override_content_disposition",
            "read_with_override_content_type",
            "rename",
            "shared",
            "stat",
            "stat_with_if_match",
            "stat_with_if_none_match",
            "write",
            "write_can_append",
            "write_can_empty",
            "write_can_multi",
            "write_with_cache_control",
            "write_with_content_disposition",
            "write_with_content_type");

    private static final List<String> LIMITS =
            List.of("write_multi_max_size", "write_multi_min_size", "write_total_max_size");

    private Capability() {}

    /** The whole map; nothing here has limits. */
    static Map<String, @Nullable Object> of(String... able) {
        Set<String> flags = Set.of(able);
        Map<String, @Nullable Object> all = new HashMap<>();
        FLAGS.forEach(flag -> all.put(flag, flags.contains(flag)));
        LIMITS.forEach(limit -> all.put(limit, null));
        return all;
    }
}
