/** What a node serves to the administrators of a lab, and to clients beyond what Jumpstarter has. */
@NullMarked
package dev.rigbus.lab.admin;

import org.jspecify.annotations.NullMarked;
