package dev.rigbus.drivers.board;

import static dev.rigbus.drivers.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.drivers.power.PowerReading;
import dev.rigbus.drivers.process.Sessions;
import dev.rigbus.drivers.testing.BytesResource;
import dev.rigbus.drivers.testing.FakeContext;
import dev.rigbus.drivers.testing.StreamClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway") // fields are set before each test
class VirtualBoardTest {
    private static final int BOOT_LINE = "\r\n[board] power on, boot 1\r\n".length();

    private final FakeContext context = FakeContext.create();
    private VirtualBoard board;
    private BoardPower power;
    private BoardSerial serial;
    private BoardStorage storage;
    private BoardFlasher flasher;

    @TempDir
    Path dir;

    @BeforeEach
    void createBoard() throws Exception {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
        board = create(Map.of("allowFirmware", true, "dir", dir.toString()));
        power = (BoardPower) board.children().get("power");
        serial = (BoardSerial) board.children().get("serial");
        storage = (BoardStorage) board.children().get("storage");
        flasher = (BoardFlasher) board.children().get("flasher");
    }

    @AfterEach
    void closeAll() {
        context.call(() -> board.close().mapEmpty());
        context.close();
    }

    private VirtualBoard create(Map<String, Object> config) throws Exception {
        Settings settings = Settings.of("export.board.config", new HashMap<>(config));
        return (VirtualBoard) new BoardProvider().types().get(0).create(settings, context);
    }

    private StreamClient console() {
        return new StreamClient(context, context.call(() -> serial.connect()));
    }

    private void flash(String script) throws IOException {
        flasher.flash(BytesResource.of(("#!/bin/sh\n" + script).getBytes(UTF_8)), null);
    }

    @Test
    void bringsWhatABoardOnABenchHas() {
        assertThat(board.client()).isEqualTo("jumpstarter_driver_composite.client.CompositeClient");
        assertThat(board.children().keySet()).containsExactly("power", "serial", "storage", "flasher");
        assertThat(board.children().values())
                .map(child -> child.client())
                .containsExactly(
                        "jumpstarter_driver_power.client.PowerClient",
                        "jumpstarter_driver_pyserial.client.PySerialClient",
                        "jumpstarter_driver_opendal.client.StorageMuxFlasherClient",
                        "jumpstarter_driver_opendal.client.FlasherClient");
    }

    @Test
    void startsOnlyWhereItsConfigurationAllowsFirmware() {
        for (Map<String, Object> config : List.<Map<String, Object>>of(Map.of(), Map.of("allowFirmware", false))) {
            assertThatThrownBy(() -> create(config))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("export.board.config.allowFirmware")
                    .hasMessageContaining("runs the program that a client flashes");
        }
    }

    @Test
    void theDemoFirmwareBootsLogsInAndAnswers() throws Exception {
        try (var demo = VirtualBoard.demoFirmware()) {
            flasher.flash(BytesResource.of(demo.readAllBytes()), null);
        }
        StreamClient console = console();
        power.on();
        console.expect("boot 1");
        console.expect("boot: done");
        console.expect("login: ");
        console.send("root\r").expect("Password: ");
        console.send("wrong\r").expect("Login incorrect");
        console.expect("login: ");
        console.send("root\r").expect("Password: ");
        assertThat(console.send("rigbus\r").expect("# "))
                .doesNotContain("rigbus")
                .contains("Welcome");
        console.send("uname -a\r").expect("uname -a\r\n");
        assertThat(console.expect("# ")).startsWith("Rigbus virtual-board");
        console.send("echo $(id); ls\r").expect("echo $(id); ls\r\n");
        assertThat(console.expect("# ")).startsWith("$(id); ls\r\n");
        console.send("ls /\r").expect("ls: unknown command");
        console.send("led on\r").expect("led is on");
        console.send("help\r").expect("poweroff");
        console.send("reboot\r").expect("boot: done");
        console.expect("login: ");
        power.off();
        console.expect("power off");
        console.close();
    }

    @Test
    void anEmptyStorageIsWhatTheBootRomSays() throws Exception {
        power.on();
        console().expect("boot ROM: the storage is empty");
        assertThat(board.board().isOn()).isTrue();
    }

