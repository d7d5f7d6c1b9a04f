package dev.rigbus.driver;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a public method callable by clients; {@link Driver} says how the return type decides the kind of call.
 *
 * <p>Parameters may be {@code boolean}, {@code int}, {@code long}, {@code double}, their boxes, {@code String}, {@code UUID}, {@code Duration}
 * (seconds), {@code Path}, {@code byte[]} (base64), enums, {@code List}, {@code Map<String, ?>}, {@code Object}, records of these, and
 * {@link Resource}. A parameter of type {@link Cancellation} is filled in by the host. A parameter marked {@code @Nullable} or
 * {@link OrElse} may be left out at the end; a last parameter {@code String...} or {@code Object...} takes all that follow. Results may be of
 * the same types and further {@code Instant}, {@code Collection}, {@code Optional} and {@code URI}; bytes as a result are UTF-8 text.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Export {
    /** The name on the wire; by default the method's own, in {@code snake_case}. */
    String value() default "";
}
