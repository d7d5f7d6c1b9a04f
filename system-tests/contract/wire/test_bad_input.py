"""Hostile, broken and vanished peers and drivers. After each of them the exporter still answers and holds no more than before."""

import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import footprint
import grpc
import peers
import pytest
import rig
from http2 import PREFACE, Closed, Http2
from hyperframe.frame import DataFrame, PingFrame, RstStreamFrame, SettingsFrame
from jumpstarter_protocol import jumpstarter_pb2
from raw import DATA, GOAWAY, Status, connection
from waiting import eventually

STREAM = "/jumpstarter.v1.RouterService/Stream"
CALL = "/jumpstarter.v1.ExporterService/DriverCall"
STATUS = "/jumpstarter.v1.ExporterService/GetStatus"
GIBIBYTE = 1 << 30
REFUSED = ("UNKNOWN", "INVALID_ARGUMENT", "INTERNAL")
NOBODY = "22222222-2222-2222-2222-222222222222"


@pytest.fixture(autouse=True)
def unharmed(exporter, raw, power, probe, counters):
    """What every test here leaves behind: an exporter as it was."""
    with footprint.unchanged(exporter):
        yield
        with connection(exporter) as fresh:
            assert fresh.call(power, "on") is None
            assert fresh.call(probe, "answer", "still here") == "still here"
    busy = ("sleeping", "blocking", "forever_running", "streams_open")
    eventually(lambda: not any(counters()[name] for name in busy), lambda: f"nothing under way; {counters()}", 20)


def request_for(uuid, method="connect"):
    return json.dumps({"kind": "driver", "uuid": uuid, "method": method})


# ---- requests ----


@pytest.mark.parametrize(
    "text",
    ["[" * 5000, '{"kind":"driver","uuid":"' + NOBODY + '","method":"connect"}', '{"kind":"resource","uuid":"' + NOBODY + '"}',
     '{"kind":"driver","uuid":null,"method":null}', '{"kind":["driver"]}', "\u007f", "{'kind':'driver'}"],
    ids=["deep", "unknown node", "unknown node of a resource", "nulls", "list", "control", "quotes"],
)  # fmt: skip
def test_a_malformed_request_is_refused(raw, text):
    with raw.stream_with(text) as stream:
        assert stream.end().code not in ("OK", "DEADLINE_EXCEEDED")


def test_headers_of_twenty_kilobytes_are_refused_or_ignored(exporter, probe):
    with connection(exporter) as raw, raw.stream(probe, metadata=(("x-big", "x" * 20_000),)) as stream:
        stream.finish()
        stream.frames()
        assert stream.end().code != "DEADLINE_EXCEEDED"


@pytest.mark.parametrize("depth", [90, 5000])
def test_arguments_nested_too_deep_are_refused(exporter, raw, probe, depth):
    call = jumpstarter_pb2.DriverCallRequest(uuid=probe, method="answer").SerializeToString()
    with exporter.channel() as channel, pytest.raises(grpc.RpcError) as failure:
        # Written by hand: the library would refuse to build it.
        channel.unary_unary(CALL)(call + field(3, nested_list(depth)), timeout=10)
    assert failure.value.code().name in REFUSED
    assert raw.failure(probe, "deep", 90).code in REFUSED


def field(number, content):
    """A length-delimited protobuf field."""
    length, prefix = len(content), bytes([number << 3 | 2])
    while length > 0x7F:
        prefix, length = prefix + bytes([length & 0x7F | 0x80]), length >> 7
    return prefix + bytes([length]) + content


def nested_list(depth):
    """A google.protobuf.Value: a list in a list in a list."""
    value = b""
    for _ in range(depth):
        value = field(6, field(1, value))
    return value


@pytest.mark.parametrize("path", [STREAM, CALL])
def test_a_message_that_is_no_protobuf_fails_its_call(exporter, probe, path):
    with Http2.tcp(exporter) as peer:
        stream = peer.open(path, request=request_for(probe))
        peer.message(stream, b"\xff\xff\xff\xff\xff\xff", end=True)
        _, headers = peer.response(stream)
        assert headers.get("grpc-status") != "0"
        _, headers = peer.call(STATUS)
        assert headers["grpc-status"] == "0"


@pytest.mark.parametrize("path", ["/jumpstarter.v1.ExporterService/Nope", "/nope.Nope/Nope", "/", "nope"])
def test_an_unknown_rpc_is_unimplemented(exporter, path):
    with Http2.tcp(exporter) as peer:
        stream = peer.open(path)
        peer.message(stream, end=True)
        try:
            _, headers = peer.response(stream)
        except Closed:
            return  # a path that is none may cost the connection
        assert headers.get("grpc-status") == "12" or headers.get(":status") in ("400", "404", "405") or "reset" in headers


# ---- frames ----


def test_frames_in_a_senseless_order_do_no_harm(raw, probe):
    with raw.stream(probe) as stream:
        stream.goaway().goaway().send(b"late").send(b"later", GOAWAY).send(b"x", 42).half_close()
        assert stream.receive() == (GOAWAY, b"")


