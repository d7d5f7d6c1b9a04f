/** Sockets near the exporter, as streams to the client. */
@NullMarked
package dev.rigbus.drivers.network;

import org.jspecify.annotations.NullMarked;
