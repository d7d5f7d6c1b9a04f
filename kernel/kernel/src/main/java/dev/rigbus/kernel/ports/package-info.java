/** What the kernel and the lab's services ask of a cluster and of a disk; implemented elsewhere. */
@NullMarked
package dev.rigbus.kernel.ports;

import org.jspecify.annotations.NullMarked;
