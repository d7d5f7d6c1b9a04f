package dev.rigbus.grpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The percent-encoding of {@code grpc-message}: UTF-8 bytes outside printable ASCII, and the percent sign. */
final class StatusText {
    /** Stock clients refuse, at random above it, response metadata of more than 8192 bytes in total. */
    private static final int MOST_BYTES = 4000;

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private StatusText() {}

    static String encode(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            boolean plain = point >= ' ' && point <= '~' && point != '%';
            if (out == null && !plain) {
                out = new StringBuilder(text.length() + 16).append(text, 0, Math.min(i, MOST_BYTES));
            }
            int before = out == null ? i : out.length();
            if (before + (plain ? 1 : 12) > MOST_BYTES) {
                return out == null ? text.substring(0, i) : out.toString();
            }
            if (out != null) {
                append(out, point, plain);
            }
            i += Character.charCount(point);
        }
        return out == null ? text : out.toString();
    }

    private static void append(StringBuilder out, int point, boolean plain) {
        if (plain) {
            out.append((char) point);
            return;
        }
        for (byte b : new String(Character.toChars(point)).getBytes(StandardCharsets.UTF_8)) {
            out.append('%').append(HEX[(b >> 4) & 15]).append(HEX[b & 15]);
        }
    }

    static String decode(CharSequence encoded) {
        String text = encoded.toString();
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
