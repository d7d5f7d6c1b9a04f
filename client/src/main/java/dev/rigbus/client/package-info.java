/**
 * A client for exporters: Rigbus's and stock ones. Its calls block the thread that makes them; any thread will do, and several at a time.
 *
 * <p>{@link dev.rigbus.client.ExporterClient} connects and knows the tree of drivers; a {@link dev.rigbus.client.DriverNode} is called by
 * method name; {@link dev.rigbus.client.typed.PowerClient}, {@link dev.rigbus.client.typed.SerialConsole} and
 * {@link dev.rigbus.client.typed.FlasherClient} are shorter to use where the kind of driver is known.
 */
@NullMarked
package dev.rigbus.client;

import org.jspecify.annotations.NullMarked;
