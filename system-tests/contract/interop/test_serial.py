"""Serial ports: a real pseudo terminal with the test as the device behind it, and the loop."""

import termios
import time
from contextlib import ExitStack
from dataclasses import dataclass

import anyio
import pexpect
import pytest
from differences import expected
from endpoints import PtyPair
from jumpstarter.client.core import DriverError, DriverInvalidArgument
from jumpstarter_driver_network.adapters import PexpectAdapter
from jumpstarter_driver_pyserial.client import PySerialClient
from peers import BIN, Exporter, clean_environment
from streams import MIB, exchange, noise, receive_exactly, receive_to_end, sha256, status_of, talk
from waiting import eventually

DRIVER = "jumpstarter_driver_pyserial.driver.PySerial"
MISSING = "/dev/no-such-port"


def login(data):
    """A device that echoes what is typed and answers a line."""
    return data.replace(b"\r", b"\r\nlogin: ") if b"\r" in data else data


@pytest.fixture(scope="module")
def ptys():
    """More terminals than tests: a stock exporter reads on from a port whose client has gone, until it notices."""
    with ExitStack() as stack:
        names = [f"tty{number}" for number in range(16)] + ["slow", "keep"]
        yield {name: stack.enter_context(PtyPair()) for name in names}


@pytest.fixture(scope="module")
def exporter(peer, ptys):
    def node(url, **config):
        return {"type": DRIVER, "config": {"url": url, **config}}

    export = {name: node(pty.path) for name, pty in ptys.items()}
    export["slow"] = node(ptys["slow"].path, cps=50)
    export["keep"] = node(ptys["keep"].path, disable_hupcl=True, baudrate=9600)
    export |= {
        "loop": node("loop://"),
        "loop5": node("loop://", cps=5),
        "loop50": node("loop://", cps=50),
        "loop0": node("loop://", cps=0),
        "missing": node(MISSING, check_present=False),
    }
    with Exporter(peer, export=export) as exporter:
        yield exporter


@pytest.fixture(scope="module")
def unused(ptys):
    return iter([name for name in ptys if name.startswith("tty")])


@dataclass(frozen=True)
class Port:
    """A serial port that no other test uses: its driver's client, its name, and the device at its far end."""

    name: str
    driver: PySerialClient
    device: PtyPair


@pytest.fixture
def port(unused, client, ptys):
    name = next(unused)
    return Port(name, client.children[name], ptys[name])


@pytest.fixture
def echo(port):
    port.device.act(bytes)
    return port


@pytest.fixture
def serial(request, client):
    """The driver named by the parameter; `echo` is a terminal whose device sends everything back."""
    return request.getfixturevalue("echo").driver if request.param == "echo" else client.children[request.param]


# ---- bytes ----


@pytest.mark.parametrize("serial", ["loop", "loop0", "echo"], indirect=True)
def test_what_is_sent_comes_back(serial):
    async def story(stream):
        await stream.send(b"hello")
        return await receive_exactly(stream, 5)

    assert talk(serial, story, seconds=10) == b"hello"


def test_a_stream_opened_without_a_block_closes_with_the_client(client):
    stream = client.loop.open_stream()
    stream.send(b"hello")
    assert stream.receive() == b"hello"
    client.loop.close()


def test_bytes_pass_a_terminal_unmodified_both_ways(port):
    everything = bytes(range(256))

    async def story(stream):
        await stream.send(everything)
        got = await anyio.to_thread.run_sync(port.device.read, 256)
        port.device.write(everything)
        return got, await receive_exactly(stream, 256)

    assert talk(port.driver, story) == (everything, everything)


@pytest.mark.parametrize("serial", ["loop", "echo"], indirect=True)
def test_eight_mebibytes_come_back_unchanged(serial):
    data = noise(8 * MIB)
    assert sha256(exchange(serial, data)) == sha256(data)


def test_single_bytes_pass_one_by_one(echo):
    async def story(stream):
        for byte in b"typing":
            await stream.send(bytes([byte]))
            assert await receive_exactly(stream, 1) == bytes([byte])

    talk(echo.driver, story)


