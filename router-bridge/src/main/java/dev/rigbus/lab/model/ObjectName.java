package dev.rigbus.lab.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of a client, an exporter, a lease or a policy: unique among its kind. */
public record ObjectName(String namespace, String name) implements Comparable<ObjectName> {
    /** Reads {@link #key}. */
    @JsonCreator
    public static ObjectName ofKey(String key) {
        int slash = key.indexOf('/');
        return new ObjectName(key.substring(0, slash), key.substring(slash + 1));
    }

    /** {@code namespace/name}: how records and logs name it. */
    @JsonValue
    public String key() {
        return namespace + "/" + name;
    }

    /** Such as {@code namespaces/lab/leases/x}: how the wire names it. */
    public String path(String collection) {
        return "namespaces/" + namespace + "/" + collection + "/" + name;
    }

    @Override
    public int compareTo(ObjectName other) {
        int order = namespace.compareTo(other.namespace);
        return order != 0 ? order : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return key();
    }
}
