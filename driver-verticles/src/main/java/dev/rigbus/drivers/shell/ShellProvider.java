package dev.rigbus.drivers.shell;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;

/** Brings the shell driver. */
public final class ShellProvider implements DriverProvider {
    @Override
    public List<DriverType<?>> types() {
        return List.of(DriverType.of("jumpstarter_driver_shell.driver.Shell", ShellConfig::read, Shell::new));
    }
}
