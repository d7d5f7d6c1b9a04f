/** The way into the kernel. */
@NullMarked
package dev.rigbus.kernel;

import org.jspecify.annotations.NullMarked;
