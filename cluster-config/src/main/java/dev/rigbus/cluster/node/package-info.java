/** This process as a member of the lab: alone, or with others by Hazelcast. */
@NullMarked
package dev.rigbus.cluster.node;

import org.jspecify.annotations.NullMarked;
