package rigbus.testing;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;

/** The drivers of the tests. */
public final class ProbeProvider implements DriverProvider {
    @Override
    public List<DriverType<?>> types() {
        return List.of(
                DriverType.of("rigbus.testing.Probe", Probe.Config::read, Probe::new),
                DriverType.of("rigbus.testing.Ledger", Ledger.Config::read, (config, context) -> new Ledger(config)));
    }
}
