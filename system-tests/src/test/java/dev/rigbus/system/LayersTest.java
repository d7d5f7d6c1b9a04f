package dev.rigbus.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which room may look into which. */
class LayersTest {
    private static final JavaClasses RIGBUS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.rigbus");

    private static final String DRIVER_API = "dev.rigbus.driver";
    private static final String DRIVERS = "dev.rigbus.drivers..";
    private static final String KERNEL = "dev.rigbus.kernel..";
    private static final String APP = "dev.rigbus.app..";
    private static final String CLIENT = "dev.rigbus.client..";
    private static final String[] WIRE = {"dev.rigbus.grpc..", "dev.rigbus.wire.."};

    @Test
    void allRoomsAreLookedAt() {
        for (String room : new String[] {DRIVER_API, DRIVERS, KERNEL, APP, WIRE[0], WIRE[1]}) {
            assertThat(RIGBUS.stream().anyMatch(resideInAPackage(room)))
                    .as(room)
                    .isTrue();
        }
    }

    @Test
    void theWireDependsOnNothingOfOurs() {
        noClasses()
                .that(resideInAnyPackage(WIRE))
                .should()
                .dependOnClassesThat(ours(WIRE))
                .because("servers and clients of any kind are built on it")
                .check(RIGBUS);
    }

    @Test
    void theDriverApiDependsOnNothingButVertx() {
        noClasses()
                .that()
                .resideInAPackage(DRIVER_API)
                .should()
                .dependOnClassesThat(ours(DRIVER_API))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "com.google..", "com.hazelcast..")
                .because("a driver that compiles against it today must do so for years")
                .check(RIGBUS);
    }

    @Test
    void driversSeeOnlyTheDriverApi() {
        noClasses()
                .that()
                .resideInAPackage(DRIVERS)
                .should()
                .dependOnClassesThat(ours(DRIVER_API, DRIVERS))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty..", "io.vertx.core.eventbus..", "com.google.protobuf..", "com.hazelcast..")
                .because("a driver knows its device and neither the bus nor the wire")
                .check(RIGBUS);
    }

    @Test
    void theKernelNamesNoDriver() {
        noClasses()
                .that()
                .resideInAPackage(KERNEL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(DRIVERS, CLIENT, APP, "org.snakeyaml..", "ch.qos.logback..")
                .because("drivers come in jars of their own, and files and flags are the command's business")
                .check(RIGBUS);
    }

    @Test
    void theClientNeedsNoKernel() {
        noClasses()
                .that()
                .resideInAPackage(CLIENT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(KERNEL, DRIVER_API, DRIVERS, APP)
                .because("who drives a board from a test wants no exporter on the class path")
                .allowEmptyShould(true)
                .check(RIGBUS);
    }

    @Test
    void nobodyNeedsTheCommand() {
        noClasses()
                .that()
                .resideOutsideOfPackage(APP)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(APP)
                .because("the command wires the others; an exporter can be embedded without it")
                .check(RIGBUS);
    }

    @Test
    void theRoomsOfTheKernelFormNoCircle() {
        slices().matching("dev.rigbus.kernel.(*)..")
                .should()
                .beFreeOfCycles()
                .because("each can then be read with only those below it in mind")
                .check(RIGBUS);
    }

    @Test
    void grpcIsTranslatedInOnePlace() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.rigbus.kernel.call..", "dev.rigbus.kernel.host..", "dev.rigbus.kernel.value..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("dev.rigbus.grpc.GrpcServer")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("dev.rigbus.grpc.ServerCall")
                .because("the bus carries codes and texts; only kernel.grpc serves calls")
                .check(RIGBUS);
    }

    @Test
    void theLogIsLogbackInOnePlaceOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.rigbus.app.log..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ch.qos.logback..")
                .because("everybody else logs through SLF4J")
                .check(RIGBUS);
    }

    @Test
    void onlyTheCommandAndChildProcessesOwnTheConsole() {
        noClasses()
                .that()
                .resideOutsideOfPackages(APP, "dev.rigbus.drivers.serial..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("what concerns the user goes to the log, which reaches him wherever he is")
                .check(RIGBUS);
    }

    @Test
    void nobodySleepsOrMeasuresWithTheWallClock() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .because("what takes time is awaited, and clocks are set back")
                .check(RIGBUS);
    }

    @Test
    void commandsArePublicOnlyWhereNeeded() {
        classes()
                .that()
                .resideInAPackage("dev.rigbus.app.command..")
                .and()
                .doNotHaveSimpleName("Rigbus")
                .and()
                .doNotHaveSimpleName("ExitCode")
                .and()
                .areTopLevelClasses()
                .and()
                .haveSimpleNameNotEndingWith("package-info")
                .should()
                .notBePublic()
                .because("a class is public when another room calls it")
                .check(RIGBUS);
    }

    private static DescribedPredicate<JavaClass> ours(String... except) {
        return resideInAPackage("dev.rigbus..")
                .and(DescribedPredicate.not(resideInAnyPackage(except)))
                .as("other rooms of Rigbus");
    }
}
