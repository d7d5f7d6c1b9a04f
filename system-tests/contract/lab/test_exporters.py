"""What exporters tell the lab and hear from it; the test plays them."""

import time

import grpc
import pytest
from lab.labs import refused
from lab.wire import STATUS, holds, short
from peers import command, run
from waiting import eventually

Code = grpc.StatusCode


def until_online(ann, board, online=True):
    return eventually(
        lambda: (e := ann.exporter(board.name)).online == online and e, lambda: str(ann.exporter(board.name))
    )


def test_point_20_register_keeps_the_labels_of_its_own_prefix(wire, ann):
    board = wire.exporter(labels={"rack": "7"})
    board.register(labels={"jumpstarter.dev/first": "1", "jumpstarter.dev/both": "old", "rack": "8", "room": "x"})
    assert dict(ann.exporter(board.name).labels) == {
        "board": board.name,
        "rack": "7",
        "jumpstarter.dev/first": "1",
        "jumpstarter.dev/both": "old",
    }
    assert board.register(labels={"jumpstarter.dev/both": "new"}).uuid
    assert dict(ann.exporter(board.name).labels) == {"board": board.name, "rack": "7", "jumpstarter.dev/both": "new"}


def test_point_21_register_without_reports_is_not_leasable(wire, ann):
    board = wire.exporter()
    board.register(reports=0)
    board.report("AVAILABLE")
    board.listen_to_status()
    lease = ann.create(board.selector)
    assert holds(lease, "Pending", "Offline")
    board.register()
    ann.ready(lease.name)


def test_point_22_available_makes_it_online_and_offline_does_not(wire, ann):
    board = wire.exporter()
    board.register()
    board.report("AVAILABLE", "here I am")
    seen = until_online(ann, board)
    assert (seen.status, seen.status_message) == (STATUS["AVAILABLE"], "here I am")
    board.report("OFFLINE", "Exporter shutting down")
    seen = until_online(ann, board, False)
    assert (seen.status, seen.status_message) == (STATUS["OFFLINE"], "Exporter shutting down")


@pytest.mark.parametrize("status", STATUS)
def test_point_23_every_status_is_accepted(wire, ann, status):
    board = wire.exporter()
    board.register()
    board.report(status, status)
    seen = eventually(
        lambda: (e := ann.exporter(board.name)).status_message == status and e, lambda: str(ann.exporter(board.name))
    )
    assert seen.status == STATUS[status]
    assert seen.online == (status not in ("OFFLINE", "UNSPECIFIED"))


def test_point_24_status_begins_with_a_message(wire):
    board = wire.exporter()
    board.register()
    first = board.listen_to_status().messages[0]
    assert not first.leased
    assert not first.lease_name


def test_point_25_status_says_nothing_twice(wire, ann):
    board = wire.board()
    for _ in range(5):
        board.report("AVAILABLE", "again")
        board.register()
    lease = ann.create(board.selector)
    board.told(lease.name)
    for _ in range(5):
        board.report("LEASE_READY", "again")
    ann.update(lease.name, duration=lease.duration)
    ann.delete(lease.name)
    board.freed()
    assert [s.leased for s in board.statuses.messages] == [False, True, False]


def test_point_28_a_new_status_stream_clears_offline(wire, ann):
    board = wire.exporter()
    board.register()
    board.report("OFFLINE", "gone")
    until_online(ann, board, False)
    board.listen_to_status()
    assert until_online(ann, board).status == STATUS["UNSPECIFIED"]


def test_point_29_false_between_two_leases(wire, ann, bob):
    board = wire.board()
    first = ann.create(board.selector)
    second = bob.create(board.selector)
    board.serve(first.name)
    # As stock: it says that it is available while the lease lasts still.
    board.report("AVAILABLE")
    ann.delete(first.name)
    board.told(second.name)
    told = [(s.leased, s.lease_name) for s in board.statuses.messages]
    assert told == [(False, ""), (True, short(first.name)), (False, ""), (True, short(second.name))]


