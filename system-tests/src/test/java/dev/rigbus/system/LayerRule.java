package dev.rigbus.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** Which room may look into which; each rule with classes that break it. */
enum LayerRule {
    THE_WIRE_DEPENDS_ON_NOTHING_OF_OURS(
            noClasses()
                    .that(resideInAnyPackage(Rooms.WIRE))
                    .should()
                    .dependOnClassesThat(Rooms.ours(Rooms.WIRE))
                    .because("servers and clients of any kind are built on it"),
            "package dev.rigbus.grpc; class Trespasser { dev.rigbus.client.ClientOptions options; }"),

    THE_DRIVER_API_DEPENDS_ON_NOTHING_BUT_VERTX(
            noClasses()
                    .that()
                    .resideInAPackage(Rooms.DRIVER_API)
                    .should()
                    .dependOnClassesThat(Rooms.ours(Rooms.DRIVER_API))
                    .orShould()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.netty..", "com.google..", "com.hazelcast..")
                    .because("a driver that compiles against it today must do so for years"),
            "package dev.rigbus.driver; class Trespasser { dev.rigbus.grpc.Code code; }",
            "package dev.rigbus.driver; class Trespasser { io.netty.buffer.ByteBuf bytes; }"),

    DRIVERS_SEE_ONLY_THE_DRIVER_API(
            noClasses()
                    .that()
                    .resideInAPackage(Rooms.DRIVERS)
                    .should()
                    .dependOnClassesThat(Rooms.ours(Rooms.DRIVER_API, Rooms.DRIVERS))
                    .orShould()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "io.netty..", "io.vertx.core.eventbus..", "com.google.protobuf..", "com.hazelcast..")
                    .because("a driver knows its device and neither the bus nor the wire"),
            "package dev.rigbus.drivers.lamp; class Trespasser { dev.rigbus.kernel.Listener listener; }",
            "package dev.rigbus.drivers.lamp; class Trespasser { io.vertx.core.eventbus.EventBus bus; }"),

    THE_KERNEL_NAMES_NO_DRIVER(
            noClasses()
                    .that()
                    .resideInAPackage(Rooms.KERNEL)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            Rooms.DRIVERS, Rooms.CLIENT, Rooms.APP, Rooms.LAB, "org.snakeyaml..", "ch.qos.logback..")
                    .because("drivers come in jars of their own, and files and flags are the command's business"),
            "package dev.rigbus.kernel.host; class Trespasser { dev.rigbus.drivers.lamp.Lamp lamp; }",
            "package dev.rigbus.kernel.host; class Trespasser { ch.qos.logback.classic.Logger log; }"),

    THE_CLIENT_NEEDS_NO_KERNEL(
            noClasses()
                    .that()
                    .resideInAPackage(Rooms.CLIENT)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(Rooms.KERNEL, Rooms.DRIVER_API, Rooms.DRIVERS, Rooms.APP)
                    .because("who drives a board from a test wants no exporter on the class path"),
            "package dev.rigbus.client; class Trespasser { dev.rigbus.kernel.Listener listener; }"),

    NOBODY_NEEDS_THE_COMMAND(
            noClasses()
                    .that()
                    .resideOutsideOfPackage(Rooms.APP)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(Rooms.APP)
                    .because("the command wires the others; an exporter can be embedded without it"),
            "package dev.rigbus.drivers.lamp; class Trespasser { dev.rigbus.app.Main command; }"),

    THE_ROOMS_OF_THE_KERNEL_FORM_NO_CIRCLE(
            slices().matching("dev.rigbus.kernel.(*)..")
                    .should()
                    .beFreeOfCycles()
                    .because("each can then be read with only those below it in mind"),
            "package dev.rigbus.kernel.one; public class Trespasser { dev.rigbus.kernel.two.Other there; }",
            "package dev.rigbus.kernel.two; public class Other { dev.rigbus.kernel.one.Trespasser back; }"),

    GRPC_IS_TRANSLATED_IN_ONE_PLACE(
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "dev.rigbus.kernel.call..", "dev.rigbus.kernel.host..", "dev.rigbus.kernel.value..")
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("dev.rigbus.grpc.GrpcServer")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("dev.rigbus.grpc.ServerCall")
                    .because("the bus carries codes and texts; only kernel.grpc serves calls"),
            "package dev.rigbus.kernel.host; class Trespasser { dev.rigbus.grpc.ServerCall call; }",
            "package dev.rigbus.kernel.value; class Trespasser { dev.rigbus.grpc.GrpcServer server; }"),

    THE_LOG_IS_LOGBACK_IN_ONE_PLACE_ONLY(
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.rigbus.app.log..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("ch.qos.logback..")
                    .because("everybody else logs through SLF4J"),
            "package dev.rigbus.app.command; class Trespasser { ch.qos.logback.classic.Logger log; }"),

    ONLY_THE_COMMAND_AND_CHILD_PROCESSES_OWN_THE_CONSOLE(
            noClasses()
                    .that()
                    .resideOutsideOfPackages(Rooms.APP, "dev.rigbus.drivers.serial..")
                    .should()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err")
                    .because("what concerns the user goes to the log, which reaches him wherever he is"),
            "package dev.rigbus.kernel.host; class Trespasser { void say() { System.out.println(); } }",
            "package dev.rigbus.kernel.host; class Trespasser { void say() { System.err.println(); } }"),

    NOBODY_SLEEPS_OR_MEASURES_WITH_THE_WALL_CLOCK(
            noClasses()
                    .should()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(Thread.class, "sleep", long.class)
                    .because("what takes time is awaited, and clocks are set back"),
            "package dev.rigbus.kernel.host; class Trespasser { long now() { return System.currentTimeMillis(); } }",
            "package dev.rigbus.kernel.host; class Trespasser { void nap() throws Exception { Thread.sleep(1); } }"),

    COMMANDS_ARE_PUBLIC_ONLY_WHERE_NEEDED(
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
                    .because("a class is public when another room calls it"),
            "package dev.rigbus.app.command; public class Trespasser {}");

    final ArchRule rule;
    final List<String> trespassers;

    /** @param trespassers sources; each of them alone breaks the rule, or where the rule is about circles all together */
    LayerRule(ArchRule rule, String... trespassers) {
        this.rule = rule;
        this.trespassers = List.of(trespassers);
    }

    /** Sets of sources that break the rule. */
    List<List<String>> waysToBreakIt() {
        return this == THE_ROOMS_OF_THE_KERNEL_FORM_NO_CIRCLE
                ? List.of(trespassers)
                : trespassers.stream().map(List::of).toList();
    }

    static final class Rooms {
        static final String DRIVER_API = "dev.rigbus.driver";
        static final String DRIVERS = "dev.rigbus.drivers..";
        static final String KERNEL = "dev.rigbus.kernel..";
        static final String APP = "dev.rigbus.app..";
        static final String CLIENT = "dev.rigbus.client..";
        static final String LAB = "dev.rigbus.lab..";
        static final String[] WIRE = {"dev.rigbus.grpc..", "dev.rigbus.wire.."};

        private Rooms() {}

        static DescribedPredicate<JavaClass> ours(String... except) {
            return resideInAPackage("dev.rigbus..")
                    .and(DescribedPredicate.not(resideInAnyPackage(except)))
                    .as("other rooms of Rigbus");
        }
    }
}
