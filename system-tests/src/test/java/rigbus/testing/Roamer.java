package rigbus.testing;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.Export;

/** A power switch that is nothing but a program, and so can run anywhere. */
final class Roamer implements Driver {
    @Override
    public String client() {
        return "jumpstarter_driver_power.client.PowerClient";
    }

    @Export
    public void on() {}
}
