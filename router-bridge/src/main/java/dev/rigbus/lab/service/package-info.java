/** The lab's gRPC services: what stock clients and exporters call, translated, and nothing else. */
@NullMarked
package dev.rigbus.lab.service;

import org.jspecify.annotations.NullMarked;