    @Test
    void anImageThatDoesNotBootIsWhatTheBootRomSays() throws Exception {
        flasher.flash(BytesResource.of(new byte[100]), "firmware");
        StreamClient console = console();
        power.on();
        console.expect("boot ROM: the image is not bootable");
        power.off();
        flasher.flash(BytesResource.of("#!/no/such/interpreter\n".getBytes(UTF_8)), null);
        power.on();
        console.expect("boot 2");
        eventually(
                "the console says what failed",
                () -> console.text().matches("(?s).*(does not start|firmware ended with code).*"));
        power.off();
        flash("exit 7");
        power.on();
        console.expect("firmware ended with code 7");
        assertThat(board.board().isOn()).isTrue();
    }

    @Test
    void allReadersSeeTheSameBytes() throws Exception {
        flash("echo up; while read -r line; do echo \"got $line\"; done");
        power.on();
        StreamClient first = console();
        first.expect("up\r\n");
        StreamClient second = console();
        first.send("hello\r").expect("got hello");
        second.expect("got hello");
        assertThat(second.text()).doesNotContain("up\r\n");
        second.close();
        first.send("again\r").expect("got again");
        first.close();
    }

    @Test
    void theConsoleOutlivesThePower() throws Exception {
        flash("echo running; read -r line");
        StreamClient console = console();
        for (int boot = 1; boot <= 3; boot++) {
            power.on();
            console.expect("boot " + boot + "\r\n");
            console.expect("running");
            power.off();
            console.expect("power off");
        }
        assertThat(console.isOver()).isFalse();
        context.call(() -> serial.closeStreams());
        console.expectEnd();
    }

    @Test
    void r26_nothingOfAnEarlierBootIsShownAsNew() throws Exception {
        flash("echo secret-of-boot-1; read -r line");
        power.on();
        eventually(
                "it has printed",
                () -> board.board().console().waitingBytes() >= BOOT_LINE + "secret-of-boot-1\r\n".length());
        power.off();
        flash("echo clean; read -r line");
        power.on();
        StreamClient console = console();
        console.expect("power on, boot 2");
        console.expect("clean");
        assertThat(console.text()).doesNotContain("secret-of-boot-1").doesNotContain("boot 1");
        console.close();
    }

    @Test
    void r26_nothingThatAnEarlierSessionLeftIsShownToTheNext() throws Exception {
        flash("echo left-over; while read -r line; do echo \"got $line\"; done");
        power.on();
        eventually(
                "it has printed", () -> board.board().console().waitingBytes() >= BOOT_LINE + "left-over\r\n".length());
        context.call(() -> board.reset().mapEmpty());
        StreamClient console = console();
        console.send("now\r").expect("got now");
        assertThat(console.text()).doesNotContain("left-over");
        console.close();
    }

    @Test
    void powerOffEndsEverythingThatTheFirmwareStarted() throws Exception {
        flash(
                "trap '' HUP TERM\nset -m\nsleep 1000 &\n(trap '' HUP; sleep 1000) &\necho up\nwhile :; do sleep 0.1; done");
        power.on();
        long pid = board.board().firmwarePid();
        console().expect("up");
        assertThat(Sessions.members(pid)).hasSizeGreaterThan(2);
        power.off();
        eventually("the session is empty", () -> Sessions.members(pid).isEmpty());
    }

    @Test
    void closingTheBoardEndsItsFirmware() throws Exception {
        flash("echo up; sleep 1000");
        power.on();
        long pid = board.board().firmwarePid();
        StreamClient console = console();
        console.expect("up");
        context.call(() -> board.close().mapEmpty());
        console.expectEnd();
        eventually("the session is empty", () -> Sessions.members(pid).isEmpty());
    }

    @Test
    void aReaderThatIsSlowHoldsUpNeitherTheBoardNorOthers() throws Exception {
        flash("i=0; while [ $i -lt 3000 ]; do printf '%01000d\\n' $i; i=$((i+1)); done; echo all-done; read -r line");
        StreamClient quick = console();
        StreamClient slow = new StreamClient(context, context.call(() -> serial.connect()), false);
        power.on();
        quick.expect("all-done");
        slow.read().expect("bytes lost: the reader is too slow");
        slow.expect("all-done");
        quick.close();
        slow.close();
    }

    @Test
    void firmwareGetsNothingOfTheExportersEnvironment() throws Exception {
        flash("env; echo end");
        power.on();
        StreamClient console = console();
        String environment = console.expect("end\r\n");
        assertThat(environment).contains("BOARD=driver").contains("TERM=vt100");
        assertThat(environment
                        .lines()
                        .filter(line -> line.matches("[A-Za-z_]+=.*"))
                        .map(line -> line.split("=")[0]))
                .isSubsetOf("PATH", "TERM", "LANG", "HOME", "BOARD", "PWD", "OLDPWD", "SHLVL", "_");
        console.close();
    }

