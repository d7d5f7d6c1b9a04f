/**
 * JUnit tests with hardware: a class says which board it needs, and gets its devices.
 *
 * <p>{@link dev.rigbus.junit.Board} is all that a class needs; {@link dev.rigbus.junit.Device} marks what is to be injected.
 */
@NullMarked
package dev.rigbus.junit;

import org.jspecify.annotations.NullMarked;
