/** Finding the nodes of the lab on the local network. */
@NullMarked
package dev.rigbus.cluster.beacon;

import org.jspecify.annotations.NullMarked;