    @Test
    void theMeterFollowsWhatTheFirmwareDoes() throws Exception {
        assertThat(power.read().iterator().next()).isEqualTo(new PowerReading(0, 0));
        flash("while :; do :; done");
        power.on();
        Iterator<PowerReading> readings = power.read().iterator();
        assertThat(readings.next()).isEqualTo(new PowerReading(5, 0.12));
        assertThat(readings.next().current()).isGreaterThan(0.2);
        power.off();
        assertThat(readings.next()).isEqualTo(new PowerReading(0, 0));
    }

    @Test
    void theStorageIsWhereTheSwitchSays() throws Exception {
        BytesResource image = BytesResource.of("#!/bin/sh\necho from-the-mux".getBytes(UTF_8));
        assertFailedPrecondition(() -> storage.write(image), "not connected to the host but to dut");
        assertFailedPrecondition(() -> storage.read(BytesResource.empty()), "call host first");
        context.call(() -> storage.host());
        storage.write(image);
        assertFailedPrecondition(() -> power.on(), "its storage is connected to host (call dut first)");
        BytesResource back = BytesResource.empty();
        storage.read(back);
        assertThat(new String(back.taken(), UTF_8)).isEqualTo("#!/bin/sh\necho from-the-mux");
        context.call(() -> storage.off());
        assertFailedPrecondition(() -> power.on(), "its storage is connected to off");
        context.call(() -> storage.dut());
        power.on();
        console().expect("from-the-mux");
    }

    private static void assertFailedPrecondition(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DriverException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION))
                .hasMessageContaining(text);
    }

    @Test
    void theFlasherGivesBackWhatItTook() throws Exception {
        byte[] image = new byte[3_000_000];
        new Random(70).nextBytes(image);
        assertThatThrownBy(() -> flasher.dump(BytesResource.empty(), null))
                .hasMessageContaining("the storage is empty");
        flasher.flash(BytesResource.of(image), null);
        BytesResource back = BytesResource.empty();
        flasher.dump(back, null);
        assertThat(back.taken()).isEqualTo(image);
        assertThatThrownBy(() -> flasher.flash(BytesResource.of(image), "root"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("partition: root (expected: firmware, or none)");
        assertThat(Files.getPosixFilePermissions(dir.resolve("firmware")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void r70_aFlashThatBreaksOffLeavesTheImageBeforeAndNothingElse() throws Exception {
        flash("echo the-old-one; read -r line");
        byte[] image = new byte[100_000];
        for (int percent = 0; percent < 100; percent += 10) {
            BytesResource broken = BytesResource.brokenAt(image, image.length * percent / 100);
            assertThatThrownBy(() -> flasher.flash(broken, null)).hasMessage("the client went away");
            try (var files = Files.list(dir)) {
                assertThat(files).containsExactly(dir.resolve("firmware"));
            }
        }
        StreamClient console = console();
        power.on();
        console.expect("the-old-one");
        power.off();
        flash("echo the-new-one; read -r line");
        power.on();
        console.expect("the-new-one");
        console.close();
    }

    @Test
    void aDirectoryThatOthersCanEnterIsRefused() throws Exception {
        Path open = Files.createDirectory(
                dir.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        assertThatThrownBy(() -> create(Map.of("allowFirmware", true, "dir", open.toString())))
                .hasMessageContaining("expected: mode 0700");
    }

    @Test
    void aTemporaryStorageGoesWithTheBoard() throws Exception {
        VirtualBoard other = create(Map.of("allowFirmware", true));
        BoardFlasher itsFlasher = (BoardFlasher) other.children().get("flasher");
        itsFlasher.flash(BytesResource.of("#!/bin/sh\n".getBytes(UTF_8)), null);
        Path image = other.board().storage().image();
        assertThat(image).exists();
        context.call(() -> other.close().mapEmpty());
        assertThat(image.getParent()).doesNotExist();
    }

    @Test
    void linesOfThePortAreAcceptedAndChangeNothing() {
        context.call(() -> serial.setDtr(true));
        context.call(() -> serial.setRts(false));
        assertThat(board.board().isOn()).isFalse();
    }
}
