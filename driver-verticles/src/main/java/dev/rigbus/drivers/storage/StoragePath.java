package dev.rigbus.drivers.storage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A path as a client gave it, made harmless: relative to the root of the storage, with plain names only.
 *
 * <p>White space around it, slashes at the front and doubled ones do not count; a slash at the end says that a directory is meant.
 * Dots are resolved as text, and never past the root. Nothing is decoded: {@code %2e%2e} is a name like any other. A backslash is
 * refused, since it is a name here and a separator elsewhere.
 *
 * @param names from the root down; none for the root itself
 * @param directory whether it ends with a slash, or is the root
 */
record StoragePath(List<String> names, boolean directory) {
    /** Far more than a person makes, and few enough to walk with a descriptor for each. */
    private static final int MOST_NAMES = 128;

    /** @throws Refused if the path leaves the root or has characters that no path may have */
    static StoragePath of(String given) throws Refused {
        String path = given.strip();
        if (path.indexOf('\0') >= 0) {
            throw new Refused("the path contains a NUL character");
        }
        if (path.indexOf('\\') >= 0) {
            throw new Refused("the path contains a backslash; put / between names");
        }
        List<String> names = resolve(path);
        if (names.size() > MOST_NAMES) {
            throw new Refused("the path has more than " + MOST_NAMES + " directories");
        }
        boolean directory = path.endsWith("/") || path.endsWith("/.") || path.endsWith("/..") || names.isEmpty();
        return new StoragePath(names, directory);
    }

    private static List<String> resolve(String path) throws Refused {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (names.isEmpty()) {
                    throw new Refused("the path leaves the root of this storage");
                }
                names.remove(names.size() - 1);
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    /**
     * The form in which paths are remembered as created: no slash at either end, and no dots. Unlike {@link #of} it takes any text, as
     * the stock driver does, and stops at the root instead of leaving it.
     */
    static String remembered(String given) {
        Deque<String> names = new ArrayDeque<>();
        for (String name : given.replace('\\', '/').split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return String.join("/", names);
    }

    boolean isRoot() {
        return names.isEmpty();
    }

    StoragePath parent() {
        return new StoragePath(names.subList(0, names.size() - 1), true);
    }

    String name() {
        return names.get(names.size() - 1);
    }

    /** As listings show it: {@code a/b}, {@code a/b/} for a directory, {@code /} for the root. */
    @Override
    public String toString() {
        return String.join("/", names) + (directory ? "/" : "");
    }

    /** A path that is none of this storage's; the message says why. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }
}
