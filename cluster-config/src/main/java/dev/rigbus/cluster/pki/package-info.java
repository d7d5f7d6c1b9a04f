/** Who a node is: the lab's certificate authority and keys, the certificates of its nodes, and how a new node comes by them. */
@NullMarked
package dev.rigbus.cluster.pki;

import org.jspecify.annotations.NullMarked;
