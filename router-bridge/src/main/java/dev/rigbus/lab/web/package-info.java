/** What browsers, scripts and {@code jmp admin} find on a node: pages, keys, health, metrics, and the few routes of a Kubernetes API. */
@NullMarked
package dev.rigbus.lab.web;

import org.jspecify.annotations.NullMarked;
