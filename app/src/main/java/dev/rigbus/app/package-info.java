/** The {@code rigbus} command: reads files, chooses, and wires the rest together. */
@NullMarked
package dev.rigbus.app;

import org.jspecify.annotations.NullMarked;
