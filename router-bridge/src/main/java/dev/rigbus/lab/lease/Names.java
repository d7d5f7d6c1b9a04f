package dev.rigbus.lab.lease;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.model.ObjectName;
import java.util.regex.Pattern;

/** Names as the wire writes them, and what names may be. */
public final class Names {
    public static final String EXPORTERS = "exporters";
    public static final String LEASES = "leases";
    public static final String CLIENTS = "clients";

    private static final int LONGEST = 253;
    private static final Pattern DNS =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    private Names() {}

    /** The namespace of {@code namespaces/NAMESPACE}; fails with INVALID_ARGUMENT. */
    public static String namespace(String path) {
        return split(path, 2)[1];
    }

    /** The name in {@code namespaces/NAMESPACE/COLLECTION/NAME}; fails with INVALID_ARGUMENT. */
    public static ObjectName object(String path, String collection) {
        String[] segments = split(path, 4);
        if (!segments[2].equals(collection)) {
            throw invalid("invalid third segment in identifier \"" + path + "\", expecting \"" + collection
                    + "\", got \"" + segments[2] + "\"");
        }
        return new ObjectName(segments[1], segments[3]);
    }

    private static String[] split(String path, int expected) {
        String[] segments = path.split("/", -1);
        if (segments.length != expected) {
            throw invalid("invalid number of segments in identifier \"" + path + "\", expecting " + expected + ", got "
                    + segments.length);
        }
        if (!segments[0].equals("namespaces")) {
            throw invalid("invalid first segment in identifier \"" + path + "\", expecting \"namespaces\", got \""
                    + segments[0] + "\"");
        }
        return segments;
    }

    /** Fails with INVALID_ARGUMENT for what cannot be the name of a {@code what}, such as a lease. */
    public static void check(String what, String name) {
        if (name.length() > LONGEST || !isDnsName(name)) {
            throw invalid("invalid " + what + " name \"" + name + "\": must be lower case letters, digits, '-' or '.',"
                    + " with a letter or a digit at both ends, and no more than " + LONGEST + " characters");
        }
    }

    static boolean isDnsName(String name) {
        return DNS.matcher(name).matches();
    }

    private static StatusException invalid(String text) {
        return new StatusException(Code.INVALID_ARGUMENT, text);
    }
}
