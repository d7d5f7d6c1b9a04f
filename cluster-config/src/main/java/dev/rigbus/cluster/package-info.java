/** Hazelcast, and the lab's records on its nodes' disks, behind the kernel's ports. */
@NullMarked
package dev.rigbus.cluster;

import org.jspecify.annotations.NullMarked;
