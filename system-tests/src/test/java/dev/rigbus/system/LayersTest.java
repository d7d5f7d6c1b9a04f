package dev.rigbus.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.rigbus.system.LayerRule.Rooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayersTest {
    private static final JavaClasses RIGBUS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.rigbus");

    /** What the trespassers name and is not there. */
    private static final String LAMP = "package dev.rigbus.drivers.lamp; public class Lamp {}";

    private static JavaClasses trespassers;

    @Test
    void allRoomsAreLookedAt() {
        for (String each : new String[] {
            Rooms.DRIVER_API,
            Rooms.DRIVERS,
            Rooms.KERNEL,
            Rooms.APP,
            Rooms.CLIENT,
            Rooms.LAB,
            Rooms.WIRE[0],
            Rooms.WIRE[1]
        }) {
            assertThat(RIGBUS.stream().anyMatch(resideInAPackage(each)))
                    .as(each)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isKept(LayerRule layer) {
        layer.rule.check(RIGBUS);
    }

    @ParameterizedTest
    @EnumSource
    void tellsTrespassers(LayerRule layer) {
        for (int way = 0; way < layer.waysToBreakIt().size(); way++) {
            String mark = mark(layer, way);
            JavaClasses some = trespassers.that(DescribedPredicate.describe(
                    mark, type -> type.getSimpleName().endsWith(mark)));
            assertThat(layer.rule.evaluate(some).hasViolation())
                    .as("broken by %s", layer.waysToBreakIt().get(way))
                    .isTrue();
        }
    }

    /** Compiles all of them at once, each under a name of its own. */
    @BeforeAll
    static void compileTrespassers(@TempDir Path room) throws IOException {
        Path classes = Files.createDirectory(room.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString()));
        arguments.add(source(room, LAMP));
        for (LayerRule layer : LayerRule.values()) {
            for (int way = 0; way < layer.waysToBreakIt().size(); way++) {
                String mark = mark(layer, way);
                for (String text : layer.waysToBreakIt().get(way)) {
                    arguments.add(source(room, text.replaceAll("Trespasser|Other", "$0" + mark)));
                }
            }
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(result).isZero();
        trespassers = new ClassFileImporter().importPath(classes);
    }

    private static String mark(LayerRule layer, int way) {
        return "_" + layer + "_" + way;
    }

    private static String source(Path room, String text) throws IOException {
        String name = text.replaceAll(".*?class (\\w+).*", "$1");
        return Files.writeString(room.resolve(name + ".java"), text).toString();
    }
}
