/** What the drivers of an exporter can do, as a command line: the same words as the Python implementation's {@code j}. */
@NullMarked
package dev.rigbus.app.j;

import org.jspecify.annotations.NullMarked;
