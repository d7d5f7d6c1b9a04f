/** Scripts of the configuration, run on the exporter's machine. */
@NullMarked
package dev.rigbus.drivers.shell;

import org.jspecify.annotations.NullMarked;
