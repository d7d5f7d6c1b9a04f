package dev.rigbus.kernel.value;

import org.jspecify.annotations.Nullable;

/** Turns plain data into what a method wants. */
@FunctionalInterface
interface Converter {
    /**
     * @throws UnfitException where it does not fit
     */
    @Nullable
    Object convert(@Nullable Object plain);

    /** Says what was expected. */
    final class UnfitException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnfitException(String expected, @Nullable Object got) {
            super("Input should be " + expected + ", got " + describe(got), null, false, false);
        }

        private static String describe(@Nullable Object got) {
            if (got instanceof String s) {
                return '"' + (s.length() > 60 ? s.substring(0, 60) + "…" : s) + '"';
            }
            return got instanceof java.util.Map
                    ? "a map"
                    : got instanceof java.util.List ? "a list" : String.valueOf(got);
        }
    }
}
