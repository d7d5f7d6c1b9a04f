package dev.rigbus.kernel.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the drivers of an exporter come from that are written in Python.
 *
 * @param environment a virtual environment that has them; absent for one that is made here
 * @param packages what is installed in one that is made, as pip takes it; empty for what the drivers' types say
 */
public record PythonSpec(@Nullable String environment, List<String> packages) {
    public static final PythonSpec DEFAULT = new PythonSpec(null, List.of());
}
