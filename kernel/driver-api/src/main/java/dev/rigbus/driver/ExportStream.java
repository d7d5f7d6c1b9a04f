package dev.rigbus.driver;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a public method without parameters open a raw byte stream. It returns a {@link ByteStream} (it may then block) or a
 * {@code Future<ByteStream>}; each client stream calls it once and owns what it returns.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ExportStream {
    /** The name on the wire; by default the method's own, in {@code snake_case}. Stock clients ask for {@code connect}. */
    String value() default "";
}
