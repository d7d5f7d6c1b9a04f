"""What gets lost while nobody connects anew: an exporter's last word, dials in a storm, and the node in the middle of many leases."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from lab.wire import SECONDS, holds, is_over, meet
from waiting import eventually

STUMBLES = {"hooks": {"beforeLease": {"script": "exit 3", "onFailure": "endLease"}}}
LAB = {"boards": {"n1": {"stumbles": {"board": "stumbles"}}}, "hooks": {"stumbles": STUMBLES}}

STORM = 60  # times that the exporter's Listen comes and goes while clients dial
RACED = 12  # boards whose leases begin, and as many whose leases end, in the moment of the crash


def usable(board, client, within=SECONDS):
    """The next lease of this board begins and leads to it, and ends."""
    lease = client.create(board.selector)
    client.ready(lease.name, within)
    listen = board.serve(lease.name)
    dialled = client.dial(lease.name)
    listen.until(lambda m: m.router_token == dialled.router_token)
    client.delete(lease.name)
    board.finish(lease.name)
    return dialled


@pytest.mark.timeout(90)
def test_r05_the_last_word_of_a_lease_is_lost_and_the_board_is_leased_again(wire, ann, bob):
    """It was told that it is free, says nothing more and stays connected; it would wait for a lease for ever."""
    board = wire.board()
    lease = ann.create(board.selector)
    board.serve(lease.name)
    ann.delete(lease.name)
    board.freed(lease.name)
    usable(board, bob, 60)


@pytest.mark.timeout(120)
def test_r20_no_dial_is_lost_while_the_exporter_s_listen_comes_and_goes(wire, ann, router):
    board = wire.board()
    lease = ann.create(board.selector)
    streams = [board.serve(lease.name)]
    calm = threading.Event()

    def come_and_go():
        while not calm.wait(0.02):
            streams.append(board.listen(lease.name))
            # As a connection that is lost: the one before says no good-bye and reads no more.
            streams[-2].call.cancel()
        streams.append(board.listen(lease.name))

    storm = threading.Thread(target=come_and_go)
    storm.start()
    try:
        with ThreadPoolExecutor(4) as threads:
            dialled = []
            while len(streams) < STORM:
                dialled += threads.map(lambda _: ann.dial(lease.name), range(8))
    finally:
        calm.set()
        storm.join()
    wanted = {d.router_token for d in dialled}
    assert len(wanted) == len(dialled) > STORM

    def missing():
        return wanted - {m.router_token for stream in streams for m in stream.messages}

    eventually(lambda: not missing(), lambda: f"{len(missing())} of {len(wanted)} never came", SECONDS)
    meet(router, ann.dial(lease.name))


def test_r48_an_exporter_of_ours_on_which_no_lease_can_begin_is_quarantined(wire, ann):
    def why():
        return wire.lab.exporter("stumbles").get("maintenance", "")

    eventually(lambda: ann.exporter("stumbles").online, "it does not start", SECONDS)
    for _ in range(5):
        assert not why()
        ann.ended(ann.create("board=stumbles").name)
    eventually(why, "not quarantined")
    assert "5 leases in a row could not begin" in why()
    assert "code 3" in why()
    assert "quarantined" in str(ann.create("board=stumbles").conditions)


def restarted(wire, party):
    """The same one after the node was started again: a connection that knows nothing of the one before."""
    return wire.take(party.on(party.node))


@pytest.mark.timeout(240)
def test_r17_a_crash_at_any_step_of_a_lease_leaves_no_board_with_nobody(wire, ann, bob):
    """One crash; on each board a lease is at another step, and on many it begins or ends in that very moment."""
    board, leases, ended = {}, {}, []

    def at(step, offered=True):
        board[step] = wire.exporter()
        if offered:
            board[step].start()
        leases[step] = ann.create(board[step].selector)
        return board[step], leases[step].name

    at("waits", offered=False)
    one, _ = at("granted and told to nobody")
    one.statuses.cancel()
    one, lease = at("told")
    one.told(lease)
    one, lease = at("in its hook")
    one.told(lease)
    one.report("BEFORE_LEASE_HOOK")
    one, lease = at("ready")
    one.serve(lease)
    one, lease = at("used")
    one.serve(lease)
    ann.dial(lease)
    for step in ("ended and told to nobody", "ended and told", "ended and in its hook", "given back", "ended, the next one waits"):
        one, lease = at(step)
        one.serve(lease)
        if step.endswith("nobody"):
            one.statuses.cancel()
        if step.endswith("waits"):
            leases["next"] = bob.create(one.selector)
        if step == "given back":
            one.release(lease)
        else:
            ann.delete(lease)
        ended.append(lease)
        if not step.endswith("nobody"):
            one.freed(lease)
        if step.endswith("hook"):
            one.report("AFTER_LEASE_HOOK")
    begins = [wire.board() for _ in range(RACED)]
    ends = [wire.board() for _ in range(RACED)]
    held = [ann.create(each.selector) for each in ends]
    for each, lease in zip(ends, held):
        each.serve(lease.name)

    answered = {"begun": [], "ended": []}

    def begin(each):
        answered["begun"].append(ann.create(each.selector).name)

    def end(lease):
        ann.delete(lease.name)
        answered["ended"].append(lease.name)

    asked = [(begin, each) for each in begins] + [(end, lease) for lease in held]
    random.Random(17).shuffle(asked)
    node = wire.lab.nodes[0]
    with ThreadPoolExecutor(len(asked)) as threads:
        doing = [threads.submit(what, which) for what, which in asked]
        # In the middle of it: some are answered, some are under way and some have not been heard of.
        eventually(lambda: len(answered["begun"]) + len(answered["ended"]) >= RACED // 2, "nothing is done")
        node.kill()
    failed = [each.exception() for each in doing if each.exception()]
    assert all(isinstance(failure, grpc.RpcError) for failure in failed), failed
    node.start()

    ann, bob = restarted(wire, ann), restarted(wire, bob)
    known = {lease.name: lease for lease in ann.leases(only_active=False).leases}
    lost = [name for name in [*answered["begun"], *(lease.name for lease in leases.values())] if name not in known]
    assert lost == [leases["next"].name] or not lost, lost
    assert [name for name in [*ended, *answered["ended"]] if not is_over(known[name])] == []
    for one in [*board.values(), *begins, *ends]:
        again = restarted(wire, one).start()
        goes_on(again, ann, bob)
        usable(again, bob)


def goes_on(board, *clients):
    """Whoever has the board now has it in earnest, and gives it back; that is one at a time."""
    while True:
        wanted = [(c, lease) for c in clients for lease in c.leases(filter=board.selector).leases if lease.client == c.full]
        holders = [(client, lease) for client, lease in wanted if holds(lease, "Ready")]
        assert len(holders) <= 1, holders
        if not wanted:
            return
        client, lease = (holders or wanted)[0]
        client.ready(lease.name)
        board.serve(lease.name)
        client.dial(lease.name)
        client.delete(lease.name)
        board.finish(lease.name)
