/** What went wrong for users of such systems, each by its number. */
@NullMarked
package dev.rigbus.system.regression;

import org.jspecify.annotations.NullMarked;