def test_a_port_can_be_opened_again_after_it_was_closed(echo):
    for text in (b"first", b"second"):
        assert exchange(echo.driver, text) == text
        echo.driver.call("close")


def test_the_loop_gives_the_end_of_input_back(client):
    async def story(stream):
        await stream.send(b"abc")
        await stream.send_eof()
        return await receive_to_end(stream)

    assert talk(client.loop, story, seconds=10) == b"abc"


def test_a_real_port_keeps_talking_after_the_client_said_its_last(port):
    async def story(stream):
        await stream.send(b"abc")
        await stream.send_eof()
        assert await anyio.to_thread.run_sync(port.device.read, 3) == b"abc"
        port.device.write(b"and another thing")
        return await receive_exactly(stream, 17)

    assert talk(port.driver, story, seconds=10) == b"and another thing"


def test_hupcl_is_cleared_on_request_only(client, ptys, port):
    for driver, device, cleared in ((client.keep, ptys["keep"], True), (port.driver, port.device, False)):
        with driver.stream() as stream:
            stream.send(b"x")
            assert device.read(1) == b"x"
            assert bool(device.modes() & termios.HUPCL) is not cleared


# ---- pacing ----


def timed(client, data):
    """Sends the data to the loop; returns what came back, in which pieces, and the seconds from first to last."""

    async def story(stream):
        await stream.send(data)
        pieces = [await stream.receive()]
        begin = time.monotonic()
        while sum(map(len, pieces)) < len(data):
            pieces.append(await stream.receive())
        return pieces, time.monotonic() - begin

    return talk(client, story, seconds=30)


def test_cps_sends_byte_by_byte_and_waits_in_between(client):
    pieces, seconds = timed(client.loop50, b"0123456789")
    assert pieces == [b"%d" % n for n in range(10)]
    assert 9 / 50 * 0.9 <= seconds < 3


def test_five_characters_per_second_take_their_time(client):
    pieces, seconds = timed(client.loop5, b"hello")
    assert b"".join(pieces) == b"hello"
    assert 4 / 5 * 0.9 <= seconds < 4


@pytest.mark.parametrize("name", ["loop", "loop0"])
def test_without_cps_nothing_waits(client, name):
    pieces, seconds = timed(client.children[name], b"hello")
    assert pieces == [b"hello"]
    assert seconds < 0.5


def test_cps_holds_on_a_real_port(client, ptys):
    async def story(stream):
        begin = time.monotonic()
        await stream.send(b"0123456789")
        got = await anyio.to_thread.run_sync(ptys["slow"].read, 10)
        return got, time.monotonic() - begin

    got, seconds = talk(client.slow, story)
    assert got == b"0123456789"
    assert seconds >= 9 / 50 * 0.9


# ---- pexpect ----


@pytest.mark.parametrize("serial", ["loop", "loop50", "echo"], indirect=True)
def test_pexpect_finds_what_it_sent(serial):
    with serial.pexpect() as console:
        console.sendline("hello")
        assert console.expect("hello", timeout=10) == 0


def test_pexpect_logs_in(port):
    port.device.act(login)
    with port.driver.pexpect() as console:
        console.send("root\r")
        console.expect_exact("root", timeout=10)
        console.expect_exact("login: ", timeout=10)
        with pytest.raises(pexpect.TIMEOUT):
            console.expect("never said", timeout=0.1)


def test_pexpect_opened_without_a_block_is_closed_with_the_client(client):
    console = client.loop.open()
    console.sendline("hello")
    assert console.expect("hello", timeout=10) == 0
    client.loop.close()


def test_pexpect_opened_and_forgotten_harms_nobody(client):
    console = client.loop0.open()
    console.sendline("hello")
    assert console.expect("hello", timeout=10) == 0


def test_what_the_device_said_before_the_first_read_is_kept(port):
    with PexpectAdapter(client=port.driver) as console:
        console.send("?")
        assert port.device.read(1) == b"?"
        port.device.write(b"boot: done\r\n")
        console.expect_exact("boot: done", timeout=10)


