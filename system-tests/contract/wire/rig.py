"""The exporter that the raw tests run against: a few mock drivers and two probes that share their counters."""

from pathlib import Path

from peers import Exporter

DOUBLES = Path(__file__).resolve().parents[1] / "doubles"
PROBE = {"stock": "rigbus_probe.Err", "rigbus": "rigbus.testing.Probe"}

POWER = {"type": "jumpstarter_driver_power.driver.MockPower"}
ECHO = {"type": "jumpstarter_driver_network.driver.EchoNetwork"}


def probe(peer, group="default", **config):
    """The driver of probe-driver.md."""
    return {"type": PROBE[peer], "config": {"group": group} | config}


def tree(peer):
    return {
        "power": POWER | {"description": "the relay", "methods_description": {"on": "Turn it on now"}},
        "probe": probe(peer),
        # Sees the counters of `probe` and opens its gates while a call of `probe` is under way.
        "watch": probe(peer),
        "board": {"children": {"second": POWER, "first": ECHO, "deeper": {"children": {"leaf": ECHO}}}},
        "alias": {"ref": "board.second"},
        "aliases": {"ref": "board"},
    }


def start(peer, export=None, *, env=None, **keys):
    """An exporter on which the probe's type is known; start it with `with`."""
    return Exporter(peer, export=tree(peer) if export is None else export, env={"PYTHONPATH": str(DOUBLES)} | (env or {}), **keys)
