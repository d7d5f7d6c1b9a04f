/** The process of drivers that run apart from their node. */
@NullMarked
package dev.rigbus.app.apart;

import org.jspecify.annotations.NullMarked;
