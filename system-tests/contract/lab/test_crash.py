"""A lab of one node that is killed at every step of a lease, and messages that get lost on the way to it and from it."""

import pytest
from lab.wire import SECONDS, holds, invitation, is_over, short
from waiting import eventually

STEPS = ("asked", "told", "listening", "ready", "dialled", "deleted", "freed")


def restart(wire):
    node = wire.lab.nodes[0]
    node.kill()
    node.start()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("step", STEPS)
def test_r17_killed_at_any_step_no_board_stays_taken_by_nobody(wire, ann, bob, step):
    board = wire.board()
    lease = ann.create(board.selector)

    def go_on_until(end):
        """What a client and a stock exporter do, one after the other."""
        yield "asked"
        board.told(lease.name)
        yield "told"
        listen = board.listen(lease.name)
        yield "listening"
        board.report("LEASE_READY")
        yield "ready"
        assert invitation(listen, ann.dial(lease.name))
        yield "dialled"
        ann.delete(lease.name)
        yield "deleted"
        board.freed(lease.name)
        yield "freed"

    for now in go_on_until(step):
        if now == step:
            break
    restart(wire)
    seen = ann.get(lease.name)
    # What anybody was told to be done is there.
    assert is_over(seen) if step in ("deleted", "freed") else not is_over(seen), seen
    again = wire.take(board.on(0)).start()
    if not is_over(seen):
        again.told(lease.name)
        again.serve(lease.name)
        ann.delete(lease.name)
        again.finish(lease.name)
    following = bob.create(board.selector)
    bob.ready(following.name)
    again.told(following.name)


LOST = ("register", "available", "lease ready", "listen", "available at the end", "release", "told", "freed")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("lost", LOST)
def test_r05_any_single_message_may_be_lost(wire, ann, bob, lost):
    """One message never arrives, then the exporter's connection is made anew, as its process does."""
    board = wire.exporter()
    lease = ann.create(board.selector, 600)

    def say(what, action):
        if what != lost:
            action()

    say("register", board.register)
    say("available", lambda: board.report("AVAILABLE"))
    board.listen_to_status()
    if lost in ("register", "available"):
        board = begin_anew(wire, board)
    if lost == "told":
        ann.ready(lease.name)
        board = begin_anew(wire, board)
    board.told(lease.name)
    say("listen", lambda: board.listen(lease.name))
    say("lease ready", lambda: board.report("LEASE_READY"))
    if lost in ("listen", "lease ready"):
        board = begin_anew(wire, board)
        board.serve(lease.name)
    assert ann.dial(lease.name).router_token
    ann.delete(lease.name)
    if lost == "freed":
        board = begin_anew(wire, board)
        assert not board.statuses.messages[0].leased
    else:
        board.freed(lease.name)
    say("available at the end", lambda: board.report("AVAILABLE"))
    if lost == "release":
        # Given back once more, since nobody knows whether the first one arrived.
        board.release(lease.name)
    if lost == "available at the end":
        board = begin_anew(wire, board)
    following = bob.create(board.selector)
    bob.ready(following.name)
    board.told(following.name)
    assert holds(bob.get(following.name), "Ready")


def begin_anew(wire, board):
    board.close()
    return wire.take(board.on(0)).start()


def test_r20_no_dial_is_lost_while_the_exporter_comes_again_and_again(wire, ann):
    """Whatever is dialled is told to a Listen call that is alive, however many of them died before."""
    board = wire.board()
    lease = ann.create(board.selector)
    listens = [board.serve(lease.name)]
    dialled = []
    for round in range(30):
        if round % 3 == 0:
            # The one that dies is not waited for: what was on its way to it is told to the next.
            listens[-1].call.cancel()
            listens.append(board.listen(lease.name))
        dialled.append(ann.dial(lease.name, SECONDS).router_token)
    told = lambda: {m.router_token for listen in listens for m in listen.messages}  # noqa: E731
    eventually(lambda: told() >= set(dialled), lambda: f"{len(told())} of {len(dialled)}")
    newest = {m.router_token for m in listens[-1].messages}
    assert dialled[-1] in newest, short(lease.name)
