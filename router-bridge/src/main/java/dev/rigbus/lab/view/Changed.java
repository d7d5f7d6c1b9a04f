package dev.rigbus.lab.view;

import dev.rigbus.lab.model.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * One change of one record.
 *
 * @param before absent if it is new
 * @param now absent if it was deleted
 */
public record Changed<T>(
        ObjectName name, @Nullable T before, @Nullable T now) {}
