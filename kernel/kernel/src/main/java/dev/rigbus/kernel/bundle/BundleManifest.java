package dev.rigbus.kernel.bundle;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle says of itself in its {@code META-INF/MANIFEST.MF}.
 *
 * @param name {@code Rigbus-Bundle}: under which it is upgraded and removed
 * @param version {@code Rigbus-Bundle-Version}: for people; what tells two bundles apart is their content
 * @param api {@code Rigbus-Api}: the versions of the driver API that it can live with
 * @param rights {@code Rigbus-Rights}: what its drivers need beside the JVM
 */
public record BundleManifest(String name, String version, String api, List<String> rights) {
    /** Libraries of machine code; its drivers run in a process of their own. */
    static final String NATIVE = "native";

    /** The word of who wrote it, which the administrator of a node allows or not; nothing in a JVM could hold a driver to it. */
    public static final List<String> RIGHTS = List.of("files", NATIVE, "network", "process");

    private static final String NAME = "Rigbus-Bundle";
    private static final String VERSION = "Rigbus-Bundle-Version";
    private static final String API = "Rigbus-Api";
    private static final String NEEDED = "Rigbus-Rights";
    private static final Pattern NAMES = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern VERSIONS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}");

    static BundleManifest read(String file, @Nullable Attributes attributes) throws BundleException {
        if (attributes == null || attributes.getValue(NAME) == null) {
            throw new BundleException(file + ": is no bundle: its manifest has no " + NAME);
        }
        String name = attributes.getValue(NAME).strip();
        if (!NAMES.matcher(name).matches()) {
            throw new BundleException(file + ": " + NAME + ": \"" + name
                    + "\" (expected: up to 63 small letters, digits and -, as relay-power)");
        }
        String version = given(file, attributes, VERSION);
        if (!VERSIONS.matcher(version).matches()) {
            throw new BundleException(file + ": " + VERSION + ": \"" + version + "\" (expected: as 1.2.0)");
        }
        String api = given(file, attributes, API);
        try {
            ApiRange.parse(api);
        } catch (IllegalArgumentException e) {
            throw new BundleException(file + ": " + API + ": " + e.getMessage());
        }
        TreeSet<String> rights = new TreeSet<>();
        String needed = attributes.getValue(NEEDED);
        Arrays.stream((needed == null ? "" : needed).split("[,\\s]+"))
                .filter(each -> !each.isEmpty())
                .forEach(rights::add);
        for (String right : rights) {
            if (!RIGHTS.contains(right)) {
                throw new BundleException(
                        file + ": " + NEEDED + ": " + right + " (expected: of " + String.join(", ", RIGHTS) + ")");
            }
        }
        return new BundleManifest(name, version, api, List.copyOf(rights));
    }

    private static String given(String file, Attributes attributes, String key) throws BundleException {
        String value = attributes.getValue(key);
        if (value == null || value.isBlank()) {
            throw new BundleException(file + ": its manifest has no " + key);
        }
        return value.strip();
    }
}
