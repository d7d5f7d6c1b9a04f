package dev.rigbus.kernel.schema;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The messages of one file, and how Java types are told by them. What has no type of its own in protobuf is a {@code Value}. */
final class Messages {
    private static final String VALUE = ".google.protobuf.Value";
    private static final String STRUCT = ".google.protobuf.Struct";

    private final String scope;
    private final String prefix;
    private final Map<String, DescriptorProto> all = new LinkedHashMap<>();

    /** @param prefix of the names of messages */
    Messages(String scope, String prefix) {
        this.scope = scope;
        this.prefix = prefix;
    }

    void add(DescriptorProto message) {
        all.put(message.getName(), message);
    }

    Collection<DescriptorProto> all() {
        return all.values();
    }

    /** What is in a future, an optional or a stream. */
    static Type unwrapped(Type type) {
        if (type instanceof WildcardType wildcard) {
            return wildcard.getUpperBounds()[0];
        }
        if (type instanceof ParameterizedType of
                && of.getRawType() instanceof Class<?> raw
                && of.getActualTypeArguments().length > 0) {
            for (Class<?> wrapper :
                    List.of(Future.class, Optional.class, ReadStream.class, Iterator.class, Stream.class)) {
                if (wrapper.isAssignableFrom(raw)) {
                    return unwrapped(of.getActualTypeArguments()[0]);
                }
            }
        }
        return type;
    }

    /** @param variable whether it is the last parameter, of which there may be any number */
    FieldDescriptorProto.Builder field(Type given, boolean variable) {
        Type type = unwrapped(given);
        if (variable) {
            boolean texts = type == String[].class;
            return field(texts ? String.class : Object.class, false).setLabel(Label.LABEL_REPEATED);
        }
        if (type instanceof ParameterizedType of
                && of.getRawType() instanceof Class<?> raw
                && Collection.class.isAssignableFrom(raw)) {
            FieldDescriptorProto.Builder item = field(of.getActualTypeArguments()[0], false);
            return item.getLabel() == Label.LABEL_REPEATED ? named(VALUE) : item.setLabel(Label.LABEL_REPEATED);
        }
        Class<?> raw = type instanceof Class<?> plain
                ? plain
                : type instanceof ParameterizedType of && of.getRawType() instanceof Class<?> base
                        ? base
                        : Object.class;
        return plain(raw);
    }

    private FieldDescriptorProto.Builder plain(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) {
            return typed(FieldDescriptorProto.Type.TYPE_BOOL);
        } else if (type == int.class || type == Integer.class) {
            return typed(FieldDescriptorProto.Type.TYPE_INT32);
        } else if (type == long.class || type == Long.class) {
            return typed(FieldDescriptorProto.Type.TYPE_INT64);
        } else if (type == double.class || type == Double.class || type == Duration.class) {
            return typed(FieldDescriptorProto.Type.TYPE_DOUBLE);
        } else if (type == byte[].class) {
            return typed(FieldDescriptorProto.Type.TYPE_BYTES);
        } else if (type.isEnum()
                || List.of(String.class, UUID.class, Path.class, URI.class, Instant.class)
                        .contains(type)) {
            return typed(FieldDescriptorProto.Type.TYPE_STRING);
        } else if (Map.class.isAssignableFrom(type)) {
            return named(STRUCT);
        } else if (type.isRecord() && type != dev.rigbus.driver.Settings.class) {
            return named(record(type));
        }
        return named(VALUE);
    }

    private String record(Class<?> type) {
        String simple = type.getSimpleName();
        String name = simple.startsWith(prefix) ? simple : prefix + simple;
        if (!all.containsKey(name)) {
            all.put(name, DescriptorProto.getDefaultInstance()); // a record may contain itself
            DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
            for (RecordComponent each : type.getRecordComponents()) {
                FieldDescriptorProto.Builder field = field(each.getGenericType(), false)
                        .setName(DriverSchema.snakeCase(each.getName()))
                        .setNumber(message.getFieldCount() + 1);
                message.addField(field);
            }
            all.put(name, message.build());
        }
        return "." + scope + "." + name;
    }

    private static FieldDescriptorProto.Builder typed(FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder().setType(type).setLabel(Label.LABEL_OPTIONAL);
    }

    private static FieldDescriptorProto.Builder named(String message) {
        return typed(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName(message);
    }
}
