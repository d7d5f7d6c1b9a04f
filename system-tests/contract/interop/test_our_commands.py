"""`rigbus shell` and its `j` where scripts have `jmp shell` and the stock `j`: the same words, the same output, the same exit codes."""

import hashlib
import json
import re

import pytest
from lab.labs import Conversation
from peers import Exporter, command, free_port, run
from waiting import eventually

DRIVER = "jumpstarter_driver_"
POWER = {"type": DRIVER + "power.driver.MockPower"}

IMAGE = "{room}/image"
READ = "voltage=0.0 V  current=0.0 A  apparent_power=0.0 VA\nvoltage=5.0 V  current=2.0 A  apparent_power=10.0 VA"
# What comes of each line, in one shell after the other: the output and the exit code.
COMMON = {
    "j power on": ("", 0),
    "j power off": ("", 0),
    "j power cycle -w 0": ("Power cycling with 0 seconds wait time...", 0),
    "j power read": (READ, 0),
    "j power read -n 2 -i 0": (f"{READ}\n{READ}", 0),
    "j board power on": ("", 0),
    "j board other off": ("", 0),
    f"j flasher flash {IMAGE}": ("", 0),
    "j flasher dump {room}/dumped": ("", 0),
    f"cmp {IMAGE} {{room}}/dumped": ("", 0),
    f"j flasher flash -t boot:{IMAGE}": ("", 0),
    "j flasher dump --target boot {room}/boot": ("", 0),
    f"cmp {IMAGE} {{room}}/boot": ("", 0),
    "j flasher flash -t nonsense": ("", 1),
    "j flasher flash": ("", 1),
    "j mux host": ("", 0),
    "j mux dut": ("", 0),
    "j mux off": ("", 0),
    f"j mux flash {IMAGE}": ("", 0),
    "j mux dump {room}/muxed": ("", 0),
    f"cmp {IMAGE} {{room}}/muxed": ("", 0),
    "j card host": ("", 0),
    "j sh hi you": ("hello you", 0),
    "j sh hi -e GREETING=moin you --there": ("moin you --there", 0),
    "j tcp address": ("127.0.0.1:4711", 0),
    "j tcp address --host": ("127.0.0.1", 0),
    "j tcp address --port": ("4711", 0),
    "j power fly": ("", 1),
    "j nosuch": ("", 1),
    "j power": ("", 1),
    "j power on too many": ("", 1),
    'echo "$JMP_DRIVERS_ALLOW $JMP_GRPC_INSECURE $JMP_EXPORTER $JMP_LEASE"': ("UNSAFE 1 direct direct", 0),
}
# The stock `j` lost these: it shows a storage without commands. What ours does with them, and what comes of it.
STORAGE = {
    "printf content | j store write-bytes a.txt": ("", 0),
    "j store read-bytes a.txt": ("content", 0),
    "j store exists a.txt": ("", 0),
    "j store exists b.txt": ("", 1),
    "j store list /": ("a.txt", 0),
    "j store hash a.txt --algo md5": ("9a0364b9e99bb480dd25e1f0284c8555", 0),
    "j store write-from-path img {room}/image": ("", 0),
    "j store read-into-path img {room}/back": ("", 0),
    "cmp {room}/image {room}/back": ("", 0),
    "j store delete a.txt": ("", 0),
    "j store scan /": ("img", 0),
    "j card write-local-file {room}/image": ("", 0),
    # How bash asks what a word may become.
    "COMP_LINE='j po' j j po j": ("power", 0),
    "COMP_LINE='j power o' j j o power": ("off\non", 0),
    "COMP_LINE='j store ' j j '' store | head -n 2": ("capability\ncopy", 0),
}

SCRIPT = """
while IFS= read -r line; do
  out=$(eval "$line" 2>/dev/null </dev/null); code=$?
  printf '%s\\n' "== $line" "$out" "-> $code"
done <<'LINES'
{lines}
LINES
exit 7
"""


@pytest.fixture(scope="module")
def exporter(peer):
    methods = {"hi": "echo ${GREETING:-hello} $*", "fails": "echo oops >&2; exit 5"}
    export = {
        "power": POWER,
        "board": {"children": {"power": POWER, "other": POWER}},
        "store": {"type": DRIVER + "opendal.driver.Opendal", "config": {"scheme": "memory", "kwargs": {}}},
        "flasher": {"type": DRIVER + "opendal.driver.MockFlasher"},
        "mux": {"type": DRIVER + "opendal.driver.MockStorageMuxFlasher"},
        "card": {"type": DRIVER + "opendal.driver.MockStorageMux"},
        "sh": {"type": DRIVER + "shell.driver.Shell", "config": {"methods": methods}},
        "tcp": {"type": DRIVER + "network.driver.TcpNetwork", "config": {"host": "127.0.0.1", "port": 4711, "enable_address": True}},
        "serial": {"type": DRIVER + "pyserial.driver.PySerial", "config": {"url": "loop://"}},
    }
    with Exporter(peer, export=export) as exporter:
        yield exporter


