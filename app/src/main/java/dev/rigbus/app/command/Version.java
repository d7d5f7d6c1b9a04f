package dev.rigbus.app.command;

/** What this is, for bug reports. */
final class Version {
    private Version() {}

    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "rigbus " + (version == null ? "(not packaged)" : version) + " on Java " + Runtime.version();
    }
}
