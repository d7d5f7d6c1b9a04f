"""Drivers that are single Java files: served when they are dropped, swapped when they are saved."""

import re
import subprocess
import threading

import grpc
import pytest
import yaml
from lab.labs import Lab, Process
from peers import clean_environment, command, free_port, run
from waiting import eventually

BLINK = """
import dev.rigbus.driver.*;

public final class Blink implements Driver {
    record Config(int pin) {
        static Config read(Settings settings) { return new Config(settings.integer("pin", 1, 0, 9)); }
    }

    private final Config config;

    Blink(Config config) { this.config = config; }

    public String client() { return "jumpstarter_driver_power.client.PowerClient"; }

    @Export public String on() { return "WORD " + config.pin(); }
    @Export public void off() {}
    @Export public int add(int a, int b) { return a + b; }
    @Export public java.util.stream.Stream<String> read() { return java.util.stream.Stream.of("a", "b"); }
}
"""


def word(text):
    return BLINK.replace("WORD", text)


class Dev:
    """`rigbus dev`, spoken to."""

    def __init__(self, file, *flags):
        self.popen = subprocess.Popen(
            [*map(str, command("rigbus")), "dev", file.name, *flags], cwd=file.parent, env=clean_environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.text = ""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.popen.stdout:
            self.text += line

    def say(self, line):
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()

    def expect(self, text):
        eventually(lambda: text in self.text, lambda: f"{text!r} in {self.text}", 30)
        self.text = self.text[self.text.index(text) + len(text) :]

    def answers(self, line, text):
        self.say(line)
        self.expect(text + "\n")

    def end(self):
        self.say("exit")
        assert self.popen.wait(20) == 0, self.text
        self.reader.join()


def test_dev_serves_each_version_that_is_saved(tmp_path):
    file = tmp_path / "Blink.java"
    file.write_text(word("one"))
    dev = Dev(file, "--config", "pin=3")
    dev.expect("Blink.java: version 1 serves blink on 127.0.0.1:")
    dev.expect("for the stock client: ")
    shell = re.match(r"jmp shell --tls-grpc \S+ --tls-grpc-insecure", dev.text)[0]
    dev.answers("on", '"one 3"')
    dev.answers("blink add 1 2", "3")
    dev.answers("read", '"a"\n"b"')
    dev.answers("add 1", "DriverCall 'add' failed with gRPC UNKNOWN: Blink.add() missing 1 required positional argument: 'b'")
    dev.answers("nope", "DriverCall 'nope' failed with gRPC NOT_FOUND: method nope not found on driver")
    file.write_text(word("two"))
    dev.expect("version 2 serves")
    dev.answers("on", '"two 3"')
    file.write_text(word("three").replace("a + b", "a + "))
    dev.expect("Blink.java:17: error: illegal start of expression")
    dev.expect("version 2 goes on")
    dev.answers("on", '"two 3"')
    file.write_text("import dev.rigbus.kernel.Exporter;\n" + word("three"))
    dev.expect("Blink.java:1: error: package dev.rigbus.kernel does not exist")
    file.write_text("class Nothing {}")
    dev.expect("Blink.java: has no driver in it")
    file.write_text(word("four"))
    dev.expect("version 3 serves")
    done = run(["bash", "-c", f"{shell} -- j power on"])
    assert done.code != 0, "the driver is called blink"
    done = run(["bash", "-c", f"{shell} -- j blink on"])
    assert done.code == 0, done.text
    dev.end()


def test_dev_waits_for_a_file_to_be_mended_and_tells_bad_settings(tmp_path):
    file = tmp_path / "Blink.java"
    file.write_text(word("one").replace("a + b", "a + "))
    dev = Dev(file)
    dev.expect("error: illegal start of expression")
    dev.expect("waiting for it to be mended")
    file.write_text(word("one"))
    dev.expect("version 1 serves")
    dev.answers("on", '"one 1"')
    dev.end()
    words = [*command("rigbus"), "dev", str(file)]
    assert "blink.config.pin: 12 (expected: a whole number, 0..9)" in run([*words, "--config", "pin=12"]).text
    assert "no such file" in run([*command("rigbus"), "dev", str(tmp_path / "None.java")]).text
    assert run([*command("rigbus"), "dev"]).code == 2


def exporter(tmp_path):
    file = tmp_path / "rig.yaml"
    settings = {"apiVersion": "jumpstarter.dev/v1alpha1", "kind": "ExporterConfig", "metadata": {"name": "rig", "namespace": "default"}}
    file.write_text(yaml.safe_dump(settings | {"export": {"blink": {"type": "Blink", "config": {"pin": 2}}}}))
    return file


def test_a_folder_of_an_exporter(tmp_path):
    drivers = tmp_path / "drivers"
    drivers.mkdir()
    file = exporter(tmp_path)
    check = [*command("rigbus"), "check", str(file)]
    assert "Driver 'Blink' is not installed" in run(check).text
    (drivers / "Blink.java").write_text(word("one"))
    assert run([*check, "--drivers", str(drivers)]).code == 0
    port = free_port()
    rig = Process([*command("rigbus"), "run", "--exporter-config", file, "--drivers", drivers, "--tls-grpc-listener", str(port), "--tls-grpc-insecure"], tmp_path, "rig")
    try:
        eventually(lambda: "ready: exporter rig" in rig.log, lambda: rig.log, 30)
        # The services of drivers follow them.
        dim = grpc.insecure_channel(f"127.0.0.1:{port}").unary_unary("/rigbus.driver.power.v1.PowerInterface/Dim")
        with pytest.raises(grpc.RpcError) as unknown:
            dim(b"")
        assert unknown.value.code() == grpc.StatusCode.UNIMPLEMENTED
        on = ["bash", "-c", f"jmp shell --tls-grpc 127.0.0.1:{port} --tls-grpc-insecure -- j blink on"]
        assert run(on).code == 0, rig.log
        second = word("two").replace('return "two', 'if (true) throw new IllegalStateException("second"); return "two')
        (drivers / "Blink.java").write_text(second.replace("@Export public void off", '@Export public String dim() { return "dimmed"; } @Export public void off'))
        eventually(lambda: rig.log.count("brings Blink") == 2, lambda: rig.log)
        assert "second" in run(on).text
        assert b"dimmed" in dim(b"", timeout=20)
        # What anybody may write is not run.
        (drivers / "Other.java").write_text(word("other").replace("Blink", "Other"))
        (drivers / "Other.java").chmod(0o666)
        eventually(lambda: "Other.java: everybody may write to it" in rig.log, lambda: rig.log)
        assert "brings Other" not in rig.log
        (drivers / "Blink.java").unlink()
        eventually(lambda: "driver blink is a Blink, which would be gone" in rig.log, lambda: rig.log)
        assert "second" in run(on).text
    finally:
        rig.stop()


@pytest.fixture
def lab():
    with Lab() as lab:
        lab.client("ann")
        yield lab


def test_a_folder_of_a_node(lab, tmp_path):
    drivers = lab.nodes[0].data / "drivers"
    drivers.mkdir()
    file = exporter(tmp_path)
    apply = [*command("rigbus"), "apply", str(file), "--data", str(lab.nodes[0].data)]
    assert "Driver 'Blink' is not installed" in run(apply).text
    (drivers / "Blink.java").write_text(word("one"))
    eventually(lambda: "brings Blink" in lab.log, lambda: lab.log)
    assert run(apply).code == 0
    lab.until_ready("rig")
    done = lab.jmp("ann", "shell", "-n", "rig", "--", "j", "blink", "on")
    assert done.code == 0, done.text
