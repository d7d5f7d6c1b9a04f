/** The protocol of driver calls on the event bus: addresses, messages, credit, failures. */
@NullMarked
package dev.rigbus.kernel.call;

import org.jspecify.annotations.NullMarked;
