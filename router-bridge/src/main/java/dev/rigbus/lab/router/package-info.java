/** The router: joins the two ends of a stream that a token names, on this node, on another, or with drivers that run here. */
@NullMarked
package dev.rigbus.lab.router;

import org.jspecify.annotations.NullMarked;
