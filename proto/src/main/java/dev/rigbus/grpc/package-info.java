/**
 * gRPC over Netty's HTTP/2: the framing of messages, status and metadata, for servers and clients. What the calls mean is not known here.
 *
 * <p>All of a connection, its calls and their callbacks belong to one event loop; nothing here may be used from another thread, unless it
 * says so. There is no buffer without a bound: a call that does not read closes its HTTP/2 window, and a call whose peer does not read says
 * so through {@link dev.rigbus.grpc.GrpcStream#isWritable()}.
 */
@NullMarked
package dev.rigbus.grpc;

import org.jspecify.annotations.NullMarked;
