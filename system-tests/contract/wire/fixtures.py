"""The recorded exchanges: where they are, which of them concern our drivers, and the exporter trees they were recorded on."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import rig

CHECKOUT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("RIGBUS_FIXTURES") or CHECKOUT.parent / "shared" / "fixtures")

NETWORK, SERIAL = "jumpstarter_driver_network.driver.", "jumpstarter_driver_pyserial.driver."
POWER, OPENDAL = "jumpstarter_driver_power.driver.", "jumpstarter_driver_opendal.driver."
DRIVERS = {
    POWER + "MockPower", POWER + "SyncMockPower", SERIAL + "PySerial", "jumpstarter_driver_shell.driver.Shell",
    *(OPENDAL + name for name in ("Opendal", "MockFlasher", "MockStorageMux", "MockStorageMuxFlasher")),
    *(NETWORK + name for name in ("TcpNetwork", "UdpNetwork", "UnixNetwork", "EchoNetwork", "WebsocketNetwork")),
}
COMPOSITE = "jumpstarter_driver_composite.client.CompositeClient"
CLIENT, NAME = "jumpstarter.dev/client", "jumpstarter.dev/name"

# The recorded sessions by their report, with the storage root of each; what is in none of them stands loose.
SESSIONS = {"report": "$WORK/fs", "report6": "$WORK/fs2", "report2": None}
LOOSE = "loose"


@dataclass(frozen=True)
class Fixture:
    name: str
    content: dict

    @property
    def path(self):
        return self.content.get("driver_path")

    @property
    def is_ours(self):
        if self.name.startswith("main-") or self.name == "index":
            return False
        return self.path is None or self.path == "err" or self.content.get("driver_type") in DRIVERS


def load():
    """All fixtures of our drivers by name; empty when the folder is missing."""
    files = sorted(FOLDER.glob("*.json"))
    loaded = (Fixture(file.stem, json.loads(file.read_text())) for file in files if file.stem != "index")
    return {fixture.name: fixture for fixture in loaded if fixture.is_ours}


def config_of(fixtures, path, storage_root):
    """The type and configuration that was recorded for the driver at a path."""
    for fixture in fixtures.values():
        if fixture.path == path and fixture.content.get("driver_type") in DRIVERS:
            config = fixture.content["config"]
            if path != "storage" or config["kwargs"]["root"] == storage_root:
                return {"type": fixture.content["driver_type"], "config": config}
    return None


def reports_of(fixtures, session):
    return fixtures[session].content["rpcs"][0]["response"]["reports"]


def placeholder_path(uuid):
    """`nested.inner` for `<uuid:nested.inner>`, and nothing for the root."""
    path = uuid.removeprefix("<uuid:").removesuffix(">")
    return "" if path == "root" else path


def tree_of(fixtures, session, peer):
    """The `export:` that gives the session's report, as far as the drivers are ours."""
    if session == LOOSE:
        tcp = config_of(fixtures, "tcp", None)
        return {"err": rig.probe(peer), "vnc": {"children": {"tcp": tcp}}}
    root = {"children": {}}
    nodes = {"": root}
    for report in reports_of(fixtures, session)[1:]:
        path, name = placeholder_path(report["uuid"]), report["labels"][NAME]
        parent_path = placeholder_path(report["parent_uuid"])
        own_path = f"{parent_path}.{name}".lstrip(".")
        if parent_path not in nodes or own_path in nodes:
            continue  # below a driver that is not ours, or listed again below a proxy
        node = _node(fixtures, session, path, own_path, report)
        if node:
            nodes[own_path] = node
            nodes[parent_path].setdefault("children", {})[name] = node
    return root["children"]


def _node(fixtures, session, path, own_path, report):
    if path != own_path:
        return {"ref": path}
    if report["labels"][CLIENT] == COMPOSITE:
        return {"children": {}}
    node = config_of(fixtures, path, SESSIONS[session])
    if node and not node["type"].endswith(".Shell"):  # describes its methods by itself
        node |= {key: report[key] for key in ("description", "methods_description") if key in report}
    return node


def session_of(fixtures, fixture):
    """The session on whose tree a fixture can be replayed."""
    if fixture.name in SESSIONS:
        return fixture.name
    if fixture.path is None:
        return LOOSE
    for session, root in SESSIONS.items():
        known = config_of(fixtures, fixture.path, root)
        paths = {placeholder_path(report["uuid"]) for report in reports_of(fixtures, session)}
        if fixture.path in paths and known and known["config"] == fixture.content["config"]:
            if fixture.path != "vnc.tcp":  # hangs below a driver that is not ours
                return session
    return LOOSE
