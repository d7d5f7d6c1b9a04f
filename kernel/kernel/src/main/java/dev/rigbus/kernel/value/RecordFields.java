package dev.rigbus.kernel.value;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The components of a record class by their names on the wire, looked up once. */
final class RecordFields {
    private static final ClassValue<RecordFields> KNOWN = new ClassValue<>() {
        @Override
        protected RecordFields computeValue(Class<?> type) {
            return new RecordFields(type);
        }
    };

    private final String[] names;
    private final Method[] accessors;

    private RecordFields(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        names = new String[components.length];
        accessors = new Method[components.length];
        for (int i = 0; i < components.length; i++) {
            names[i] = WireNames.snakeCase(components[i].getName());
            accessors[i] = components[i].getAccessor();
            accessors[i].setAccessible(true);
        }
    }

    static Map<String, @Nullable Object> of(Record record) {
        RecordFields fields = KNOWN.get(record.getClass());
        Map<String, @Nullable Object> values = new LinkedHashMap<>(fields.names.length * 2);
        for (int i = 0; i < fields.names.length; i++) {
            values.put(fields.names[i], read(fields.accessors[i], record));
        }
        return values;
    }

    private static @Nullable Object read(Method accessor, Record record) {
        try {
            return accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(accessor.toString(), e);
        }
    }
}
