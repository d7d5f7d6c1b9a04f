package dev.rigbus.kernel.value;

import com.google.protobuf.Value;
import dev.rigbus.driver.Cancellation;
import dev.rigbus.driver.OrElse;
import dev.rigbus.driver.Resource;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The parameters of one exported method, and how the arguments of a call become what it takes. Immutable. */
public final class Arguments {
    private record Slot(
            String name,
            @Nullable Converter converter,
            boolean resource,
            boolean optional,
            @Nullable Object otherwise,
            boolean nullable) {
        boolean isFromWire() {
            return converter != null;
        }
    }

    private final String method;
    private final boolean validated;
    private final List<Slot> slots;
    private final boolean variable;
    private final boolean variableTexts;
    private final int least;
    private final int most;

    private Arguments(String method, boolean validated, List<Slot> slots, boolean variable, boolean variableTexts) {
        this.method = method;
        this.validated = validated;
        this.slots = slots;
        this.variable = variable;
        this.variableTexts = variableTexts;
        this.least = (int) slots.stream()
                .filter(slot -> slot.isFromWire() && !slot.optional)
                .count();
        this.most = (int) slots.stream().filter(Slot::isFromWire).count();
    }

    /**
     * Reads the parameters of a method.
     *
     * @param label the method as texts name it, such as {@code MockPower.on}
     * @throws IllegalArgumentException for a parameter whose type has no form on the wire
     */
    public static Arguments of(Method method, String label, boolean validated) {
        List<Slot> slots = new ArrayList<>();
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            Parameter parameter = parameters[i];
            boolean last = method.isVarArgs() && i == parameters.length - 1;
            if (last && parameter.getType() != String[].class && parameter.getType() != Object[].class) {
                throw new IllegalArgumentException(
                        "its last parameter " + parameter + " (expected: String... or Object...)");
            }
            slots.add(last ? new Slot(parameter.getName(), plain -> plain, false, true, null, false) : slot(parameter));
        }
        return new Arguments(label, validated, List.copyOf(slots), method.isVarArgs(), hasTexts(parameters));
    }

    private static boolean hasTexts(Parameter[] parameters) {
        return parameters.length > 0 && parameters[parameters.length - 1].getType() == String[].class;
    }

    private static Slot slot(Parameter parameter) {
        if (parameter.getType() == Cancellation.class) {
            return new Slot(parameter.getName(), null, false, true, null, false);
        }
        boolean resource = parameter.getType() == Resource.class;
        Converter converter = resource ? plain -> plain : Converters.of(parameter.getParameterizedType());
        if (converter == null) {
            throw new IllegalArgumentException(
                    "its parameter " + parameter + " has a type that the wire does not carry");
        }
        OrElse otherwise = parameter.getAnnotation(OrElse.class);
        boolean nullable = isNullable(parameter) || isNullable(parameter.getAnnotatedType());
        Object standIn = otherwise == null ? null : converter.convert(literal(parameter, otherwise.value()));
        return new Slot(parameter.getName(), converter, resource, nullable || otherwise != null, standIn, nullable);
    }

    private static boolean isNullable(AnnotatedElement element) {
        for (var annotation : element.getAnnotations()) {
            if (annotation.annotationType().getSimpleName().equals("Nullable")) {
                return true;
            }
        }
        return false;
    }

    private static Object literal(Parameter parameter, String text) {
        if (parameter.getType() == String.class) {
            return text;
        }
        return text.equals("true") || text.equals("false")
                ? (Object) Boolean.valueOf(text)
                : (Object) Double.valueOf(text);
    }

    /** True if a parameter is a resource. */
    public boolean takeResources() {
        return slots.stream().anyMatch(Slot::resource);
    }

    /**
     * Turns the arguments of a call into those of the method.
     *
     * @param resource opens the resource that a handle names
     * @throws IllegalArgumentException for arguments that do not fit
     * @throws ArgumentCountException for too many or too few, of a driver that does not validate
     */
    public @Nullable Object[] bind(
            List<Value> given, Cancellation cancellation, Function<@Nullable Object, Resource> resource) {
        checkCount(given.size());
        @Nullable Object[] bound = new @Nullable Object[slots.size()];
        int next = 0;
        for (int i = 0; i < bound.length; i++) {
            Slot slot = slots.get(i);
            if (!slot.isFromWire()) {
                bound[i] = cancellation;
            } else if (variable && i == bound.length - 1) {
                List<Value> rest = given.subList(Math.min(next, given.size()), given.size());
                bound[i] = variableTexts
                        ? texts(rest)
                        : rest.stream().map(Values::decode).toArray();
            } else if (next < given.size()) {
                bound[i] = convert(slot, next, Values.decode(given.get(next++)), resource);
            } else {
                bound[i] = slot.otherwise;
            }
        }
        return bound;
    }

    private @Nullable Object convert(
            Slot slot, int index, @Nullable Object plain, Function<@Nullable Object, Resource> resource) {
        if (plain == null && slot.optional && (slot.nullable || slot.otherwise != null)) {
            return slot.otherwise;
        }
        if (slot.resource) {
            return resource.apply(plain);
        }
        try {
            return slot.converter == null ? null : slot.converter.convert(plain);
        } catch (Converter.UnfitException e) {
            throw new IllegalArgumentException("1 validation error for " + method + "\n" + (index + 1) + " ("
                    + slot.name + ")\n  " + e.getMessage());
        }
    }

    private String[] texts(List<Value> given) {
        String[] texts = new String[given.size()];
        for (int i = 0; i < texts.length; i++) {
            if (given.get(i).getKindCase() != Value.KindCase.STRING_VALUE) {
                throw new IllegalArgumentException("All arguments must be strings, got " + pythonType(given.get(i)));
            }
            texts[i] = given.get(i).getStringValue();
        }
        return texts;
    }

    private static String pythonType(Value value) {
        return switch (value.getKindCase()) {
            case NUMBER_VALUE -> "<class 'float'>";
            case BOOL_VALUE -> "<class 'bool'>";
            case LIST_VALUE -> "<class 'list'>";
            case STRUCT_VALUE -> "<class 'dict'>";
            default -> "<class 'NoneType'>";
        };
    }

    private void checkCount(int given) {
        if (given >= least && (variable || given <= most)) {
            return;
        }
        if (validated) {
            throw new IllegalArgumentException(
                    "1 validation error for " + method + "\n  " + given + " arguments were given (expected: "
                            + (least == most ? "" : least + "..") + (variable ? "" : most) + ")");
        }
        throw new ArgumentCountException(given < least ? missing(given) : tooMany(given));
    }

    private String missing(int given) {
        List<String> names = slots.stream()
                .filter(slot -> slot.isFromWire() && !slot.optional)
                .skip(given)
                .map(slot -> "'" + WireNames.snakeCase(slot.name) + "'")
                .toList();
        String list = names.size() < 2
                ? String.join("", names)
                : String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.get(names.size() - 1);
        return method + "() missing " + names.size() + " required positional argument" + (names.size() == 1 ? "" : "s")
                + ": " + list;
    }

    private String tooMany(int given) {
        // Counted as the stock exporter counts, where the driver itself is the first argument.
        String takes = least == most ? String.valueOf(most + 1) : "from " + (least + 1) + " to " + (most + 1);
        return method + "() takes " + takes + " positional argument" + (most == 0 ? "" : "s") + " but " + (given + 1)
                + " were given";
    }

    /** Too many or too few arguments. */
    public static final class ArgumentCountException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ArgumentCountException(String message) {
            super(message, null, false, false);
        }
    }
}
