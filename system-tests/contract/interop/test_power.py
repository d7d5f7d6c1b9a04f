"""The power drivers, from the client and from the command line."""

import logging

import pytest
from jumpstarter.client.core import DriverError, DriverMethodNotImplemented
from peers import Exporter
from waiting import eventually

READINGS = [
    "voltage=0.0 V  current=0.0 A  apparent_power=0.0 VA",
    "voltage=5.0 V  current=2.0 A  apparent_power=10.0 VA",
]


@pytest.fixture(scope="module")
def exporter(peer):
    export = {
        "power": {"type": "jumpstarter_driver_power.driver.MockPower"},
        "syncpower": {"type": "jumpstarter_driver_power.driver.SyncMockPower"},
    }
    with Exporter(peer, export=export) as exporter:
        yield exporter


@pytest.fixture(params=["power", "syncpower"])
def power(client, request):
    return client.children[request.param]


def test_on_and_off_answer_nothing(power):
    assert power.call("on") is None
    assert power.call("off") is None


def test_read_yields_two_readings(power):
    readings = list(power.read())
    assert [(r.voltage, r.current) for r in readings] == [(0.0, 0.0), (5.0, 2.0)]
    assert readings[1].apparent_power == 10.0


def test_a_reader_that_leaves_early_disturbs_nobody(power):
    readings = power.read()
    assert next(readings).voltage == 0.0
    readings.close()
    assert len(list(power.read())) == 2


def test_cycle_is_off_and_on(power, caplog):
    with caplog.at_level(logging.INFO, logger="exporter:driver"), power.log_stream():
        power.cycle(wait=0)
        eventually(lambda: "power off" in caplog.text and "power on" in caplog.text, lambda: caplog.text)


def test_the_log_stream_shows_on_and_off(power, caplog):
    with caplog.at_level(logging.INFO, logger="exporter:driver"), power.log_stream():
        power.on()
        eventually(lambda: "power on" in caplog.text, lambda: f"'power on' in {caplog.text!r}")
        caplog.clear()
        power.off()
        eventually(lambda: "power off" in caplog.text, lambda: f"'power off' in {caplog.text!r}")
        assert {r.name for r in caplog.records if r.message == "power off"} == {"exporter:driver"}


def test_rescue_is_not_there(power):
    with pytest.raises(DriverMethodNotImplemented, match="NOT_FOUND: method rescue not found on driver"):
        power.rescue()


def test_a_streaming_method_is_not_callable_as_a_plain_one(power):
    with pytest.raises(DriverMethodNotImplemented, match="method read missing marker marker_drivercall"):
        power.call("read")


def test_a_plain_method_is_not_callable_as_a_streaming_one(power):
    with pytest.raises(DriverError, match="method on missing marker marker_streamingdrivercall"):
        list(power.streamingcall("on"))


def test_a_method_that_is_not_exported_cannot_be_reached(power):
    with pytest.raises(DriverMethodNotImplemented, match="method client missing marker marker_drivercall"):
        power.call("client")


def test_an_argument_too_many_is_refused(power):
    with pytest.raises(DriverError, match="DriverCall 'on' failed with gRPC UNKNOWN"):
        power.call("on", 1)


def test_j_switches_on_and_off_without_a_word(exporter):
    for word in ("on", "off"):
        done = exporter.j("power", word)
        assert (done.code, done.out) == (0, "")


def test_j_reads_in_words(exporter):
    done = exporter.j("power", "read")
    assert (done.code, done.out.splitlines()) == (0, READINGS)


def test_j_reads_as_often_as_asked(exporter):
    done = exporter.j("syncpower", "read", "--count", "3", "--interval", "0.01")
    assert (done.code, done.out.splitlines()) == (0, READINGS * 3)


def test_j_cycles_with_the_wait_it_was_told(exporter):
    done = exporter.j("power", "cycle", "--wait", "0")
    assert (done.code, done.out.splitlines()[0]) == (0, "Power cycling with 0 seconds wait time...")


def test_j_refuses_a_command_that_power_does_not_have(exporter):
    done = exporter.j("power", "explode")
    assert done.code == 1
    assert "No such command 'explode'" in done.err