def shell(program, exporter, *words, **more):
    return run([*command(program), "shell", "--tls-grpc", exporter.address, "--tls-grpc-insecure", "--", *words], **more)


def transcript(program, exporter, room, lines):
    """What a script prints, without what the stock `j` says beside the matter on its standard output."""
    room.mkdir()
    (room / "image").write_bytes(hashlib.sha256(b"image").digest() * 40_000)
    script = room / "script"
    script.write_text(SCRIPT.format(room=room, lines="\n".join(lines).format(room=room)))
    done = shell(program, exporter, "bash", script, seconds=240)
    assert done.code == 7, done.text
    said = {}
    for block in done.out.split("== ")[1:]:
        line, *rest = block.splitlines()
        out, _, code = "\n".join(rest).rpartition("-> ")
        out = re.sub(r"(?m)^(transfer |.* INFO  ).*\n", "", out)
        said[line.replace(str(room), "{room}")] = (out.strip("\n"), int(code))
    return said


@pytest.mark.timeout(300)
@pytest.mark.parametrize("program", ["stock", "rigbus"])
def test_scripts_find_no_difference(peer, exporter, tmp_path, program):
    if program == peer or program == "rigbus":  # the stock `j` on ours is what all the other tests are about
        assert transcript(program, exporter, tmp_path / program, COMMON) == COMMON


def test_files_that_the_exporter_keeps(exporter, tmp_path):
    assert transcript("rigbus", exporter, tmp_path / "ours", STORAGE) == STORAGE


def test_a_shell_inside_the_stock_one_works_too(exporter):
    done = shell("stock", exporter, *command("rigbus"), "j", "sh", "fails")
    assert done.code == 5, done.text
    outside = run([*command("rigbus"), "j", "power", "on"])
    assert outside.code == 1
    assert outside.err.startswith("Error: the j command must be used inside a shell: JUMPSTARTER_HOST is not set")


def test_a_shell_outlives_its_exporter():
    with Exporter("rigbus", export={"power": POWER}) as exporter:
        script = "j power on && echo first; read line; j power on; echo $?; read line; j power on && echo again"
        words = [*command("rigbus"), "shell", "--tls-grpc", exporter.address, "--tls-grpc-insecure", "--", "sh", "-c", script]
        talk = Conversation(words, {})
        talk.until("first")
        exporter.kill()
        talk.say("go")
        assert talk.until("1")[-2].startswith("Error: no exporter at ")
        port = exporter.port
        exporter.launch(port)
        eventually(lambda: "ready:" in exporter.log, lambda: exporter.log, 30)
        talk.say("go")
        talk.until("again")
        assert talk.finish() == 0


def test_who_is_not_there_and_what_is_wrong_is_told():
    nobody = run([*command("rigbus"), "shell", "--tls-grpc", f"127.0.0.1:{free_port()}", "--tls-grpc-insecure", "--", "true"])
    assert nobody.code == 1
    assert "connection refused" in nobody.err and nobody.err.startswith("Error: ")
    for words in (["--tls-grpc", "nonsense"], ["--lease", "x", "--client-config", "a", "--client", "b"], ["--nosuch"]):
        assert run([*command("rigbus"), "shell", *words]).code == 2
    assert run([*command("rigbus"), "shell", "--client-config", "/nosuch.yaml", "-n", "x"]).err == "rigbus: /nosuch.yaml: no such file\n"


def test_an_exporter_for_the_time_of_a_shell(tmp_path):
    file = tmp_path / "exporter.yaml"
    head = {"apiVersion": "jumpstarter.dev/v1alpha1", "kind": "ExporterConfig", "metadata": {"name": "local", "namespace": "default"}}
    file.write_text(json.dumps(head | {"export": {"power": POWER}}))
    script = 'test -S "$JUMPSTARTER_HOST" && j power read && exit 3'
    done = run([*command("rigbus"), "shell", "--exporter-config", file, "--", "sh", "-c", script])
    assert (done.code, done.out.splitlines()[-1]) == (3, "voltage=5.0 V  current=2.0 A  apparent_power=10.0 VA"), done.text


