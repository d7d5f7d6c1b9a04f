/** Programs that drivers start, and how to be rid of them. */
@NullMarked
package dev.rigbus.drivers.process;

import org.jspecify.annotations.NullMarked;
