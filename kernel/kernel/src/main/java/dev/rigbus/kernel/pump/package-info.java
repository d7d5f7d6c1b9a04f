/** Raw byte streams as Netty carries them, and what they are joined to. Knows nothing of drivers and calls. */
@NullMarked
package dev.rigbus.kernel.pump;

import org.jspecify.annotations.NullMarked;
