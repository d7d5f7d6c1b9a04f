/** What a client uses while it holds an exporter: status, hooks and the log stream. */
@NullMarked
package dev.rigbus.kernel.session;

import org.jspecify.annotations.NullMarked;
