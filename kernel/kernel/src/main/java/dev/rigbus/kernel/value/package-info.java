/** Values between Java and the wire: {@code google.protobuf.Value} both ways, as stock peers convert them (protocol 2). */
@NullMarked
package dev.rigbus.kernel.value;

import org.jspecify.annotations.NullMarked;
