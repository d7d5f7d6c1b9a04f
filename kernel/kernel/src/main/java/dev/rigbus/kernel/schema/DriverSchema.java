package dev.rigbus.kernel.schema;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import dev.rigbus.driver.Cancellation;
import dev.rigbus.driver.OrElse;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The protobuf file of one kind of driver: a service with a method for each that it exports, a message with the arguments of each, in their order, and
 * one with its result. What a driver exports decides it, so that there is nothing to write or to forget.
 */
public final class DriverSchema {
    /** The field of an answer. */
    static final String RESULT = "result";

    private static final Pattern CLIENT = Pattern.compile("(?:.*\\.)?([a-z0-9_]+)\\.client\\.([A-Za-z0-9]+)");
    private static final String INTERFACE = "Interface";
    private static final String STOCK = "jumpstarter_driver_";

    private DriverSchema() {}

    /**
     * Names the interface that a client class stands for: {@code jumpstarter_driver_power.client.PowerClient} for
     * {@code rigbus.driver.power.v1.PowerInterface}.
     */
    static String service(String client) {
        Matcher known = CLIENT.matcher(client);
        String family;
        String simple;
        if (known.matches()) {
            family = known.group(1);
            simple = known.group(2);
        } else {
            String[] parts = client.split("\\.");
            simple = parts[parts.length - 1];
            family = parts.length > 1 ? parts[parts.length - 2] : "other";
        }
        family = family.startsWith(STOCK) ? family.substring(STOCK.length()) : family;
        family = family.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_").replaceFirst("^([0-9])", "_$1");
        simple = simple.replaceAll("[^A-Za-z0-9]", "");
        simple = simple.endsWith("Client") ? simple.substring(0, simple.length() - "Client".length()) : simple;
        return "rigbus.driver." + family + ".v1." + (simple.isEmpty() ? "Driver" : simple) + INTERFACE;
    }

    /** @param client the class by which stock clients know the driver */
    public static FileDescriptorProto of(String client, Collection<SchemaMethod> methods) {
        String service = service(client);
        String scope = service.substring(0, service.lastIndexOf('.'));
        // Services of one package share its names.
        String prefix = service.substring(scope.length() + 1, service.length() - INTERFACE.length());
        Messages messages = new Messages(scope, prefix);
        ServiceDescriptorProto.Builder served =
                ServiceDescriptorProto.newBuilder().setName(service.substring(scope.length() + 1));
        methods.stream().sorted(Comparator.comparing(SchemaMethod::name)).forEach(each -> {
            String name = camelCase(each.name());
            messages.add(request(prefix + name + "Request", each.method(), messages));
            messages.add(response(prefix + name + "Response", each.method(), messages));
            served.addMethod(MethodDescriptorProto.newBuilder()
                    .setName(name)
                    .setInputType("." + scope + "." + prefix + name + "Request")
                    .setOutputType("." + scope + "." + prefix + name + "Response")
                    .setServerStreaming(each.many()));
        });
        return FileDescriptorProto.newBuilder()
                .setName(service.replace('.', '/') + ".proto")
                .setPackage(scope)
                .setSyntax("proto3")
                .setOptions(FileOptions.newBuilder().setJavaMultipleFiles(true))
                .addDependency("google/protobuf/struct.proto")
                .addAllMessageType(messages.all())
                .addService(served)
                .build();
    }

    private static DescriptorProto request(String name, Method method, Messages messages) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
        Parameter[] parameters = method.getParameters();
        List<String> optional = new ArrayList<>();
        for (int i = 0; i < parameters.length; i++) {
            Parameter parameter = parameters[i];
            if (parameter.getType() == Cancellation.class) {
                continue;
            }
            boolean variable = method.isVarArgs() && i == parameters.length - 1;
            FieldDescriptorProto.Builder field = messages.field(parameter.getParameterizedType(), variable)
                    .setName(snakeCase(parameter.getName()))
                    .setNumber(message.getFieldCount() + 1);
            if (variable) {
                // What tells any number of arguments from one that is a list.
                field.setJsonName(TypedValues.VARIABLE);
            }
            if (isOptional(parameter) && field.getLabel() != FieldDescriptorProto.Label.LABEL_REPEATED) {
                field.setProto3Optional(true).setOneofIndex(optional.size());
                optional.add("_" + field.getName());
            }
            message.addField(field);
        }
        optional.forEach(each -> message.addOneofDeclBuilder().setName(each));
        return message.build();
    }

    private static boolean isOptional(Parameter parameter) {
        return parameter.isAnnotationPresent(OrElse.class)
                || isNullable(parameter.getAnnotations())
                || isNullable(parameter.getAnnotatedType().getAnnotations());
    }

    private static boolean isNullable(java.lang.annotation.Annotation[] annotations) {
        return Arrays.stream(annotations)
                .anyMatch(each -> each.annotationType().getSimpleName().equals("Nullable"));
    }

    private static DescriptorProto response(String name, Method method, Messages messages) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
        Type result = Messages.unwrapped(method.getGenericReturnType());
        if (result != void.class && result != Void.class) {
            FieldDescriptorProto.Builder field =
                    messages.field(result, false).setName(RESULT).setNumber(1);
            if (field.getLabel() != FieldDescriptorProto.Label.LABEL_REPEATED) {
                field.setProto3Optional(true).setOneofIndex(0);
                message.addOneofDeclBuilder().setName("_" + RESULT);
            }
            message.addField(field);
        }
        return message.build();
    }

    static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    private static String camelCase(String name) {
        StringBuilder text = new StringBuilder();
        for (String part : name.split("_")) {
            if (!part.isEmpty()) {
                text.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
            }
        }
        return text.isEmpty() ? "Method" : text.toString();
    }

    /** The name on the wire of a method of the service. */
    static String wireName(String method) {
        return snakeCase(method);
    }
}
