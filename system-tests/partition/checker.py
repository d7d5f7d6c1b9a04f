"""Judges a run by what the devices wrote down, and by what the nodes have on their disks."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Touch:
    time: int
    lease: str
    client: str
    number: int


def book(file):
    """The touches in a device's book, in the order in which the device saw them."""
    if not Path(file).exists():
        return []
    touches = []
    for line in Path(file).read_text().splitlines(keepends=True):
        words = line.split()
        # Only the last line can be torn, by the death of the process that wrote it.
        if line.endswith("\n") and len(words) == 4:
            touches.append(Touch(int(words[0]), words[1], words[2], int(words[3])))
    return touches


def trespasses(touches):
    """Each touch of a lease after another lease had begun to use the device."""
    found, passed, holder = [], set(), None
    for touch in touches:
        if touch.lease in passed:
            found.append(f"{touch.lease} ({touch.client}) touched it at {touch.time / 1e9:.3f} after {holder} had begun to")
        elif touch.lease != holder:
            if holder:
                passed.add(holder)
            holder = touch.lease
    return found


def holders(touches):
    """The leases that used the device, in their order."""
    return list(dict.fromkeys(touch.lease for touch in touches))


def records(database, kind="lease"):
    """The records of a kind that are on a node's disk, by name."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as file:
        rows = file.execute("SELECT key, version, value FROM record WHERE kind = ? AND value IS NOT NULL", (kind,))
        return {key: (version, json.loads(value)) for key, version, value in rows.fetchall()}


def differences(copies):
    """What is not the same on all disks; `copies` is node -> records."""
    found = []
    for key in sorted(set().union(*copies.values())):
        seen = {node: json.dumps(held.get(key), sort_keys=True) for node, held in copies.items()}
        if len(set(seen.values())) > 1:
            found.append(f"{key}: {seen}")
    return found


def lost(copies, acknowledged):
    """Leases whose creation was acknowledged, and that a node does not know."""
    known = {node: {key.rpartition("/")[2] for key in held} for node, held in copies.items()}
    return [f"{lease} on {node}" for lease in sorted(acknowledged) for node, names in known.items() if lease not in names]


def out_of_order(touches, leases):
    """Leases that used the device although one with a greater fence had before; `leases` is name -> record."""
    found, highest = [], 0
    for name in holders(touches):
        grant = leases.get(name, {}).get("grant")
        if not grant:
            found.append(f"{name} used it and has no grant")
        elif grant["fence"] < highest:
            found.append(f"{name} with fence {grant['fence']} used it after fence {highest}")
        else:
            highest = grant["fence"]
    return found
