package dev.rigbus.drivers.storage;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a storage knows of one entry. An entry may be neither a file nor a directory: a device, a pipe. */
record Metadata(
        long length,
        boolean isFile,
        boolean isDirectory,
        @Nullable String md5,
        @Nullable String type,
        @Nullable String disposition,
        @Nullable String etag) {
    static Metadata file(long length) {
        return new Metadata(length, true, false, null, null, null, null);
    }

    static Metadata directory(long length) {
        return new Metadata(length, false, true, null, null, null, null);
    }

    /** With every key that the client expects, null for what is not known. */
    Map<String, @Nullable Object> toWire() {
        Map<String, @Nullable Object> fields = new HashMap<>();
        fields.put("content_length", length);
        fields.put("content_md5", md5);
        fields.put("content_type", type);
        fields.put("content_disposition", disposition);
        fields.put("etag", etag);
        fields.put("mode", Map.of("entry_is_file", isFile, "entry_is_dir", isDirectory));
        return fields;
    }
}
