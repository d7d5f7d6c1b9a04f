/** What {@code rigbus demo} shows: a user's session with a board made of software, through the public protocol. */
@NullMarked
package dev.rigbus.app.demo;

import org.jspecify.annotations.NullMarked;
