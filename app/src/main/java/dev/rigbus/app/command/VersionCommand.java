package dev.rigbus.app.command;

/** {@code rigbus version}. */
final class VersionCommand implements Command {
    @Override
    public String name() {
        return "version";
    }

    @Override
    public String summary() {
        return "Says which version this is.";
    }

    @Override
    public ExitCode run(Words words, Console console) {
        console.out().println(Version.text());
        return ExitCode.OK;
    }
}
