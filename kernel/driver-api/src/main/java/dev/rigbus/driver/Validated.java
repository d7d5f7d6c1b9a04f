package dev.rigbus.driver;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A wrong number of arguments is an invalid argument. Without this mark it is an unknown error, as with those stock drivers that do
 * not validate their arguments; a new driver has every reason to carry it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Validated {}
