package dev.rigbus.app.command;

import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.config.ExporterFile;
import dev.rigbus.app.config.Fault;
import dev.rigbus.driver.DriverType;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rigbus check FILE...}. */
@Command(
        name = "check",
        description = "Looks for mistakes in configurations of exporters, without touching a device.",
        footer = {"", "Every mistake is one line: FILE:LINE: KEY: what is wrong."},
        sortOptions = false)
final class Check implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this text.")
    private boolean help;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Configurations of exporters.")
    private List<Path> files = List.of();

    @Override
    public Integer call() throws ConfigException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Collection<DriverType<?>> types = DriverTypes.load();
        boolean fine = true;
        for (Path path : files) {
            ExporterFile file = ExporterFile.read(path, System.getenv());
            List<Fault> faults = file.check(types);
            faults.forEach(out::println);
            if (faults.isEmpty()) {
                out.println(path + ": ok");
            }
            fine &= faults.isEmpty();
        }
        return (fine ? ExitCode.OK : ExitCode.FAILURE).number();
    }
}
