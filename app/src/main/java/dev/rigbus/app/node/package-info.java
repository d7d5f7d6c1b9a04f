/** One node of a lab, put together from the rooms below. */
@NullMarked
package dev.rigbus.app.node;

import org.jspecify.annotations.NullMarked;