def test_point_29_false_also_across_a_reconnect(wire, ann, bob):
    board = wire.board()
    first = ann.create(board.selector)
    second = bob.create(board.selector)
    board.serve(first.name)
    board.report("AVAILABLE")
    board.statuses.cancel()
    ann.delete(first.name)
    bob.ready(second.name)
    board.listen_to_status()
    board.told(second.name)
    told = [(s.leased, s.lease_name) for s in board.statuses.messages]
    assert told == [(False, ""), (True, short(second.name))]


def test_point_30_the_next_lease_begins_within_a_second(wire, ann, bob):
    board = wire.board()
    first = ann.create(board.selector)
    second = bob.create(board.selector)
    board.serve(first.name)
    board.report("AVAILABLE")
    before = time.monotonic()
    ann.delete(first.name)
    board.told(second.name)
    assert time.monotonic() - before < 1


def test_point_31_a_transfer_sends_the_lease_with_its_new_client(wire, ann, bob):
    board = wire.board()
    lease = ann.create(board.selector)
    assert board.told(lease.name).client_name == "ann"
    ann.update(lease.name, client=bob.full)
    board.statuses.until(lambda s: s.client_name == "bob")
    told = [(s.leased, s.lease_name, s.client_name) for s in board.statuses.messages]
    name = short(lease.name)
    assert told == [(False, "", ""), (True, name, "ann"), (True, name, "bob")]


def test_point_32_listen_to_a_foreign_or_unknown_lease(wire, ann):
    board = wire.board()
    other = wire.board()
    lease = ann.create(other.selector)
    for name, text in (
        ("", "empty lease name"),
        ("nosuch", 'leases.jumpstarter.dev "nosuch" not found'),
        (short(lease.name), "permission denied"),
    ):
        stream = board.listen(name)
        assert stream.end() == Code.UNKNOWN
        assert stream.details == text


def test_point_32_listen_to_the_own_lease_stays_open(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector)
    listen = board.serve(lease.name)
    ann.dial(lease.name)
    listen.count(1)
    assert listen.code is None


def test_point_33_the_newest_listen_gets_all_later_tokens(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector)
    first = board.serve(lease.name)
    early = ann.dial(lease.name)
    first.count(1)
    second = board.listen(lease.name)
    assert first.end() == Code.OK
    late = [ann.dial(lease.name) for _ in range(3)]
    eventually(
        lambda: {d.router_token for d in late} <= {m.router_token for m in second.messages}, second.heard
    )
    assert [m.router_token for m in first.messages] == [early.router_token]


def test_point_34_unregister(wire, ann, bob):
    board = wire.board()
    lease = ann.create(board.selector)
    board.told(lease.name)
    board.unregister("Exporter shutdown")
    seen = until_online(ann, board, False)
    assert (seen.status, seen.status_message) == (STATUS["OFFLINE"], "Exporter shutdown")
    assert holds(ann.get(lease.name), "Ready")
    assert holds(bob.create(board.selector), "Pending", "Offline")


def test_point_34_unregister_without_a_reason(wire, ann):
    board = wire.board()
    board.unregister()
    assert until_online(ann, board, False).status_message == "Exporter unregistered"


def test_point_35_an_exporter_restarted_during_a_lease_gets_it_again(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector)
    board.serve(lease.name)
    board.close()
    again = wire.take(board.on(0)).start()
    listen = again.serve(lease.name)
    dialled = ann.dial(lease.name)
    eventually(lambda: dialled.router_token in {m.router_token for m in listen.messages}, listen.heard)


def test_point_36_the_exporter_gives_a_lease_back(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector)
    board.serve(lease.name)
    board.release(lease.name)
    board.freed()
    assert ann.ended(lease.name).conditions[-1].reason == "Released"
    board.release(lease.name)
    with refused(Code.NOT_FOUND, exactly="lease nosuch not found"):
        board.release("nosuch")


def test_point_36_a_foreign_lease_is_not_given_back(wire, ann):
    board = wire.board()
    other = wire.board()
    lease = ann.create(other.selector)
    with refused(Code.FAILED_PRECONDITION, exactly=f"lease {short(lease.name)} is not held by exporter {board.name}"):
        board.release(lease.name)
    assert holds(ann.get(lease.name), "Ready")


