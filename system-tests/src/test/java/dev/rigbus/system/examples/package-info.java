/** The drivers that the documentation shows, compiled and run. */
@NullMarked
package dev.rigbus.system.examples;

import org.jspecify.annotations.NullMarked;
