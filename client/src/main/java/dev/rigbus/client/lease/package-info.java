/** Leases of a lab, Rigbus's or upstream's: asked for, waited for, used, and given back however the program ends. */
@NullMarked
package dev.rigbus.client.lease;

import org.jspecify.annotations.NullMarked;
