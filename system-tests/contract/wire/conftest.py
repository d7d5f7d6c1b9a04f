"""What the raw tests share: one exporter per file and a bare connection to it."""

import expectations
import pytest
import raw as bare
import rig


def pytest_collection_modifyitems(config, items):
    """A test of what stock does not do is left out for stock; expectations.py names them all."""
    def left_out(item):
        spec = getattr(item, "callspec", None)
        only = any(item.name.startswith(name) for name in expectations.RIGBUS_ONLY)
        return only and spec is not None and spec.params.get("peer") == "stock"

    dropped = [item for item in items if left_out(item)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="module")
def exporter(peer):
    with rig.start(peer) as exporter:
        yield exporter


@pytest.fixture(scope="module")
def raw(exporter):
    with bare.connection(exporter) as raw:
        yield raw


@pytest.fixture(scope="module")
def probe(raw):
    return raw.uuid("probe")


@pytest.fixture(scope="module")
def watch(raw):
    return raw.uuid("watch")


@pytest.fixture(scope="module")
def power(raw):
    return raw.uuid("power")


@pytest.fixture
def counters(raw, watch):
    """Reads the probe's counters."""
    return lambda: raw.call(watch, "state")
