package dev.rigbus.driver;

import java.util.List;

/** Names the driver types of a jar; found through {@link java.util.ServiceLoader}. Making one must be cheap. */
public interface DriverProvider {
    List<DriverType<?>> types();
}
