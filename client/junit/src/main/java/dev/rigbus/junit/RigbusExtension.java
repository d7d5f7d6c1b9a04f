package dev.rigbus.junit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;

/** Gives test classes with {@link Board} their devices. */
public final class RigbusExtension
        implements BeforeAllCallback,
                AfterAllCallback,
                BeforeEachCallback,
                TestInstancePostProcessor,
                ParameterResolver,
                TestExecutionExceptionHandler {
    private static final Namespace NAMESPACE = Namespace.create(RigbusExtension.class);
    private static final String BENCH = "bench";
    private static final String TAKER = "taker";

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Store store = context.getStore(NAMESPACE);
        // A nested class uses the board of the one around it, unless it wants another.
        boolean own = context.getRequiredTestClass().isAnnotationPresent(Board.class);
        if (own || store.get(BENCH) == null) {
            Board board = board(context);
            BoardSpec spec = BoardSpec.of(board, System.getenv(), System.getProperties());
            boolean separate = board.sharing() == Board.Sharing.SEPARATE;
            Store home = separate ? store : context.getRoot().getStore(NAMESPACE);
            Bench bench = Objects.requireNonNull(home.getOrComputeIfAbsent(spec, Bench::open, Bench.class));
            store.put(BENCH, bench);
            if (board.sharing() == Board.Sharing.IN_TURN && store.get(TAKER) == null) {
                bench.take();
                store.put(TAKER, context.getUniqueId());
            }
        }
        for (Field field : context.getRequiredTestClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                inject(field, null, bench(context));
            }
        }
    }

    private static Board board(ExtensionContext context) {
        for (Optional<ExtensionContext> at = Optional.of(context);
                at.isPresent();
                at = at.get().getParent()) {
            Class<?> type = at.get().getTestClass().orElse(null);
            if (type != null && type.isAnnotationPresent(Board.class)) {
                return type.getAnnotation(Board.class);
            }
        }
        throw new IllegalStateException(context.getRequiredTestClass().getName() + " has no @Board");
    }

    private static Bench bench(ExtensionContext context) {
        Bench bench = context.getStore(NAMESPACE).get(BENCH, Bench.class);
        if (bench == null) {
            throw new IllegalStateException("there is no board");
        }
        return bench;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Store store = context.getStore(NAMESPACE);
        if (context.getUniqueId().equals(store.get(TAKER))) {
            bench(context).giveBack();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        bench(context).next();
    }

    @Override
    public void postProcessTestInstance(Object instance, ExtensionContext context) throws IllegalAccessException {
        for (Class<?> type = instance.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    inject(field, instance, bench(context));
                }
            }
        }
    }

    private static void inject(Field field, @Nullable Object instance, Bench bench) throws IllegalAccessException {
        Device device = field.getAnnotation(Device.class);
        if (device != null) {
            field.setAccessible(true);
            field.set(instance, bench.device(device.value(), field.getType()));
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.isAnnotated(Device.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        String path = parameter.findAnnotation(Device.class).map(Device::value).orElse("");
        return bench(context).device(path, parameter.getParameter().getType());
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        String state = bench(context).state();
        context.publishReportEntry("board", state);
        failure.addSuppressed(new BoardState(state));
        throw failure;
    }
}
