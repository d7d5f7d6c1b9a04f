package dev.rigbus.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static org.assertj.core.api.Assertions.assertThat;

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

    @TempDir
    Path room;

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
    void tellsTrespassers(LayerRule layer) throws IOException {
        for (List<String> sources : layer.waysToBreakIt()) {
            assertThat(layer.rule.evaluate(compiled(sources)).hasViolation())
                    .as("broken by %s", sources)
                    .isTrue();
        }
    }

    private JavaClasses compiled(List<String> sources) throws IOException {
        Path classes = Files.createTempDirectory(room, "classes");
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString()));
        arguments.add(source(LAMP).toString());
        for (String source : sources) {
            arguments.add(source(source).toString());
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(result).as("compiling %s", sources).isZero();
        return new ClassFileImporter().importPath(classes);
    }

    private Path source(String text) throws IOException {
        String name = text.replaceAll("(?s).*?class (\\w+).*", "$1");
        return Files.writeString(Files.createTempDirectory(room, "source").resolve(name + ".java"), text);
    }
}
