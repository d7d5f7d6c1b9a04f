/**
 * Who gets which board, when and for how long, and why not. Values in, values out: no clock, no thread, no store. Times are the lab's and
 * are passed in, so that a test runs a day in a millisecond.
 */
@NullMarked
package dev.rigbus.lab.lease;

import org.jspecify.annotations.NullMarked;
