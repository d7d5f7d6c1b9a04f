package dev.rigbus.kernel.schema;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Messages of a driver's schema as the values of the driver protocol, and back. */
public final class TypedValues {
    private static final Value NULL =
            Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();

    private TypedValues() {}

    /** The arguments of a call: what was not given at the end is left out, and null elsewhere. */
    public static List<Value> arguments(Message request) {
        List<Value> all = new ArrayList<>();
        int given = 0;
        for (FieldDescriptor field : request.getDescriptorForType().getFields()) {
            boolean variable = field.isRepeated() && isLast(field) && !isList(field);
            if (field.isRepeated() && variable) {
                for (int i = 0; i < request.getRepeatedFieldCount(field); i++) {
                    all.add(value(field, request.getRepeatedField(field, i)));
                }
                given = request.getRepeatedFieldCount(field) > 0 ? all.size() : given;
            } else {
                // A message that must be there and is not is an empty one.
                boolean optional = field.toProto().getProto3Optional();
                boolean there = !field.hasPresence() || !optional || request.hasField(field);
                all.add(there ? value(request, field) : NULL);
                given = there ? all.size() : given;
            }
        }
        return all.subList(0, given);
    }

    /** Whether a repeated field is one argument that is a list; else it is any number of arguments. */
    private static boolean isList(FieldDescriptor field) {
        return !field.toProto().getJsonName().equals(VARIABLE);
    }

    /** How the last field of a method with any number of arguments is marked. */
    static final String VARIABLE = "args";

    private static boolean isLast(FieldDescriptor field) {
        return field.getIndex() == field.getContainingType().getFields().size() - 1;
    }

    private static Value value(Message message, FieldDescriptor field) {
        if (!field.isRepeated()) {
            return value(field, message.getField(field));
        }
        ListValue.Builder list = ListValue.newBuilder();
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
            list.addValues(value(field, message.getRepeatedField(field, i)));
        }
        return Value.newBuilder().setListValue(list).build();
    }

    private static Value value(FieldDescriptor field, Object content) {
        Value.Builder value = Value.newBuilder();
        return switch (field.getJavaType()) {
            case BOOLEAN -> value.setBoolValue((Boolean) content).build();
            case INT, LONG, FLOAT, DOUBLE ->
                value.setNumberValue(((Number) content).doubleValue()).build();
            case BYTE_STRING ->
                value.setStringValue(Base64.getEncoder().encodeToString(((ByteString) content).toByteArray()))
                        .build();
            case MESSAGE -> value((Message) content);
            default -> value.setStringValue(content.toString()).build();
        };
    }

    private static Value value(Message message) {
        Descriptor type = message.getDescriptorForType();
        try {
            if (type.getFullName().equals(Value.getDescriptor().getFullName())) {
                return Value.parseFrom(message.toByteString());
            }
            if (type.getFullName().equals(Struct.getDescriptor().getFullName())) {
                return Value.newBuilder()
                        .setStructValue(Struct.parseFrom(message.toByteString()))
                        .build();
            }
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        Struct.Builder struct = Struct.newBuilder();
        for (FieldDescriptor field : type.getFields()) {
            struct.putFields(field.getName(), value(message, field));
        }
        return Value.newBuilder().setStructValue(struct).build();
    }

    /**
     * The answer to a call.
     *
     * @throws IllegalStateException for a result that is not what the schema says
     */
    public static Message response(Descriptor type, Value result) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        FieldDescriptor field = type.findFieldByName(DriverSchema.RESULT);
        if (field != null && result.getKindCase() != Value.KindCase.NULL_VALUE) {
            set(message, field, result);
        }
        return message.build();
    }

    private static void set(DynamicMessage.Builder message, FieldDescriptor field, Value value) {
        if (!field.isRepeated()) {
            message.setField(field, content(field, value));
        } else {
            value.getListValue().getValuesList().forEach(item -> message.addRepeatedField(field, content(field, item)));
        }
    }

    private static Object content(FieldDescriptor field, Value value) {
        return switch (field.getJavaType()) {
            case BOOLEAN -> value.getBoolValue();
            case INT -> (int) value.getNumberValue();
            case LONG -> (long) value.getNumberValue();
            case FLOAT -> (float) value.getNumberValue();
            case DOUBLE -> value.getNumberValue();
            // As a result bytes are text.
            case BYTE_STRING -> ByteString.copyFromUtf8(value.getStringValue());
            case MESSAGE -> message(field.getMessageType(), value);
            default -> value.getStringValue();
        };
    }

    private static Message message(Descriptor type, Value value) {
        try {
            if (type.getFullName().equals(Value.getDescriptor().getFullName())) {
                return DynamicMessage.parseFrom(type, value.toByteString());
            }
            if (type.getFullName().equals(Struct.getDescriptor().getFullName())) {
                return DynamicMessage.parseFrom(type, value.getStructValue().toByteString());
            }
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        value.getStructValue().getFieldsMap().forEach((name, item) -> {
            FieldDescriptor field = type.findFieldByName(name);
            if (field == null) {
                field = type.findFieldByName(DriverSchema.snakeCase(name));
            }
            if (field != null && item.getKindCase() != Value.KindCase.NULL_VALUE) {
                set(message, field, item);
            }
        });
        return message.build();
    }
}
