/** Who calls: the lab's own tokens, those of other issuers, and what they stand for. */
@NullMarked
package dev.rigbus.lab.identity;

import org.jspecify.annotations.NullMarked;
