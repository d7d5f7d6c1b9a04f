/** Tests of the whole. */
@NullMarked
package dev.rigbus.system;

import org.jspecify.annotations.NullMarked;