# ---- calls ----


def test_close_without_a_stream_does_nothing(client, port):
    assert client.loop.call("close") is None
    assert port.driver.call("close") is None


def test_close_ends_a_running_stream(echo):
    async def story(stream):
        await stream.send(b"x")
        assert await receive_exactly(stream, 1) == b"x"
        assert await echo.driver.call_async("close") is None
        return await receive_to_end(stream)

    assert talk(echo.driver, story, seconds=10) == b""
    assert exchange(echo.driver, b"again") == b"again"


def test_a_missing_port_breaks_the_stream_with_a_reason(client):
    async def story(stream):
        with pytest.raises(anyio.BrokenResourceError) as broken:
            await stream.receive()
        return status_of(broken.value)

    code, details = talk(client.missing, story, seconds=10)
    assert code == "UNKNOWN"
    assert MISSING in details


@pytest.mark.parametrize("method", ["set_dtr", "set_rts"])
def test_a_line_of_a_missing_port_cannot_be_set(client, peer, method):
    with pytest.raises(DriverError) as failed:
        client.missing.call(method, True)
    assert f"failed with gRPC {expected(peer, 'file or device failure')}: " in str(failed.value)
    assert MISSING in str(failed.value)


@pytest.mark.parametrize("method", ["set_dtr", "set_rts"])
def test_the_loop_has_lines_that_can_be_set(client, method):
    assert client.loop.call(method, True) is None
    assert client.loop.call(method, False) is None


def test_set_dtr_wants_one_argument(client):
    with pytest.raises(DriverError, match="DriverCall 'set_dtr' failed with gRPC UNKNOWN"):
        client.loop.call("set_dtr")


# ---- j ----


def test_j_pipe_sends_its_input_and_ends(exporter, port):
    done = exporter.j(port.name, "pipe", "--no-output", input="reboot\n")
    assert done.code == 0
    assert "Fire-and-forget mode (auto-detected piped stdin)" in done.err
    assert port.device.read(7) == b"reboot\n"


def test_j_pipe_shows_what_comes_until_the_end(exporter):
    done = exporter.j("loop", "pipe", input="hello\n")
    assert (done.code, done.out) == (0, "hello\n")
    assert "Bidirectional mode (auto-detected piped stdin)" in done.err
    assert "Serial connection closed normally (end of stream)." in done.err


def test_j_pipe_writes_and_appends_to_a_file(exporter, tmp_path):
    log = tmp_path / "serial.log"
    assert exporter.j("loop", "pipe", "-o", log, input="one\n").code == 0
    assert exporter.j("loop", "pipe", "-o", log, "--append", "--input", input="two\n").code == 0
    assert log.read_text() == "one\ntwo\n"


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (["--append"], "--append requires --output"),
        (["--input", "--no-input"], "Cannot use both --input and --no-input"),
        (["--no-output", "--no-input"], "--no-output requires stdin input"),
    ],
)
def test_j_pipe_refuses_flags_that_contradict(exporter, flags, text):
    done = exporter.j("loop", "pipe", *flags)
    assert done.code == 1
    assert text in done.err


def test_j_pipe_says_that_the_port_is_gone(exporter):
    done = exporter.j("missing", "pipe", "--no-input")
    assert done.code == 0
    assert "Serial connection lost (broken resource)" in done.err


def test_j_start_console_is_a_terminal_on_the_port(exporter, port):
    port.device.act(login)
    env = clean_environment(exporter.client_environment())
    shell = pexpect.spawn(str(BIN / "j"), [port.name, "start-console"], env=env, timeout=20, encoding="utf-8")
    try:
        shell.expect_exact("Starting serial port console")
        shell.expect_exact("CTRL+B x 3 times")
        # Typed again until the console has the terminal: what comes earlier is lost.
        eventually(lambda: shell.send("root\r") and shell.expect_exact(["login: ", pexpect.TIMEOUT], 1) == 0, "a login")
        shell.send("\x02\x02\x02")
        shell.expect(pexpect.EOF)
    finally:
        shell.close()
    assert shell.exitstatus == 0
