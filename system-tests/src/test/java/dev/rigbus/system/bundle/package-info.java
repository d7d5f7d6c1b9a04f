/** Bundles and single files on an exporter that is in use. */
@NullMarked
package dev.rigbus.system.bundle;

import org.jspecify.annotations.NullMarked;
