"""Raw streams: points 35 to 48 and 50."""

import hashlib
import json
import time

import pytest
from http2 import Http2
from raw import DATA, GOAWAY, OK, PING, RST_STREAM, connection
from waiting import eventually

CHUNK = bytes(range(256)) * 256
MEGABYTE = 1 << 20


def collected(data):
    """What the probe's `collect` answers."""
    return f"{len(data)} {hashlib.sha256(data).hexdigest()}".encode()


@pytest.fixture
def echo(raw):
    return raw.uuid("board.first")


def test_point_35_headers_come_before_any_message(raw, probe):
    # `collect` says nothing before it has read everything, and nothing is sent to it here.
    with raw.stream(probe, "collect") as stream:
        assert "request" not in stream.headers
        assert stream.taken == 0 and stream.rpc.is_active()


def test_point_36_unknown_members_and_metadata_are_ignored(raw, echo):
    with raw.stream(echo, metadata=(("x-other", "1"), ("requests", "no")), extra=[1, {"a": None}]) as stream:
        assert stream.send(b"hello").receive() == (DATA, b"hello")


def test_point_36_the_last_of_two_requests_counts(raw, echo):
    wrong = (("request", '{"kind":"zzz"}'),)
    with raw.stream(echo, metadata=wrong) as stream:
        assert stream.send(b"hello").receive() == (DATA, b"hello")


@pytest.mark.parametrize(
    "request_text",
    [None, "", "{", "null", "[]", '"driver"', "{}", '{"kind":"zzz"}', '{"kind":"driver"}', '{"kind":"resource"}',
     '{"kind":"driver","uuid":5,"method":"connect"}', '{"kind":"driver","uuid":"nonsense","method":"connect"}'],
)
def test_point_37_a_malformed_request_fails_alone(raw, echo, request_text):
    with raw.stream_with(request_text) as stream:
        assert stream.end().code == "UNKNOWN"
    with raw.stream(echo) as stream:
        assert stream.send(b"usable").receive() == (DATA, b"usable")


def test_point_38_a_device_that_cannot_be_opened_says_why(raw, probe):
    with raw.stream(probe, "boom") as stream:
        status = stream.end()
    assert status.code != "OK" and "boom before yield" in status.details


def test_point_39_a_hundred_megabytes_pass_unchanged_both_ways(raw, echo):
    count = 100_000_000 // len(CHUNK)
    sent, got = hashlib.sha256(), hashlib.sha256()
    with raw.stream(echo, seconds=120) as stream:
        for number in range(count):
            chunk = number.to_bytes(8) + CHUNK[8:]
            sent.update(chunk)
            stream.send(chunk)
        stream.finish()
        length = 0
        while (frame := stream.receive()) and frame[0] == DATA:
            got.update(frame[1])
            length += len(frame[1])
    assert (length, got.digest()) == (count * len(CHUNK), sent.digest())


