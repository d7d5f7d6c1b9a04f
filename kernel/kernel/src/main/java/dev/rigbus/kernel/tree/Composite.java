package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Driver;

/** Holds other drivers and does nothing else. */
final class Composite implements Driver {
    static final String CLIENT = "jumpstarter_driver_composite.client.CompositeClient";

    @Override
    public String client() {
        return CLIENT;
    }
}