def test_a_client_that_only_opens_and_closes(raw, probe):
    for _ in range(100):
        with raw.stream(probe) as stream:
            stream.half_close()


def test_an_oversize_message_costs_its_own_stream_alone(raw, probe):
    with raw.stream(probe) as live, raw.stream(probe) as big:
        big.send(b"x" * (5 << 20))
        big.frames()
        assert big.end().code == "RESOURCE_EXHAUSTED"
        assert live.send(b"alive").receive() == (DATA, b"alive")


@pytest.mark.parametrize("path", [STREAM, CALL])
def test_a_message_that_claims_a_gibibyte_is_refused_at_once(exporter, probe, path):
    with footprint.unchanged(exporter), Http2.tcp(exporter) as peer:
        stream = peer.open(path, request=request_for(probe))
        peer.message(stream, b"some bytes", claimed=GIBIBYTE)
        assert ends_badly(peer, stream)


def test_a_compressed_message_without_an_encoding_is_refused(exporter, probe):
    with Http2.tcp(exporter) as peer:
        stream = peer.open(STREAM, request=request_for(probe))
        peer.write(DataFrame(stream, data=b"\x01\x00\x00\x00\x04abcd"))
        assert ends_badly(peer, stream)


def ends_badly(peer, stream):
    """Whether the call, or the whole connection with it, is ended with an error."""
    try:
        _, headers = peer.response(stream)
    except Closed:
        return True
    return "reset" in headers or headers.get("grpc-status") not in (None, "0")


# ---- HTTP/2 ----


@pytest.mark.parametrize(
    "garbage",
    [b"\x00" * 1000, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 500,
     PREFACE + b"\xff" * 100, PREFACE[:10], PREFACE + b"\x00\x00\x04\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00", b""],
    ids=["zeros", "http1", "tls", "frame", "half a preface", "no settings", "nothing"],
)  # fmt: skip
def test_garbage_costs_its_own_connection_alone(exporter, garbage):
    for _ in range(20):
        with socket.create_connection((exporter.host, exporter.port), 10) as sock:
            sock.sendall(garbage)


def test_a_frame_larger_than_allowed_costs_the_connection(exporter):
    with footprint.unchanged(exporter), Http2.tcp(exporter) as peer:
        stream = peer.open(STREAM)
        # A DATA frame of sixteen megabytes, of which only the beginning comes.
        peer.sock.sendall(b"\xff\xff\xff\x00\x00" + stream.to_bytes(4) + b"x" * 1000)
        peer.sock.settimeout(10)
        with pytest.raises(Closed):
            while True:
                peer.read()


def test_a_flood_of_pings_harms_nobody_else(exporter, raw, power):
    with Http2.tcp(exporter) as peer:
        try:
            for _ in range(1000):
                peer.write(PingFrame(0, opaque_data=b"floodfld"))
            while True:
                peer.ping(b"the last")
                break
        except (Closed, OSError):
            pass  # stock says GOAWAY ENHANCE_YOUR_CALM
        assert raw.call(power, "on") is None


def test_streams_that_are_reset_at_once_leave_nothing(exporter, probe):
    with Http2.tcp(exporter) as peer:
        try:
            for _ in range(2000):
                stream = peer.open(STREAM, request=request_for(probe))
                peer.write(RstStreamFrame(stream, error_code=8))
        except OSError:
            pass  # a server may end a connection that does nothing else


def test_unknown_settings_and_a_large_frame_size(exporter):
    with Http2.tcp(exporter, settings={5: 4194304, 65027: 1, 4242: 7}) as peer:
        peer.write(SettingsFrame(0, settings={65027: 2, 5: 4194304}))
        for authority in ("tmp%2Fx%2Fsocket", "%", "a b", ""):
            peer.authority = authority
            stream = peer.open(STATUS)
            peer.message(stream, end=True)
            try:
                peer.response(stream)
            except Closed:
                assert authority != "tmp%2Fx%2Fsocket"
                break


# ---- crowds ----


def test_ten_thousand_streams(exporter, raw, power, probe, counters):
    """The exporter may refuse some of them; it goes on serving the others' owners, and all are gone with the connection."""
    with Http2.tcp(exporter) as crowd:
        crowd.sock.settimeout(60)
        opener = threading.Thread(target=open_many, args=(crowd, probe, 10_000), daemon=True)
        drain = threading.Thread(target=read_on, args=(crowd,), daemon=True)
        drain.start()
        opener.start()
        while opener.is_alive():
            assert raw.call(power, "on") is None
            opener.join(0.1)
        eventually(lambda: counters()["streams_open"] >= 100, "at least a hundred are open", 60)
        assert raw.call(power, "on") is None
        crowd.sock.shutdown(socket.SHUT_RDWR)
        drain.join(30)
    eventually(lambda: counters()["streams_open"] == 0, lambda: f"all are closed; {counters()}", 60)


def open_many(peer, probe, count):
    try:
        for _ in range(count):
            peer.open(STREAM, request=request_for(probe))
    except OSError:
        pass  # refused altogether


