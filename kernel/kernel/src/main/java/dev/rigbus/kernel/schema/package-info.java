/** What drivers can do, as protobuf descriptors, so that tools which speak gRPC and nothing else can use them with typed arguments and results. */
@NullMarked
package dev.rigbus.kernel.schema;

import org.jspecify.annotations.NullMarked;
