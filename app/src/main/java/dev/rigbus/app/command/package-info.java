/** What a person can type after {@code rigbus}. */
@NullMarked
package dev.rigbus.app.command;

import org.jspecify.annotations.NullMarked;
