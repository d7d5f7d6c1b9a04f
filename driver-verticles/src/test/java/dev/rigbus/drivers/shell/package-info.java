@NullMarked
package dev.rigbus.drivers.shell;

import org.jspecify.annotations.NullMarked;
