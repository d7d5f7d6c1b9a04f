/** Clients for the usual kinds of driver. Each is there by {@code new}, or by {@link dev.rigbus.client.DriverNode#as} where the exporter says so. */
@NullMarked
package dev.rigbus.client.typed;

import org.jspecify.annotations.NullMarked;
