package dev.rigbus.kernel.bundle;

import java.util.Map;

/** The classes of one compiled file. */
final class CompiledLoader extends ClassLoader {
    private final Map<String, byte[]> classes;

    /** @param classes by name */
    CompiledLoader(String name, Map<String, byte[]> classes) {
        super(name, ApiLoader.INSTANCE);
        this.classes = classes;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] code = classes.get(name);
        if (code == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, code, 0, code.length);
    }
}
