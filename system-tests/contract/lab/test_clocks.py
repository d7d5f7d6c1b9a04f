"""R47: hosts whose clocks are wrong. A lease ends by the time of the lab, whoever looks after it."""

import re
import time
from pathlib import Path

import pytest
from lab.nodes import at_each_node, desks

AHEAD = 5400
FAKER = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), Path("libfaketimeMT.so.1"))
WRONG = {"LD_PRELOAD": str(FAKER), "FAKETIME": f"+{AHEAD}", "DONT_FAKE_MONOTONIC": "1"}
LAB = desks(2) | {"environments": {"n2": WRONG}}


def ahead(log):
    """How many seconds the times of a log are ahead of the time of day."""
    hours, minutes, seconds = map(int, re.search(r"^(\d\d):(\d\d):(\d\d)", log, re.MULTILINE).groups())
    now = time.localtime()
    said = hours * 3600 + minutes * 60 + seconds
    return (said - now.tm_hour * 3600 - now.tm_min * 60 - now.tm_sec) % 86400


@pytest.mark.timeout(180)
def test_r47_a_node_an_hour_and_a_half_ahead_changes_no_end_of_a_lease(wire, ann):
    here, there = clients = at_each_node(wire, ann, 2)
    assert ahead(wire.lab.nodes[1].process.log) > AHEAD / 2, "its clock is right"
    for boards in ("desk1", "desk2"), ("desk2", "desk1"):
        asked = time.monotonic()
        leases = [client.create(exporter_name=board, time=4) for client, board in zip(clients, boards)]
        for client, lease in zip(clients, leases):
            begun = client.ready(lease.name).effective_begin_time.seconds
            assert begun == pytest.approx(time.time(), abs=5)
        for lease in leases:
            over = here.ended(lease.name)
            assert time.monotonic() - asked > 3, "it ended at once"
            assert over.effective_end_time.seconds == pytest.approx(time.time(), abs=5)
            assert over.effective_duration.seconds == 4
            there.ended(lease.name)
