/** Stands in for time, disks and other nodes in the tests of every module. */
@NullMarked
package dev.rigbus.testkit;

import org.jspecify.annotations.NullMarked;
