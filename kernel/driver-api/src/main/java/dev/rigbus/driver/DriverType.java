package dev.rigbus.driver;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

/**
 * One value of {@code type:} in a configuration and how an instance of it comes to be.
 *
 * @param name the whole name, such as {@code jumpstarter_driver_power.driver.MockPower}
 * @param config reads the record of the driver's settings; it touches no device, so that a configuration can be checked without one
 * @param factory makes one instance; it may block, and throws what says why the driver cannot start
 * @param traits where it can run; most have none
 * @param <C> the record of the driver's settings
 */
public record DriverType<C>(String name, Function<Settings, C> config, Factory<C> factory, Set<Trait> traits) {
    public DriverType {
        traits = Set.copyOf(traits);
    }

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
        return new DriverType<>(name, config, factory, Set.of());
    }

    /** A driver without settings; any key under {@code config:} but the common ones is an error. */
    public static DriverType<Settings> of(String name, PlainFactory factory) {
        return of(name, settings -> settings, (settings, context) -> factory.create(context));
    }

    /** The same type with one more trait. */
    public DriverType<C> with(Trait trait) {
        Set<Trait> more = EnumSet.of(trait);
        more.addAll(traits);
        return new DriverType<>(name, config, factory, more);
    }

    /** Whether it has a trait. */
    public boolean is(Trait trait) {
        return traits.contains(trait);
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
