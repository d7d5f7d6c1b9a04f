"""A lab that is short of patience with those who take boards and do not use them."""

from lab.wire import holds
from waiting import eventually

LAB = {"settings": {"leasePolicy": {"unusedAfter": "1s", "abandonedAfter": "2s"}}}


def ended(client, lease):
    return eventually(lambda: (seen := client.get(lease.name)).HasField("effective_end_time") and seen, "it goes on", 15)


def test_r02_a_lease_that_nobody_uses_ends_and_the_board_is_free(wire, ann, bob):
    board = wire.board()
    lease = ann.create(board.selector)
    ann.ready(lease.name)
    board.serve(lease.name)
    waiting = bob.create(board.selector)
    # Whoever waits asks now and then.
    eventually(lambda: bob.get(waiting.name) and ann.get(lease.name).HasField("effective_end_time"), "it goes on", 15)
    seen = ann.get(lease.name)
    assert "nobody has used the exporter" in str(seen.conditions)
    board.finish(lease.name)
    bob.ready(waiting.name)


def test_r02_a_lease_that_is_used_goes_on(wire, ann):
    board, other = wire.board(), wire.board()
    used, unused = ann.create(board.selector), ann.create(other.selector)
    board.serve(used.name)
    ann.dial(used.name)
    # The other one shows that the time has passed.
    ended(ann, unused)
    assert holds(ann.get(used.name), "Ready")


def test_r09_a_wait_that_nobody_asks_after_ends_and_one_that_somebody_does_goes_on(wire, ann, bob):
    board = wire.board()
    holder = ann.create(board.selector)
    board.serve(holder.name)
    ann.dial(holder.name)
    lost, kept = bob.create(board.selector), ann.create(board.selector)

    def forgotten():
        ann.get(kept.name)
        # Lists are looked at by many, so they are nobody's question.
        return [each for each in bob.leases(only_active=False).leases if each.name == lost.name][0]

    eventually(lambda: "nobody has asked after it" in str(forgotten().conditions), lambda: str(forgotten()), 30)
    assert holds(ann.get(kept.name), "Pending")