def read_on(peer):
    try:
        while peer.sock.recv(1 << 20):
            pass
    except OSError:
        pass


def test_one_reader_that_stalls_and_nine_that_go_on(exporter, raw, probe):
    with footprint.unchanged(exporter), ExitStack() as stack:
        stalled = stack.enter_context(connection(exporter))
        flood = stack.enter_context(stalled.stream(probe, "flood"))
        assert flood.receive() is not None, flood.end()  # and nothing more is read
        live = [stack.enter_context(stack.enter_context(connection(exporter)).stream(probe)) for _ in range(9)]
        for number in range(50):
            chunk = number.to_bytes(4) * 4096
            for stream in live:
                stream.send(chunk)
            for stream in live:
                assert stream.bytes(len(chunk)) == chunk


# ---- peers and drivers that go, fail or never end ----

VANISHING = """
import sys, threading
sys.path[:0] = sys.argv[4:]
import grpc
from raw import Raw
raw = Raw(grpc.insecure_channel(sys.argv[1]))
probe = sys.argv[2]
stream = raw.stream(probe, seconds=None)
stream.send(b"x").receive()
flood = raw.stream(probe, "flood", seconds=None)
flood.receive()
calls = raw.start(probe, "sleep_forever", seconds=None), raw.streaming(probe, "forever", seconds=None)
print("ready", flush=True)
threading.Event().wait()
"""


def test_a_peer_that_is_killed_leaves_nothing(exporter, probe, counters):
    here = str(rig.DOUBLES.parent / "wire")
    words = [sys.executable, "-c", VANISHING, exporter.address, probe, "", here]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as peer:
        try:
            assert peer.stdout.readline() == "ready\n"
            eventually(lambda: counters()["streams_open"] == 2, lambda: f"its streams are open; {counters()}")
        finally:
            peer.kill()
    eventually(lambda: counters()["streams_open"] == 0, "its streams are closed", 5)
    eventually(lambda: counters()["sleeping"] == 0, "its call is interrupted", 5)
    eventually(lambda: counters()["forever_running"] == 0, "its streaming call has ended", 5)


def test_a_deadline_of_a_millisecond(raw, probe, counters):
    for _ in range(50):
        calls = [raw.start(probe, "sleep_forever", seconds=0.001), raw.start(probe, "void", seconds=0.001)]
        assert Status.of(calls[0]).code == "DEADLINE_EXCEEDED"
        assert calls[1].code().name in ("OK", "DEADLINE_EXCEEDED")
        for rpc in (raw.streaming(probe, "forever", seconds=0.001), raw.stream(probe, seconds=0.001).rpc):
            assert Status.of(rpc).code == "DEADLINE_EXCEEDED"


def test_a_driver_that_blocks_for_ever_is_left_at_the_deadline(raw, probe, watch, power, counters):
    stuck = raw.start(probe, "stuck", seconds=0.5)
    eventually(lambda: counters()["blocking"] == 1, "the call is under way")
    started = time.monotonic()
    for _ in range(50):
        assert raw.call(power, "on") is None
    assert stuck.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - started < 5
    raw.call(watch, "release")


def test_a_driver_that_emits_for_ever_waits_for_its_reader(exporter, raw, power, probe, counters):
    request = jumpstarter_pb2.StreamingDriverCallRequest(uuid=probe, method="forever").SerializeToString()
    # A peer that grants the 64 KiB of an HTTP/2 window and nothing more.
    with Http2.tcp(exporter) as reader:
        stream = reader.open("/jumpstarter.v1.ExporterService/StreamingDriverCall")
        reader.message(stream, request, end=True)
        eventually(lambda: counters()["forever_running"] == 1, "the driver emits")
        eventually(lambda: stands_still(lambda: counters()["emitted"]), "the driver waits", 30)
        assert raw.call(power, "on") is None


def stands_still(number, quiet=0.3):
    """Whether a counter does not move for a while."""
    before, since = number(), time.monotonic()
    while time.monotonic() - since < quiet:
        if number() != before:
            return False
    return True


def test_a_driver_that_fails_in_its_constructor_stops_the_start(peer):
    done = peers.run_to_end(
        peer, export={"broken": rig.probe(peer, fail_start="no board on shelf 3")}, env={"PYTHONPATH": str(rig.DOUBLES)}
    )
    assert "no board on shelf 3" in done.text
    if peer == "rigbus":  # stock ends with 0
        assert done.code != 0
        assert "broken" in done.text and "\tat " not in done.text


def test_an_exporter_with_a_stuck_driver_can_be_stopped(peer):
    with rig.start(peer) as exporter, connection(exporter) as raw:
        probe, watch = raw.uuid("probe"), raw.uuid("watch")
        raw.start(probe, "sleep_forever")
        raw.streaming(probe, "forever")
        with raw.stream(probe, "flood"):
            eventually(lambda: raw.call(watch, "state")["streams_open"] == 1, "all is under way")
            assert exporter.stop() in (0, 143, -15)