def test_point_37_report_status_with_release_lease(wire, ann):
    board = wire.board()
    board.report("AVAILABLE", release=True)
    lease = ann.create(board.selector)
    board.serve(lease.name)
    board.report("BEFORE_LEASE_HOOK_FAILED", release=True)
    board.freed()
    ann.ended(lease.name)
    board.report("BEFORE_LEASE_HOOK_FAILED", release=True)


def test_r06_a_late_release_does_not_end_the_next_lease(wire, ann, bob):
    """A release whose answer was lost is sent again, when somebody else has the board."""
    board = wire.board()
    first = ann.create(board.selector)
    second = bob.create(board.selector)
    board.serve(first.name)
    board.report("AVAILABLE")
    board.release(first.name)
    bob.ready(second.name)
    board.release(first.name)
    ann.release(first.name)
    with refused(Code.FAILED_PRECONDITION, "has already been released"):
        ann.delete(first.name)
    # What the exporter says in the same breath concerns the lease that it knew of.
    assert holds(bob.get(second.name), "Ready")
    board.told(second.name)
    assert board.statuses.messages[-1].lease_name == short(second.name)


def test_point_38_skipped_statuses(wire, ann, bob):
    board = wire.board()
    for client in (ann, bob):
        lease = client.create(board.selector)
        client.ready(lease.name)
        board.told(lease.name)
        # Of all that it would say only the newest came through: that it is available again.
        client.delete(lease.name)
        board.finish(lease.name)


def test_point_39_an_exporter_without_any_status_is_leasable(wire, ann):
    board = wire.exporter()
    board.register()
    board.listen_to_status()
    until_online(ann, board)
    lease = ann.create(board.selector)
    assert holds(lease, "Ready")
    board.told(lease.name)
    ann.delete(lease.name)
    board.freed()
    assert holds(ann.create(board.selector), "Ready")


def test_r14_an_offline_board_is_waited_for(wire, ann):
    board = wire.board()
    board.report("OFFLINE", "Exporter shutting down")
    board.statuses.cancel()
    until_online(ann, board, False)
    for lease in (ann.create(board.selector), ann.create(exporter_name=board.name)):
        assert holds(lease, "Pending", "Offline")
        assert not holds(lease, "Unsatisfiable")
        assert not lease.exporter
        ann.delete(lease.name)


def quarantined(wire, board):
    return wire.lab.exporter(board.name).get("maintenance", "")


def test_r48_an_exporter_that_crashes_in_a_loop_is_quarantined(wire, ann):
    board = wire.exporter()
    for start in range(6):
        assert not quarantined(wire, board), start
        process = wire.take(board.on(0)).start()
        until_online(ann, board)
        # As a process that is killed: no word of good-bye.
        process.close()
    why = eventually(lambda: quarantined(wire, board), "not quarantined")
    assert "started again 5 times" in why
    board.start()
    lease = ann.create(board.selector)
    assert "quarantined" in str(lease.conditions)
    told = run([*command("rigbus"), "explain", "exporter", board.name, "--data", wire.lab.nodes[0].data])
    assert why in told.out, told.text
    wire.lab.admin("update", "exporter", board.name, "--no-maintenance")
    ann.ready(ann.create(board.selector).name)


def test_r48_an_exporter_on_which_no_lease_can_begin_is_quarantined(wire, ann):
    board = wire.board()
    for _ in range(5):
        assert not quarantined(wire, board)
        lease = ann.create(board.selector)
        board.told(lease.name)
        board.report("BEFORE_LEASE_HOOK")
        board.report("BEFORE_LEASE_HOOK_FAILED", "beforeLease hook failed: Hook failed with exit code 3")
        board.release(lease.name)
        board.finish(lease.name)
    why = eventually(lambda: quarantined(wire, board), "not quarantined")
    assert "5 leases in a row could not begin" in why
    assert "exit code 3" in why
    # Whoever takes it by its name all the same, and gets through, ends that.
    lease = ann.create(exporter_name=board.name, allow_disabled=True)
    board.serve(lease.name)
    eventually(lambda: not quarantined(wire, board), lambda: str(wire.lab.exporter(board.name)))
    ann.delete(lease.name)
    board.finish(lease.name)
    ann.ready(ann.create(board.selector).name)
