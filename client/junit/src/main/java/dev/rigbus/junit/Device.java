package dev.rigbus.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field or a parameter for a device of the board: a typed client such as {@link dev.rigbus.client.typed.PowerClient}, an interface of one's own, a
 * {@link dev.rigbus.client.DriverNode}, or, without a name, the {@link dev.rigbus.client.ExporterClient} of the whole board.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER})
public @interface Device {
    /** Its path, as {@code board.power}; empty for the only one of the kind. */
    String value() default "";
}
