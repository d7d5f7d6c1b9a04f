/** gRPC in front of the bus: translation, and nothing else. */
@NullMarked
package dev.rigbus.kernel.grpc;

import org.jspecify.annotations.NullMarked;
