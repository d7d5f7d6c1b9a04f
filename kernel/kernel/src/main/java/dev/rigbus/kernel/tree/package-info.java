/** An exporter's drivers as one tree. */
@NullMarked
package dev.rigbus.kernel.tree;

import org.jspecify.annotations.NullMarked;
