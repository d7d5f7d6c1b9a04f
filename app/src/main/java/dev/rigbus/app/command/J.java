package dev.rigbus.app.command;

import dev.rigbus.app.j.Cli;
import dev.rigbus.app.log.LogLevel;
import dev.rigbus.app.log.Logs;
import dev.rigbus.app.shell.LocalIo;
import dev.rigbus.client.ExporterClient;
import java.io.IOException;

/** {@code rigbus j}: uses the drivers of the exporter that the environment names, as inside {@code jmp shell} and in hooks. */
final class J implements Command {
    @Override
    public String name() {
        return "j";
    }

    @Override
    public String summary() {
        return "Uses the drivers of the exporter that JUMPSTARTER_HOST names; inside `rigbus shell` type `j`.";
    }

    @Override
    public String operands() {
        return "DRIVER COMMAND...";
    }

    @Override
    public boolean takesAll() {
        return true;
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        Logs.level(LogLevel.WARNING);
        try (ExporterClient client = ExporterClient.connect()) {
            throw new ExitException(Cli.run(client.root(), words.operands(), new LocalIo()));
        } catch (IllegalArgumentException e) {
            throw new CommandException("Error: the j command must be used inside a shell: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CommandException("Error: " + e.getMessage(), e);
        }
    }
}
