@NullMarked
package dev.rigbus.drivers.serial;

import org.jspecify.annotations.NullMarked;
