/** Where a driver lives: its verticle, its methods, its threads, its calls under way. */
@NullMarked
package dev.rigbus.kernel.host;

import org.jspecify.annotations.NullMarked;
