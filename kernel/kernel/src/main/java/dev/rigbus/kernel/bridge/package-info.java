/** Drivers in a process of their own beside the others of their exporter: those that are written in Python, and those that want to be apart. */
@NullMarked
package dev.rigbus.kernel.bridge;

import org.jspecify.annotations.NullMarked;
