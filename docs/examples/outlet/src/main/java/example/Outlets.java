package example;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;

/** The driver types of this bundle. */
public final class Outlets implements DriverProvider {
    @Override
    public List<DriverType<?>> types() {
        return List.of(DriverType.of(
                "example.FileOutlet", FileOutlet.Config::read, (config, context) -> new FileOutlet(config)));
    }
}
