"""What takes its time: points with half a minute and more. All of them wait at the same time, so that it is waited for once."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import grpc
import pytest
from lab.wire import STATUS
from waiting import eventually

SILENCE = 60  # seconds after which an exporter that says nothing counts as gone
LOST = "Connection lost - last seen more than 1 minute ago"


@pytest.fixture(scope="module")
def begun(open_wire, ann):
    """All that is waited for below, begun together."""
    quiet = open_wire.exporter()
    quiet.register()
    quiet.report("AVAILABLE", "once, and never again")
    listening = open_wire.board()
    wedged = open_wire.board()
    lease = ann.create(wedged.selector)
    wedged.told(lease.name)
    with ThreadPoolExecutor() as threads:
        at = time.monotonic()
        dial = threads.submit(refusal, ann, lease)
        yield SimpleNamespace(at=at, quiet=quiet, listening=listening, dial=dial)


def refusal(client, lease):
    begun = time.monotonic()
    try:
        return client.dial(lease.name, 40), None
    except grpc.RpcError as error:
        return error, time.monotonic() - begun


def test_point_70_dial_while_available_ends_within_thirty_seconds(begun):
    error, waited = begun.dial.result(45)
    assert error.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert error.details() == "exporter is not ready (status: Available)"
    assert 20 < waited < 30


@pytest.mark.timeout(150)
def test_point_27_an_exporter_that_says_nothing_is_offline_after_a_minute(begun, ann):
    seen = eventually(lambda: not (e := ann.exporter(begun.quiet.name)).online and e, "still online", SILENCE + 30)
    assert time.monotonic() - begun.at > SILENCE - 5
    assert (seen.status, seen.status_message) == (STATUS["OFFLINE"], LOST)


@pytest.mark.timeout(150)
def test_point_26_a_status_stream_keeps_it_online(begun, ann):
    """Longer than the silence that would take it offline; what counts does not grow with the time."""
    eventually(lambda: time.monotonic() - begun.at > SILENCE + 10, "a minute", SILENCE + 15)
    seen = ann.exporter(begun.listening.name)
    assert seen.online
    assert seen.status == STATUS["AVAILABLE"]
    assert len(begun.listening.statuses.messages) == 1
    assert begun.listening.statuses.code is None
