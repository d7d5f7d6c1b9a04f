/** The lab's records: in memory on every node, and on disks before a write counts. */
@NullMarked
package dev.rigbus.cluster.store;

import org.jspecify.annotations.NullMarked;
