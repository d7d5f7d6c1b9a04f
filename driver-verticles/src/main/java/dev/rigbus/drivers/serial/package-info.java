/**
 * Serial ports. The library that talks to them is native code, so it runs in a JVM of its own beside the exporter
 * ({@link dev.rigbus.drivers.serial.PortHost}): what goes wrong there takes nothing else with it.
 */
@NullMarked
package dev.rigbus.drivers.serial;

import org.jspecify.annotations.NullMarked;
