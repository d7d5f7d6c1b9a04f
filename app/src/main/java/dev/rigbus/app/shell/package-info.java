/** A shell, or one command, with an exporter at hand. */
@NullMarked
package dev.rigbus.app.shell;

import org.jspecify.annotations.NullMarked;
