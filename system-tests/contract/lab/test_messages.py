"""Messages that get lost on their way to the lab and from it."""

import pytest
from lab.wire import holds

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