def test_point_39_a_driver_that_does_not_read_stops_the_sender(raw, probe, counters):
    with raw.stream(probe, "sink") as stream:
        for _ in range(64 * MEGABYTE // len(CHUNK)):
            stream.send(CHUNK)
        assert settled(lambda: stream.taken) * len(CHUNK) < 32 * MEGABYTE
    eventually(lambda: counters()["streams_open"] == 0, "the stream is closed")


def test_point_39_a_client_that_does_not_read_stops_the_driver(raw, probe, counters):
    before = counters()["flooded"]
    with raw.stream(probe, "flood") as stream:
        assert stream.receive() is not None
        assert settled(lambda: counters()["flooded"]) - before < 64 * MEGABYTE
    eventually(lambda: counters()["streams_open"] == 0, "the stream is closed")


def settled(number, quiet=0.5, seconds=20.0):
    """The value of a counter once it has stood still for a while."""
    last, since, deadline = number(), time.monotonic(), time.monotonic() + seconds

    def still():
        nonlocal last, since
        now = number()
        if now != last:
            last, since = now, time.monotonic()
        return time.monotonic() - since > quiet

    eventually(still, lambda: f"the counter stands still; it is {last}", deadline - time.monotonic())
    return last


@pytest.mark.parametrize("end", ["finish", "goaway"])
def test_point_40_goaway_is_the_end_of_input_while_data_flows_back(raw, probe, counters, end):
    ends = counters()["eofs"]
    with raw.stream(probe, "collect") as stream:
        getattr(stream.send(b"some ").send(b"data"), end)()
        assert stream.receive() == (DATA, collected(b"some data"))
    assert counters()["eofs"] == ends + 1


def test_point_41_a_bare_half_close_counts_as_goaway(raw, probe):
    with raw.stream(probe, "collect") as stream:
        stream.send(b"some data").half_close()
        assert stream.receive() == (DATA, collected(b"some data"))
        assert stream.receive() == (GOAWAY, b"")


def test_point_42_the_end_of_the_device_is_one_goaway(peer, raw, probe):
    with raw.stream(probe, "eof") as stream:
        assert stream.receive() == (DATA, b"first")
        assert stream.receive() == (GOAWAY, b"")
        stream.finish()
        if peer == "rigbus":  # stock never ends the call
            assert stream.frames() == []


@pytest.mark.parametrize("frame_type", [PING, RST_STREAM, 1, 42])
def test_point_43_other_frames_do_not_end_the_stream(peer, raw, probe, frame_type):
    with raw.stream(probe, "collect") as stream:
        stream.send(b"before ").send(b"ignored", frame_type).send(b"after").finish()
        assert stream.receive() == (DATA, collected(b"before after"))
    with raw.stream(probe, "connect") as stream:
        stream.send(b"ignored", frame_type).send(b"after")
        frame = stream.receive()
        if peer == "stock":  # passes an empty chunk on
            assert frame == (DATA, b"")
            frame = stream.receive()
        assert frame == (DATA, b"after")


def test_point_44_empty_data_does_not_end_the_stream(raw, probe):
    with raw.stream(probe, "collect") as stream:
        stream.send(b"").send(b"one").send(b"").send(b"two").finish()
        assert stream.receive() == (DATA, collected(b"onetwo"))


def test_point_45_data_after_goaway_is_ignored(raw, probe):
    with raw.stream(probe, "collect") as stream:
        stream.send(b"before").goaway().send(b"after").half_close()
        assert stream.receive() == (DATA, collected(b"before"))


def test_point_46_the_call_ends_with_ok_after_both_directions(raw, probe, counters):
    closed = counters()["streams_closed"]
    with raw.stream(probe, "connect") as stream:
        assert stream.send(b"x").finish().receive() == (DATA, b"x")
        assert stream.frames() == [(GOAWAY, b"")]
        assert stream.end() == OK
    eventually(lambda: counters()["streams_closed"] == closed + 1, "the device is closed")
    assert counters()["streams_open"] == 0


def test_point_46_goaway_alone_is_enough_from_the_client(raw, probe):
    with raw.stream(probe, "connect") as stream:
        stream.goaway()
        assert stream.frames() == [(GOAWAY, b"")]
        assert stream.end() == OK


def test_point_47_cancel_closes_the_device_within_a_second(raw, probe, counters):
    with raw.stream(probe, "connect") as stream:
        assert stream.send(b"x").receive() == (DATA, b"x")
        assert counters()["streams_open"] == 1
    eventually(lambda: counters()["streams_open"] == 0, "the device is closed", 1)


def test_point_47_connection_loss_closes_the_device_within_a_second(exporter, probe, counters):
    request = json.dumps({"kind": "driver", "uuid": probe, "method": "connect"})
    with Http2.tcp(exporter) as lost:
        lost.open("/jumpstarter.v1.RouterService/Stream", request=request)
        eventually(lambda: counters()["streams_open"] == 1, "the device is open")
    eventually(lambda: counters()["streams_open"] == 0, "the device is closed", 1)


def test_point_48_a_failing_device_ends_the_call(raw, probe):
    with raw.stream(probe, "broken") as stream:
        assert stream.receive() == (DATA, b"before")
        assert [frame for frame in stream.frames() if frame != (GOAWAY, b"")] == []
        assert stream.end().code != "OK"


def test_point_48_the_reason_is_in_the_details(raw, probe):
    with raw.stream(probe, "broken") as stream:
        list(stream.frames())
        assert "device lost" in stream.end().details


def test_point_50_streams_and_calls_share_a_connection(raw, probe, echo, power):
    with raw.stream(probe) as one, raw.stream(probe) as two, raw.stream(echo) as three:
        for number in range(50):
            for name, stream in enumerate((one, two, three)):
                stream.send(f"{name} {number}".encode())
            raw.call(power, "on")
            raw.call(probe, "answer", number)
        for name, stream in enumerate((three, two, one)):
            expected = b"".join(f"{2 - name} {number}".encode() for number in range(50))
            assert stream.bytes(len(expected)) == expected


def test_point_50_a_stalled_stream_does_not_hold_up_another(exporter, raw, probe, echo):
    with connection(exporter) as own, own.stream(probe, "flood") as stalled, own.stream(echo) as live:
        assert stalled.receive() is not None
        for number in range(100):
            assert live.send(f"{number}".encode()).receive() == (DATA, f"{number}".encode())
