/** Connections from node to node over the main port, each end with the certificate of a node of this lab. */
@NullMarked
package dev.rigbus.cluster.tunnel;

import org.jspecify.annotations.NullMarked;
