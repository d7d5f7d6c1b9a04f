package rigbus.testing;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;

/** The probe's type. */
public final class ProbeProvider implements DriverProvider {
    @Override
    public List<DriverType<?>> types() {
        return List.of(DriverType.of("rigbus.testing.Probe", Probe.Config::read, Probe::new));
    }
}
