package dev.rigbus.drivers.board;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;

/** Brings the virtual board. */
public final class BoardProvider implements DriverProvider {
    @Override
    public List<DriverType<?>> types() {
        return List.of(DriverType.of("rigbus.VirtualBoard", BoardConfig::read, VirtualBoard::new));
    }
}
