/** What single parts of the kernel cost. */
@NullMarked
package dev.rigbus.kernel.bench;

import org.jspecify.annotations.NullMarked;
