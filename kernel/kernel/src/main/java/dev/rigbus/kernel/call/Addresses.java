package dev.rigbus.kernel.call;

import java.util.UUID;

/** The addresses on the bus. They are built here and never read back: what a receiver needs stands in the message. */
public final class Addresses {
    private Addresses() {}

    /** Calls, streaming calls and openings of one driver. */
    public static String driver(UUID uuid) {
        return "driver/" + uuid;
    }

    /** Status and lease of one exporter, as a service. */
    public static String exporter(String name) {
        return "exporter/" + name;
    }

    /** Published: the status of an exporter changed. */
    public static String exporterEvents(String name) {
        return "event/exporter/" + name;
    }

    /** Private to one node: the frames of all its streaming calls. */
    public static String endpoint(String id) {
        return "endpoint/" + id;
    }

    /** On a node: hosts drivers for exporters of other nodes. */
    public static String hostings(String node) {
        return "node/" + node + "/hostings";
    }

    /** Of drivers that are hosted together: the node that uses them grants it there. */
    public static String outpost(String id) {
        return "outpost/" + id;
    }
}