def test_a_passphrase_is_taken_from_the_environment(peer, tls):
    with Exporter(peer, export={"power": POWER}, tls=tls, passphrase="open sesame") as exporter:
        words = [*command("rigbus"), "shell", "--tls-grpc", exporter.address, "--", "j", "power", "on"]
        env = {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(tls.cert)}
        assert run(words, env=env | {"RIGBUS_PASSPHRASE": "open sesame"}).code == 0
        refused = run(words, env=env)
        assert refused.code == 1 and "invalid or missing passphrase" in refused.err


class Terminal:
    """A real terminal, by tmux."""

    def __init__(self, room, words):
        self.socket = str(room / "tmux")
        self.tmux("new-session", "-d", "-x", "100", "-y", "30", "-s", "t", "env", "PS1=$ ", "sh")
        self.type(" ".join(f"'{w}'" for w in map(str, words)) + "\n")

    def tmux(self, *words):
        done = run(["tmux", "-S", self.socket, *words])
        assert done.code == 0, done.text
        return done.out

    def type(self, text):
        line, enter, _ = text.partition("\n")
        self.tmux("send-keys", "-t", "t", "-l", line)
        if enter:
            self.keys("Enter")

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "t", *keys)

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "t")

    def until(self, text, seconds=30):
        eventually(lambda: text in self.screen(), self.screen, seconds)

    def close(self):
        run(["tmux", "-S", self.socket, "kill-server"])


@pytest.mark.timeout(90)
def test_an_exporter_that_is_killed_gives_the_terminal_back(peer, tmp_path):
    with Exporter(peer, export={"serial": {"type": "jumpstarter_driver_pyserial.driver.PySerial", "config": {"url": "loop://"}}}) as victim:
        words = [*command("rigbus"), "shell", "--tls-grpc", victim.address, "--tls-grpc-insecure", "--", "sh", "-c", "echo inside; exec sh"]
        terminal = Terminal(tmp_path, words)
        try:
            terminal.until("\ninside")
            terminal.type("j serial start-console; echo code $?\n")
            terminal.until("exit with CTRL+B x 3 times")
            terminal.type("hello")
            terminal.until("hello")
            victim.kill()
            terminal.until("\ncode 1", 45)
            assert "the stream broke off" in terminal.screen()
            terminal.type("stty -a | tr ' ' '\\n' | grep -x -e echo -e -echo; echo after\n")
            terminal.until("\nafter")
            assert "\necho\n" in terminal.screen(), terminal.screen()
        finally:
            terminal.close()


def test_a_console_in_a_terminal(exporter, tmp_path):
    words = [*command("rigbus"), "shell", "--tls-grpc", exporter.address, "--tls-grpc-insecure", "--", "sh", "-c", "echo inside; exec sh"]
    terminal = Terminal(tmp_path, words)
    try:
        terminal.until("\ninside")
        terminal.type("stty -a | tr ' ' '\\n' | grep -x -e echo -e -echo; echo before\n")
        terminal.until("\nbefore")
        terminal.type("j serial start-console\n")
        terminal.until("exit with CTRL+B x 3 times")
        # What is typed comes back from the port alone: the terminal itself shows nothing.
        terminal.type("hello")
        terminal.until("hello")
        assert "hheelllloo" not in terminal.screen()
        terminal.keys("C-c")
        terminal.type("still")
        terminal.until("still")
        terminal.keys("C-b", "C-b", "C-b")
        eventually(lambda: terminal.screen().rstrip()[-1] in "#$", terminal.screen)  # what is typed before is the console's
        terminal.type("stty -a | tr ' ' '\\n' | grep -x -e echo -e -echo; echo after\n")
        terminal.until("\nafter")
        assert terminal.screen().count("\necho\n") == 2, terminal.screen()
        # A console that is killed leaves a terminal behind that can be typed in, too.
        terminal.type("j serial start-console\n")
        eventually(lambda: terminal.screen().count("exit with CTRL+B") == 2, terminal.screen, 30)
        terminal.type("gone")
        terminal.until("gone")
        run(["pkill", "-TERM", "-f", "app.thin.Thin serial start-console"])
        eventually(lambda: terminal.screen().rstrip()[-1] in "#$", terminal.screen)
        terminal.type("echo alive\n")
        terminal.until("\nalive")
    finally:
        terminal.close()
