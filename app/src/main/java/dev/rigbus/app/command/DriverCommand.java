package dev.rigbus.app.command;

import dev.rigbus.app.apart.DriverProcess;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.lab.Output;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code rigbus driver list}: what a configuration may have as a {@code type:}. */
final class DriverCommand implements Command {
    @Override
    public String name() {
        return "driver";
    }

    @Override
    public String summary() {
        return "Lists the types of driver that an exporter's file may name.";
    }

    @Override
    public String operands() {
        return "list";
    }

    @Override
    public List<Flag> flags() {
        return List.of(Admin.OUTPUT);
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", List.of("list"));
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        if (!words.operands().equals(List.of("list"))) {
            throw new UsageException("driver " + String.join(" ", words.operands()) + " (expected: driver list)");
        }
        Output output = LabOutput.of(words, Admin.OUTPUT, console);
        DriverCatalog catalog = DriverTypes.load(DriverProcess::command);
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(catalog.types().keySet());
        names.addAll(catalog.outposts().types());
        for (String name : names) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("name", name);
            row.put("runs", catalog.types().containsKey(name) ? "here" : "in Python");
            rows.add(row);
        }
        output.rows("driver", List.of("NAME", "RUNS"), rows);
        return ExitCode.OK;
    }
}
