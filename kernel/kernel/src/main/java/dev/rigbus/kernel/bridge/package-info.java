/** Drivers written in Python, in a process of their own beside the others of their exporter. */
@NullMarked
package dev.rigbus.kernel.bridge;

import org.jspecify.annotations.NullMarked;
