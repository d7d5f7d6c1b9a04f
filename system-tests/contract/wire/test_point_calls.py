"""Calls and errors: points 18 to 32 and 34."""

import time

import expectations
import grpc
import pytest
from raw import OK, Status
from waiting import eventually

NOBODY = "22222222-2222-2222-2222-222222222222"
ERRORS = (
    "NotImplementedError", "ValueError", "TimeoutError", "ConnectionError", "ConnectionRefusedError",
    "BrokenPipeError", "OSError", "FileNotFoundError", "PermissionError", "AssertionError", "Exception",
    "RuntimeError", "TypeError", "KeyError",
)


def bare_message(error):
    # A KeyError shows its key, and shows it in quotes.
    return f"'msg-{error}'" if error == "KeyError" else f"msg-{error}"


def test_point_18_an_unknown_method_is_not_found(raw, probe):
    missing = Status("NOT_FOUND", "method nope not found on driver")
    assert raw.failure(probe, "nope") == missing
    assert raw.items(probe, "nope") == ([], missing)
    with raw.stream(probe, "nope") as stream:
        assert stream.end() == missing


@pytest.mark.parametrize("method", ["unmarked", "items", "connect"])
def test_point_19_a_call_of_something_else_than_a_plain_method(raw, probe, method):
    assert raw.failure(probe, method) == Status("NOT_FOUND", f"method {method} missing marker marker_drivercall")


@pytest.mark.parametrize("method", ["void", "connect", "unmarked"])
def test_point_20_a_streaming_call_of_something_else_than_a_generator(raw, probe, method):
    text = f"method {method} missing marker marker_streamingdrivercall"
    assert raw.items(probe, method) == ([], Status("NOT_FOUND", text))


@pytest.mark.parametrize("method", ["void", "items", "unmarked"])
def test_point_21_a_stream_of_something_else_than_a_stream_method(raw, probe, method):
    with raw.stream(probe, method) as stream:
        assert stream.end() == Status("NOT_FOUND", f"method {method} missing marker marker_streamcall")


def failures_for(raw, uuid):
    with raw.stream(uuid) as stream:
        return raw.failure(uuid, "on"), raw.items(uuid, "read")[1], stream.end()


def test_point_22_an_unknown_uuid_is_named_and_harms_nothing(raw, power):
    for status in failures_for(raw, NOBODY):
        assert status.code == "UNKNOWN" and NOBODY in status.details
    assert raw.call(power, "on") is None


@pytest.mark.parametrize("uuid", ["nonsense", "", "22222222-2222", "\u00fc"])
def test_point_23_a_malformed_uuid_is_unknown(raw, power, uuid):
    for status in failures_for(raw, uuid):
        assert status.code == "UNKNOWN"
    assert raw.call(power, "on") is None


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("method", ["fail", "afail"])
def test_point_24_failures_have_their_code_and_the_bare_message(peer, raw, probe, method, error):
    assert raw.failure(probe, method, error) == Status(expectations.code(peer, error), bare_message(error))


def test_point_24_an_empty_message_stays_empty(raw, probe):
    assert raw.failure(probe, "failempty") == Status("UNKNOWN", "")


def test_point_24_lines_and_letters_pass_intact(raw, probe):
    text = "first line\nzweite Zeile: größer als 100 %\n"
    assert raw.failure(probe, "raise_text", "ValueError", text, 1) == Status("INVALID_ARGUMENT", text)


@pytest.mark.parametrize("error", ERRORS)
def test_point_25_an_error_comes_after_the_items(peer, raw, probe, error):
    expected = Status(expectations.code(peer, error), bare_message(error))
    assert raw.items(probe, "gen", error) == ([1, {"n": 2}], expected)


def test_point_26_no_items_are_a_success_without_a_message(raw, probe):
    assert raw.items(probe, "items", 0) == ([], OK)


