/** Drivers that misbehave on request, for the contract tests. */
@NullMarked
package rigbus.testing;

import org.jspecify.annotations.NullMarked;
