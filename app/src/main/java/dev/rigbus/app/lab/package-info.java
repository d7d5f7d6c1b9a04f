/** What the command needs to ask and to administer a lab: how to reach it, and how to show and keep what it answers. */
@NullMarked
package dev.rigbus.app.lab;

import org.jspecify.annotations.NullMarked;
