package dev.rigbus.system.examples;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Switches what a file of the system stands for, such as an LED: {@code 1} is on. */
record LampPower(Path file) implements Driver {
    static LampPower read(Settings settings) {
        return new LampPower(settings.path("file"));
    }

    @Override
    public String client() {
        return "jumpstarter_driver_power.client.PowerClient";
    }

    @Export
    public void on() throws IOException {
        Files.writeString(file, "1");
    }

    @Export
    public void off() throws IOException {
        Files.writeString(file, "0");
    }
}
