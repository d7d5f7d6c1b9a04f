/** The log of the process. */
@NullMarked
package dev.rigbus.app.log;

import org.jspecify.annotations.NullMarked;
