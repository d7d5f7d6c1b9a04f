/** Who did what to which board: one way to write it down, for all who do something. */
@NullMarked
package dev.rigbus.lab.audit;

import org.jspecify.annotations.NullMarked;
