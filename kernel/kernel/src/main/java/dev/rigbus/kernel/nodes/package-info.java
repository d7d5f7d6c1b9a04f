/** Drivers of one exporter on other hosts of its lab: they are hosted there, and have a stand-in here. */
@NullMarked
package dev.rigbus.kernel.nodes;

import org.jspecify.annotations.NullMarked;
