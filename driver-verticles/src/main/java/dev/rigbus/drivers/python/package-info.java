/** Texts as stock drivers write them, for clients and people who search for the same words. */
@NullMarked
package dev.rigbus.drivers.python;

import org.jspecify.annotations.NullMarked;
