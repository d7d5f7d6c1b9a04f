/** What the tests of all drivers share. */
@NullMarked
package dev.rigbus.drivers.testing;

import org.jspecify.annotations.NullMarked;
