/**
 * What a driver author compiles against: {@link dev.rigbus.driver.Driver}, the annotations that make its methods reachable, its
 * {@link dev.rigbus.driver.Settings} and the {@link dev.rigbus.driver.DriverContext} that it lives in.
 */
@NullMarked
package dev.rigbus.driver;

import org.jspecify.annotations.NullMarked;
