package dev.rigbus.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The board that a test class needs.
 *
 * <p>Where a shell has one already ({@code JUMPSTARTER_HOST}, as inside {@code rigbus shell} and {@code jmp shell}), that is used. Else it is the one at
 * {@link #address()}, or one that is leased, by the file that {@code -Drigbus.client-config} names or that of the usual client. System properties
 * override what stands here: {@code rigbus.address}, {@code rigbus.insecure}, {@code rigbus.exporter}, {@code rigbus.selector}.
 *
 * <p>By default all classes with the same board share one connection and one lease for the whole run, and use it one after the other. The lease is given
 * back in the end, also when the JVM is killed.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(RigbusExtension.class)
public @interface Board {
    /** The labels that it must have, as {@code board=rpi4,site!=berlin}. */
    String selector() default "";

    /** The name of the only exporter that will do. */
    String exporter() default "";

    /** Of an exporter that serves without a lab, as {@code host:port}. */
    String address() default "";

    /** Whether the exporter at that address speaks plaintext. */
    boolean insecure() default false;

    /** How long a lease is wanted at first, as ISO 8601 has it; it is made longer for as long as tests run. */
    String duration() default "PT30M";

    /** How long to wait for a lease, as ISO 8601 has it. */
    String patience() default "PT2H";

    /** Who has it at the same time. */
    Sharing sharing() default Sharing.IN_TURN;

    /** How the classes of a run share boards. */
    enum Sharing {
        /** One board for all classes that need such a one, which use it one after the other. */
        IN_TURN,
        /** One board for all classes that need such a one, at the same time if classes run in parallel. */
        AT_ONCE,
        /** A board for each class. */
        SEPARATE
    }
}
