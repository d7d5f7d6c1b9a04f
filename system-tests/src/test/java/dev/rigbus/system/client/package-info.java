/** Our client against our exporter, both real and over real sockets. */
@NullMarked
package dev.rigbus.system.client;

import org.jspecify.annotations.NullMarked;
