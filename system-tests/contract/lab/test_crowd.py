"""Many at once: a race for one board, ten thousand leases, and a lab that was away for a while."""

import base64
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest
import yaml
from jumpstarter_protocol.jumpstarter.client.v1 import client_pb2
from lab.wire import SECONDS, condition_of, holds, moment, seconds, short
from peers import command, run
from waiting import eventually

RACERS = 1000
LEASES = 10_000
MOST_BYTES = 4 * 1024 * 1024


def create_many(client, lease, number):
    """Asks for many leases, a few hundred at a time; their names."""
    request = client_pb2.CreateLeaseRequest(parent=client.parent, lease=lease)
    metadata = client.metadata()
    left = iter(range(number))
    names = []
    while batch := list(islice(left, 250)):
        calls = [client.desk.CreateLease.future(request, metadata=metadata, timeout=2 * SECONDS) for _ in batch]
        names += [call.result().name for call in calls]
    return names


def holders(client, board):
    leases = client.leases(filter=f"board={board.name}", page_size=RACERS).leases
    return [lease for lease in leases if holds(lease, "Ready")]


@pytest.mark.timeout(180)
def test_r01_a_thousand_racing_requests_have_one_holder_at_a_time(wire, ann, bob):
    board = wire.board()
    clients = [ann, bob, wire.client(), wire.client()]
    lease = client_pb2.Lease(selector=board.selector, duration=seconds(600))
    with ThreadPoolExecutor(len(clients) + 1) as threads:
        racing = [threads.submit(create_many, client, lease, RACERS // len(clients)) for client in clients]
        seen = []
        while not all(race.done() for race in racing):
            seen.append(len(holders(ann, board)))
        names = {name: client for client, race in zip(clients, racing) for name in race.result()}
    assert len(names) == RACERS
    assert max(seen) <= 1
    first = eventually(lambda: holders(ann, board), "nobody has it")
    assert len(first) == 1
    told = position(wire, names, max(names.keys() - {first[0].name}))
    assert f"place in the queue: {RACERS - 1}\n" in told, told
    # From hand to hand, the oldest first, with never two on the stream of the board.
    order = sorted(names.keys() - {first[0].name})
    holder = first[0].name
    board.serve(holder)
    for name in order[:20]:
        names[holder].delete(holder)
        board.finish(holder)
        board.told(name)
        assert [lease.name for lease in holders(ann, board)] == [name]
        board.report("LEASE_READY")
        holder = name
    states = [s.lease_name for s in board.statuses.messages]
    assert not any(a and b for a, b in zip(states, states[1:])), states
    assert [s for s in states if s] == [short(n) for n in (first[0].name, *order[:20])]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: names[name].delete(name), order[19:]))
    board.freed()
    assert not holders(ann, board)


def position(wire, names, lease):
    """What `rigbus explain` tells who waits."""
    who = names[lease]
    file = wire.lab.room / f"{who.name}.client.yaml"
    config = {
        "apiVersion": "jumpstarter.dev/v1alpha1",
        "kind": "ClientConfig",
        "metadata": {"namespace": "default", "name": who.name},
        "endpoint": wire.lab.endpoint,
        "token": who.token,
        "tls": {"ca": base64.b64encode(wire.ca).decode()},
        "drivers": {"allow": [], "unsafe": True},
    }
    file.write_text(yaml.safe_dump(config))
    done = run([*command("rigbus"), "explain", "lease", short(lease), "--client-config", file])
    assert done.code == 0, done.text
    return done.out


@pytest.mark.timeout(180)
def test_r18_ten_thousand_leases_are_listed_in_pages_that_fit(wire):
    client = wire.client()
    tag = "x" * 63
    lease = client_pb2.Lease(
        exporter_name="nosuch", duration=seconds(60), tags={f"{n}{'k' * 50}": tag for n in range(6)}
    )
    with ThreadPoolExecutor(4) as threads:
        parts = threads.map(lambda part: create_many(client, lease, LEASES // 4), range(4))
        made = sorted(short(name) for part in parts for name in part)
    wanted = {"tag_filter": f"0{'k' * 50}={tag}", "only_active": False}
    found, token, sizes, begun = [], "", [], time.monotonic()
    while True:
        # The client's channel takes no more than four megabytes.
        page = client.leases(page_token=token, **wanted)
        sizes.append(page.ByteSize())
        found += [short(each.name) for each in page.leases]
        token = page.next_page_token
        if not token:
            break
    assert found == made
    assert len(sizes) > 1
    assert max(sizes) < MOST_BYTES
    # With the size that the stock command line asks for.
    assert len(client.leases(page_size=100, **wanted).leases) == 100
    assert dict(page.leases[-1].tags) == dict(lease.tags)


@pytest.mark.timeout(120)
def test_r16_what_passed_while_the_lab_was_away_is_not_made_up_for(wire, ann):
    board = wire.board()
    ended = ann.create(board.selector, 600)
    ann.delete(ended.name)
    board.freed()
    ended = ann.get(ended.name)
    board.unregister("until the lab is back")
    begin = int(time.time()) + 2
    window = {"begin_time": moment(begin), "end_time": moment(begin + 2)}
    missed = ann.create(board.selector, None, **window)
    kept = ann.create(board.selector, 600)
    node = wire.lab.nodes[0]
    node.kill()
    eventually(lambda: time.time() > begin + 3, "three seconds", 10)
    node.start()
    late = wire.take(ann.on(0))
    again = wire.take(board.on(0)).start()
    late.ready(kept.name)
    again.told(kept.name)
    late.until(missed.name, lambda lease: lease.conditions)
    seen = late.get(missed.name)
    assert not seen.HasField("effective_begin_time")
    assert not seen.exporter
    assert condition_of(seen, "Unsatisfiable").reason == "WindowPassed" or condition_of(seen, "Ready").status == "False"
    # What had ended is as it was.
    assert late.get(ended.name) == ended
    assert [s.lease_name for s in again.statuses.messages if s.leased] == [short(kept.name)]