def test_point_27_items_are_sent_one_by_one(raw, probe, watch):
    rpc = raw.streaming(probe, "gated", 3)
    for expected in range(3):
        # The driver waits at its gate, so an item that comes now was not held back for a later one.
        assert next(rpc).result.number_value == expected
        raw.call(watch, "open_gate", 1)
    assert list(rpc) == [] and rpc.code() == grpc.StatusCode.OK


def test_point_28_a_name_may_begin_with_an_underscore(raw, probe):
    assert raw.call(probe, "_hidden", "x") == "hidden x"


def encoded_length(details):
    """As grpc-message carries it: everything but printable ASCII takes three characters a byte."""
    return sum(1 if 0x20 <= b <= 0x7E and b != ord("%") else 3 for b in details.encode())


@pytest.mark.parametrize("unit", ["e", "ü", "%", "\n", "🙂"])
def test_point_29_long_details_are_cut(raw, probe, client, unit):
    status = raw.failure(probe, "raise_text", "ValueError", unit, 20_000)
    assert status.code == "INVALID_ARGUMENT"
    assert status.details.startswith(unit * 300)
    assert 3000 < encoded_length(status.details) <= 4000
    with pytest.raises(ValueError):
        client.probe.call("raise_text", "ValueError", unit, 20_000)


def test_point_30_cancelling_a_call_interrupts_it(raw, probe, counters):
    before = counters()["interrupted"]
    rpc = raw.start(probe, "sleep_forever")
    eventually(lambda: counters()["sleeping"] == 1, "the call is under way")
    rpc.cancel()
    eventually(lambda: counters()["interrupted"] == before + 1, "the driver is interrupted")
    assert counters()["sleeping"] == 0
    assert raw.call(probe, "answer", "later") == "later"


@pytest.mark.parametrize("method", ["forever", "quiet"])
def test_point_30_cancelling_a_streaming_call_frees_it(raw, probe, counters, method):
    running = "forever_running" if method == "forever" else "sleeping"
    rpc = raw.streaming(probe, method)
    eventually(lambda: counters()[running] == 1, "the call is under way")
    rpc.cancel()
    eventually(lambda: counters()[running] == 0, "the driver has let go")
    assert raw.items(probe, "items", 2) == ([0, 1], OK)


def test_point_30_a_blocking_call_that_was_cancelled_leaves_the_driver_usable(raw, probe, watch, counters):
    rpc = raw.start(probe, "block")
    eventually(lambda: counters()["blocking"] == 1, "the call is under way")
    rpc.cancel()
    raw.call(watch, "release")
    eventually(lambda: counters()["blocking"] == 0, "the call has let go")
    assert raw.call(probe, "answer", "later") == "later"


def test_point_31_reset_answers(raw, power):
    status = raw.reset()
    assert status.code in ("OK", "UNIMPLEMENTED")
    assert raw.call(power, "on") is None


def test_point_31_reset_resets_the_tree(raw, counters):
    before = counters()["resets"]
    assert raw.reset() == OK
    # Both probes count, and each of them once.
    assert counters()["resets"] == before + 2


def test_point_32_four_megabytes_pass_and_five_do_not(raw, probe):
    four = "x" * 4_000_000
    assert raw.call(probe, "answer", four) == four
    assert raw.call(probe, "big", 4_000_000) == four
    assert raw.failure(probe, "answer", "x" * (5 << 20)).code == "RESOURCE_EXHAUSTED"
    assert raw.call(probe, "answer", 1) == 1


def test_point_34_a_slow_call_delays_nobody_else(raw, probe, watch, power, counters):
    slow = raw.start(probe, "block")
    eventually(lambda: counters()["blocking"] == 1, "the slow call is under way")
    started = time.monotonic()
    logs = raw.logs()
    for _ in range(20):
        raw.call(power, "on")
        raw.status()
    raw.call(watch, "log", "INFO", "seen in time")
    while next(logs).message != "seen in time":
        pass
    assert time.monotonic() - started < 5
    assert not slow.done()
    logs.cancel()
    raw.call(watch, "release")
    assert slow.result().result.string_value == "released"
