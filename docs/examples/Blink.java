import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.Settings;

/** Switches nothing yet, but says so. */
public final class Blink implements Driver {
    record Config(int pin) {
        static Config read(Settings settings) {
            return new Config(settings.integer("pin", 1, 0, 27));
        }
    }

    private final Config config;
    private final DriverContext context;

    Blink(Config config, DriverContext context) {
        this.config = config;
        this.context = context;
    }

    @Override
    public String client() {
        return "jumpstarter_driver_power.client.PowerClient";
    }

    @Export
    public void on() {
        context.log().info("pin {} on", config.pin());
    }

    @Export
    public void off() {
        context.log().info("pin {} off", config.pin());
    }
}
