package dev.rigbus.driver;

import java.util.function.Function;

/**
 * One value of {@code type:} in a configuration and how an instance of it comes to be.
 *
 * @param name the whole name, such as {@code jumpstarter_driver_power.driver.MockPower}
 * @param config reads the record of the driver's settings; it touches no device, so that a configuration can be checked without one
 * @param factory makes one instance; it may block, and throws what says why the driver cannot start
 * @param <C> the record of the driver's settings
 */
public record DriverType<C>(String name, Function<Settings, C> config, Factory<C> factory) {
    /** The constructor of a driver. */
    @FunctionalInterface
    public interface Factory<C> {
        Driver create(C config, DriverContext context) throws Exception;
    }

    /** The constructor of a driver without settings. */
    @FunctionalInterface
    public interface PlainFactory {
        Driver create(DriverContext context) throws Exception;
    }

    public static <C> DriverType<C> of(String name, Function<Settings, C> config, Factory<C> factory) {
        return new DriverType<>(name, config, factory);
    }

    /** A driver without settings; any key under {@code config:} but the common ones is an error. */
    public static DriverType<Settings> of(String name, PlainFactory factory) {
        return new DriverType<>(name, settings -> settings, (settings, context) -> factory.create(context));
    }

    /** Reads the settings and throws {@link SettingsException} with every problem; makes nothing. */
    public void check(Settings settings) {
        read(settings);
    }

    private C read(Settings settings) {
        C read = config.apply(settings);
        settings.check();
        return read;
    }

    /** Reads the settings and makes an instance; throws {@link SettingsException} with every problem of the settings. */
    public Driver create(Settings settings, DriverContext context) throws Exception {
        return factory.create(read(settings), context);
    }
}
