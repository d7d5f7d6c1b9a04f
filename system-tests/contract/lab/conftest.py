"""What every test of the lab may ask for. The lab is ours; clients and exporters are stock unless a test says otherwise."""

import itertools

import grpc
import pytest
from lab.labs import Lab
from lab.wire import Wire

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def lab():
    with Lab() as lab:
        lab.client("ann", {"team": "a"})
        lab.client("bob", {"team": "b"})
        yield lab


@pytest.fixture
def fresh():
    """A name that nothing else has."""
    return lambda what: f"{what}{next(NUMBERS)}"


@pytest.fixture(scope="module")
def open_wire(request):
    """A lab of the module's own, used over the wire; what it needs stands in LAB of the module."""
    with Lab(**getattr(request.module, "LAB", {})) as lab, Wire(lab) as wire:
        yield wire


@pytest.fixture
def wire(open_wire):
    """The same; boards and clients that a test makes are gone after it."""
    before = list(open_wire.parties)
    yield open_wire
    open_wire.close([party for party in open_wire.parties if party not in before])


@pytest.fixture(scope="module")
def ann(open_wire):
    return open_wire.client("ann", {"team": "a"})


@pytest.fixture(scope="module")
def bob(open_wire):
    return open_wire.client("bob", {"team": "b"})


@pytest.fixture
def router(wire):
    """Opens channels to routers by their addresses."""
    channels = {}

    def channel(endpoint):
        if endpoint not in channels:
            channels[endpoint] = grpc.secure_channel(endpoint, grpc.ssl_channel_credentials(wire.ca))
        return channels[endpoint]

    yield channel
    for open_channel in channels.values():
        open_channel.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows what the lab had to say."""
    report = yield
    for lab in getattr(item, "funcargs", {}).values():
        lab = lab.lab if isinstance(lab, Wire) else lab
        if report.failed and isinstance(lab, Lab) and lab.room.exists():
            report.sections.append(("log of the lab", lab.log[-8000:]))
    return report
