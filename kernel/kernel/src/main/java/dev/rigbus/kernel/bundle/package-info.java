/** Drivers that come while the process runs: bundles and single files, each with a class loader of its own. */
@NullMarked
package dev.rigbus.kernel.bundle;

import org.jspecify.annotations.NullMarked;
