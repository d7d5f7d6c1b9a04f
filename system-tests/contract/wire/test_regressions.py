"""What went wrong for users of such systems, by its number in docs/regressions.md."""

import socket
import struct
import time

import pytest
import raw as bare
import rig
from differences import expected
from peers import status_name
from waiting import eventually

POWER = {"power": rig.POWER, "echo": rig.ECHO}


def test_R08_what_a_status_forbids_is_refused_at_once(peer):
    hooks = {"beforeLease": {"script": "exit 3", "timeout": 30, "onFailure": "endLease"}}
    with rig.start(peer, POWER, hooks=hooks) as exporter, bare.connection(exporter) as raw:
        exporter.await_status("BEFORE_LEASE_HOOK_FAILED")
        power, echo = raw.uuid("power"), raw.uuid("echo")
        if expected(peer, "call after a failed beforeLease") == "runs":
            assert raw.call(power, "on") is None
            assert raw.items(power, "read")[1] == bare.OK
            with raw.stream(echo) as stream:
                assert stream.send(b"still here").bytes(10) == b"still here"
        else:
            refusal = bare.Status(
                "FAILED_PRECONDITION", "Exporter not ready for driver calls (status: BEFORE_LEASE_HOOK_FAILED)"
            )
            begin = time.monotonic()
            assert raw.failure(power, "on") == refusal
            assert raw.items(power, "read") == ([], refusal)
            with raw.stream(echo) as stream:
                assert stream.end() == refusal
            assert time.monotonic() - begin < 3


def _leave(exporter, how):
    """Connects and goes away without a word."""
    sock = socket.create_connection((exporter.host, exporter.port), 10)
    if how == "reset":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how == "half closed":
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(10)
        try:
            while sock.recv(65536):
                pass
        except ConnectionResetError:
            pass  # just as much of an end
    sock.close()


@pytest.mark.parametrize("how", ["closed", "reset", "half closed"])
def test_R25_a_first_connection_that_says_nothing_harms_no_real_one(peer, how):
    with rig.start(peer, POWER) as exporter:
        for _ in range(5):
            _leave(exporter, how)
            with bare.connection(exporter) as raw:
                assert raw.call(raw.uuid("power"), "on") is None
        with exporter.connect() as client:
            _leave(exporter, how)
            client.power.off()


@pytest.mark.parametrize("driver", ["MockPower", "SyncMockPower"])
def test_R75_reset_end_of_session_and_close_switch_nothing_off(peer, driver):
    export = {"power": {"type": f"jumpstarter_driver_power.driver.{driver}"}}
    with rig.start(peer, export) as exporter:
        with bare.connection(exporter) as raw:
            raw.call(raw.uuid("power"), "off")
            eventually(lambda: "power off" in exporter.log, lambda: exporter.log)
            raw.call(raw.uuid("power"), "on")
            assert raw.reset().code == expected(peer, "Reset")
            assert raw.end_session().success
            exporter.await_status(expected(peer, "status after EndSession"))
        exporter.stop()
        assert exporter.log.count("power off") == 1, exporter.log


def _voltage(raw, power):
    """The first reading; the meter goes on for as long as somebody reads."""
    readings = raw.streaming(power, "read")
    try:
        return bare.from_value(next(readings).result)["voltage"]
    finally:
        readings.cancel()


def test_R75_a_board_stays_on(peer):
    board = {"type": "rigbus.VirtualBoard", "config": {"allowFirmware": True}}
    with rig.start(peer, {"board": board}) as exporter:
        with bare.connection(exporter) as raw:
            power = raw.uuid("board.power")
            raw.call(power, "on")
            on = _voltage(raw, power)
            assert on > 0
            assert raw.reset() == bare.OK
            assert _voltage(raw, power) == on
            version = exporter.status().status_version
            assert raw.end_session().success
            eventually(
                lambda: exporter.status().status_version > version
                and status_name(exporter.status().status) == "LEASE_READY",
                "the next session is ready",
            )
            assert _voltage(raw, power) == on
            raw.call(power, "off")
            assert _voltage(raw, power) == 0
