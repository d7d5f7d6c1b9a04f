/** Switching devices on and off. */
@NullMarked
package dev.rigbus.drivers.power;

import org.jspecify.annotations.NullMarked;
