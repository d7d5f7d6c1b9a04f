package dev.rigbus.app.command;

import picocli.CommandLine.IVersionProvider;

/** What this is, for bug reports. */
final class Version implements IVersionProvider {
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "rigbus " + (version == null ? "(not packaged)" : version) + " on Java " + Runtime.version();
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
