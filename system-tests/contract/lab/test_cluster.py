"""A lab of five nodes, some of which die or stand still."""

import json
import signal
import time

import pytest
from lab.wire import holds, short
from peers import command, run
from waiting import eventually

LAB = {"nodes": 5}
NOTICED = 20  # seconds in which the others have noticed, on a busy machine


def states(lab, node=0):
    done = run([*command("rigbus"), "get", "nodes", "--data", str(lab.nodes[node].data), "-o", "json"])
    assert done.code == 0, done.text
    return {each["name"]: each["state"] for each in json.loads(done.out)}


def lease_through(client, board):
    """A lease from its wish to its end; the seconds that it took."""
    begun = time.monotonic()
    lease = client.create(board.selector)
    client.ready(lease.name)
    board.told(lease.name)
    client.delete(lease.name)
    board.finish(lease.name)
    return time.monotonic() - begun


@pytest.mark.timeout(180)
def test_r41_a_node_that_stood_still_is_whole_again(wire, ann):
    """R45 as well: while it stands still the others go on, and once it is noticed nobody waits for it."""
    lab = wire.lab
    board = wire.board()
    there = wire.take(ann.on(4))
    lease_through(there, board)
    lab.nodes[4].process.signal(signal.SIGSTOP)
    try:
        eventually(lambda: states(lab)["n5"] == "lost", lambda: str(states(lab)), NOTICED)
        slowest = max(lease_through(wire.take(ann.on(n % 4)), board) for n in range(8))
        assert slowest < 5, f"a lease took {slowest} s"
    finally:
        lab.nodes[4].process.signal(signal.SIGCONT)
    eventually(lambda: states(lab)["n5"] == "up", lambda: str(states(lab)), NOTICED)
    eventually(lambda: states(lab, 4)["n1"] == "up", lambda: str(states(lab, 4)), NOTICED)
    # What is told on the bus reaches it, and what it tells reaches the others.
    again = wire.take(ann.on(4))
    visitor = wire.exporter()
    # The two have seen each other; a moment later they have compared what they know as well.
    eventually(lambda: visitor.name in [short(e.name) for e in again.exporters().exporters], "never told", NOTICED)
    at = wire.take(visitor.on(4)).start()
    for client in (ann, again):
        lease_through(client, board)
        lease_through(client, at)


@pytest.mark.timeout(180)
def test_r40_two_of_five_that_are_killed_are_soon_asked_nothing(wire, ann):
    lab = wire.lab
    board = wire.board()
    held = ann.create(board.selector)
    board.told(held.name)
    for node in lab.nodes[3:]:
        node.kill()
    eventually(
        lambda: [states(lab)[n] for n in ("n4", "n5")] == ["lost", "lost"], lambda: str(states(lab)), NOTICED
    )
    # The lease went on all the time.
    assert holds(ann.get(held.name), "Ready")
    ann.delete(held.name)
    board.finish(held.name)
    clients = [wire.take(ann.on(node)) for node in range(3)]
    slowest = max(lease_through(clients[n % 3], board) for n in range(12))
    # An address that is gone would be waited for by each of them.
    assert slowest < 4, f"a lease took {slowest} s"
    for node in lab.nodes[3:]:
        node.start()
    eventually(lambda: set(states(lab).values()) == {"up"}, lambda: str(states(lab)), NOTICED)
    back = wire.take(ann.on(4))
    assert not holds(back.get(held.name), "Ready")


def test_what_one_node_was_told_the_others_know_at_once(wire, ann):
    """Stock peers go round all nodes: the second question must not be answered with what was true before the first."""
    clients = [wire.take(ann.on(node)) for node in range(5)]
    board = wire.board()
    for n in range(20):
        lease = clients[n % 5].create(board.selector)
        others = [client.get(lease.name) for client in clients]
        assert all(holds(seen, "Ready") for seen in others), others
        clients[(n + 1) % 5].delete(lease.name)
        assert not [c for c in clients if lease.name in [each.name for each in c.leases().leases]]
        board.told(lease.name)
        board.finish(lease.name)
