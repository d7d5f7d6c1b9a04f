package dev.rigbus.client;

import java.util.Locale;

/** How a file is compressed that is sent as it is; the exporter gives its driver what it was before. */
public enum Compression {
    GZIP,
    XZ,
    BZ2,
    ZSTD;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
