package rigbus.testing;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Trait;
import java.util.List;

/** The drivers of the tests. */
public final class ProbeProvider implements DriverProvider {
    @Override
    public List<DriverType<?>> types() {
        return List.of(
                DriverType.of("rigbus.testing.Probe", Probe.Config::read, Probe::new),
                DriverType.of("rigbus.testing.Roamer", context -> new Roamer()).with(Trait.ANYWHERE),
                DriverType.of("rigbus.testing.Ledger", Ledger.Config::read, (config, context) -> new Ledger(config)));
    }
}
