package dev.rigbus.app.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; the text says everything that is wrong with it, a line each. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public ConfigException(List<Fault> faults) {
        this(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
    }

    ConfigException(String text) {
        super(text);
    }
}
