"""Leases: what can be asked for, what is answered, how they wait, begin, change and end."""

import time
import uuid

import grpc
import pytest
from jumpstarter_protocol.jumpstarter.client.v1 import client_pb2
from jumpstarter_protocol.jumpstarter.v1 import jumpstarter_pb2, kubernetes_pb2
from lab.labs import refused
from lab.wire import condition_of, holds, is_over, moment, seconds, short
from waiting import eventually

Code = grpc.StatusCode
LAB = {
    "settings": {
        "hiddenLabels": ["example.com/secret", "old"],
        "deprecatedLabels": {"old": "use board"},
    }
}


def reason(lease):
    assert lease.conditions, "no condition"
    last = lease.conditions[-1]
    return last.type, last.status, last.reason, last.message


def now():
    return int(time.time())


# ---- asking for one ----


def test_point_40_the_first_get_lease_shows_ready(wire, ann):
    board = wire.board()
    lease = ann.get(ann.create(board.selector).name)
    assert reason(lease) == ("Ready", "True", "Ready", "An exporter has been acquired for the client")
    assert lease.exporter == board.full
    assert lease.client == ann.full
    assert lease.effective_begin_time.seconds


def test_point_41_a_duplicate_lease_id(wire, ann):
    name = wire.fresh("mine")
    assert ann.create("board=none", lease_id=name).name == f"namespaces/default/leases/{name}"
    with refused(Code.UNKNOWN, exactly=f'leases.jumpstarter.dev "{name}" already exists'):
        ann.create("board=none", lease_id=name)


@pytest.mark.parametrize("name", ["UPPER", "-a", "a_b", "a/b", "a" * 254, "a b"])
def test_point_41_an_invalid_lease_id(ann, name):
    with refused(Code.INVALID_ARGUMENT, "invalid lease name"):
        ann.create("board=none", lease_id=name)


def test_point_42_generated_names_are_uuids_in_order_of_time(ann):
    names = [short(ann.create("board=none").name) for _ in range(5)]
    assert [uuid.UUID(name).version for name in names] == [7] * 5
    assert names == sorted(names)


def test_point_43_neither_selector_nor_name(ann):
    request = client_pb2.CreateLeaseRequest(parent=ann.parent, lease=client_pb2.Lease(duration=seconds(60)))
    with refused(Code.INVALID_ARGUMENT, exactly="one of selector or exporter_name is required"):
        # Before anything is asked about the caller.
        ann.call(ann.desk.CreateLease, request, authorization=None)
    with refused(Code.INVALID_ARGUMENT, exactly="lease is required"):
        ann.call(ann.desk.CreateLease, client_pb2.CreateLeaseRequest(parent=ann.parent), authorization=None)


# ---- times ----


def test_point_44_duration_alone(wire, ann):
    lease = ann.create(wire.board().selector, 2)
    over = ann.ended(lease.name)
    assert over.effective_end_time.seconds - over.effective_begin_time.seconds == 2
    assert over.effective_duration.seconds == 2


def test_point_44_begin_and_duration_end_at_the_begin_asked_for(wire, ann):
    begin = now() - 3
    lease = ann.create(wire.board().selector, 5, begin_time=moment(begin))
    assert holds(lease, "Ready")
    assert lease.begin_time.seconds == begin
    assert lease.effective_begin_time.seconds >= begin + 3
    assert ann.ended(lease.name).effective_end_time.seconds == begin + 5


def test_point_44_begin_and_end(wire, ann):
    begin = now() + 1
    lease = ann.create(wire.board().selector, None, begin_time=moment(begin), end_time=moment(begin + 3))
    assert lease.duration.seconds == 3
    assert ann.ready(lease.name).effective_begin_time.seconds >= begin
    assert ann.ended(lease.name).effective_end_time.seconds == begin + 3


def test_point_44_end_and_duration(wire, ann):
    end = now() + 4
    lease = ann.create(wire.board().selector, 3, end_time=moment(end))
    assert not lease.conditions
    assert ann.ready(lease.name).effective_begin_time.seconds >= end - 3
    assert ann.ended(lease.name).effective_end_time.seconds == end


def test_point_44_all_three(wire, ann):
    begin = now() + 60
    times = {"begin_time": moment(begin), "end_time": moment(begin + 30)}
    assert ann.create("board=none", 30, **times).duration.seconds == 30
    with refused(Code.UNKNOWN, exactly="duration conflicts with begin_time and end_time"):
        ann.create("board=none", 31, **times)


@pytest.mark.parametrize(
    ("time_", "more", "text"),
    [
        (None, {"end_time": moment(2e9)}, "duration is required (must specify Duration, or both BeginTime and EndTime)"),
        (None, {}, "duration is required (must specify Duration, or both BeginTime and EndTime)"),
        (None, {"begin_time": moment(2e9), "end_time": moment(2e9)}, "duration must be positive, got 0s"),
        (0, {}, "duration must be positive, got 0s"),
        (-5, {}, "duration must be positive, got -5s"),
    ],
)
def test_point_44_times_that_make_no_sense(ann, time_, more, text):
    with refused(Code.UNKNOWN, exactly=text):
        ann.create("board=none", time_, **more)


# ---- conditions ----


def test_point_45_invalid_selector(wire, ann):
    request = jumpstarter_pb2.RequestLeaseRequest(duration=seconds(60), selector=kubernetes_pb2.LabelSelector())
    lease = ann.get(ann.call(ann.control.RequestLease, request).name)
    text = "The selector for the lease is empty, a selector is required"
    assert reason(lease) == ("Invalid", "True", "InvalidSelector", text)


def test_point_45_exporter_not_found(ann):
    lease = ann.create(exporter_name="nosuch")
    assert reason(lease) == ("Unsatisfiable", "True", "ExporterNotFound", "Requested exporter nosuch was not found")


def test_point_45_selector_mismatch(wire, ann):
    board = wire.board()
    lease = ann.create("board=other", exporter_name=board.name)
    text = f"Requested exporter {board.name} does not match selector board=other"
    assert reason(lease) == ("Unsatisfiable", "True", "SelectorMismatch", text)


def test_point_45_offline(wire, ann):
    board = wire.exporter()
    lease = ann.create(board.selector)
    text = f"While there are 1 available exporters (i.e. {board.name}), none of them are online"
    assert reason(lease) == ("Pending", "True", "Offline", text)


def test_point_45_not_available(wire, ann, bob):
    board = wire.board()
    ann.create(board.selector)
    text = f"There are 1 approved exporters, (i.e. {board.name}) but all of them are already leased"
    assert reason(bob.create(board.selector)) == ("Pending", "True", "NotAvailable", text)


def test_point_45_not_ready(wire, ann):
    board = wire.board()
    board.report("AFTER_LEASE_HOOK")
    text = "There are 1 online exporters, but none are ready (still cleaning up previous lease)"
    lease = ann.create(board.selector)
    assert reason(lease) == ("Pending", "True", "NotReady", text)
    board.report("AVAILABLE")
    ann.ready(lease.name)


def test_point_45_released(wire, ann):
    lease = ann.create(wire.board().selector)
    ann.delete(lease.name)
    assert reason(ann.get(lease.name)) == ("Ready", "False", "Released", "The lease was marked for release")


def test_point_46_pending_is_never_taken_back_and_ready_is_last(wire, ann, bob):
    board = wire.board()
    first = ann.create(board.selector)
    second = bob.create(board.selector)
    assert holds(second, "Pending")
    board.serve(first.name)
    ann.delete(first.name)
    board.finish(first.name)
    lease = bob.ready(second.name)
    assert [(c.type, c.status) for c in lease.conditions] == [("Pending", "True"), ("Ready", "True")]
    bob.delete(second.name)
    lease = bob.get(second.name)
    assert [(c.type, c.status) for c in lease.conditions] == [("Pending", "True"), ("Ready", "False")]


def test_point_47_no_exporter_is_never_the_reason(ann):
    text = (
        "While there are 0 exporters matching the selector, none of them are approved by any policy for your client"
    )
    assert reason(ann.create("board=nosuch")) == ("Unsatisfiable", "True", "NoAccess", text)


def test_point_48_what_is_unsatisfiable_ends_at_once_and_can_be_deleted(ann):
    lease = ann.create("board=nosuch")
    assert short(lease.name) not in ann.names()
    assert short(lease.name) in ann.names(only_active=False)
    ann.delete(lease.name)
    assert holds(ann.get(lease.name), "Unsatisfiable")


# ---- waiting ----


def test_point_49_two_who_wait_get_it_one_after_the_other(wire, ann, bob):
    board = wire.board()
    holder = wire.client()
    held = holder.create(board.selector)
    waiting = [(ann, ann.create(board.selector)), (bob, bob.create(board.selector))]
    board.serve(held.name)
    holder.delete(held.name)
    board.finish(held.name)
    ann.ready(waiting[0][1].name)
    board.serve(waiting[0][1].name)
    assert not holds(bob.get(waiting[1][1].name), "Ready")
    ann.delete(waiting[0][1].name)
    board.finish(waiting[0][1].name)
    bob.ready(waiting[1][1].name)
    board.told(waiting[1][1].name)
    assert [short(s.lease_name) for s in board.statuses.messages if s.leased] == [
        short(lease.name) for lease in (held, waiting[0][1], waiting[1][1])
    ]


def test_point_50_a_waiting_lease_begins_when_its_exporter_comes(wire, ann):
    board = wire.exporter()
    lease = ann.create(board.selector)
    assert holds(lease, "Pending", "Offline")
    board.start()
    ann.ready(lease.name)
    board.told(lease.name)


def test_point_51_labels_edited_later_count(wire, ann):
    taken = wire.board()
    ann.create(taken.selector)
    lease = ann.create(f"board={taken.name},speed!=slow")
    other = wire.board()
    wire.lab.admin("update", "exporter", other.name, "-l", f"board={taken.name}")
    assert ann.ready(lease.name).exporter == other.full


def test_point_52_a_disabled_exporter(wire, ann):
    board = wire.board({"kind": (kind := wire.fresh("kind"))})
    wire.lab.admin("update", "exporter", board.name, "--disable")
    text = "All 1 exporters matching the selector are disabled"
    assert reason(ann.create(f"kind={kind}")) == ("Unsatisfiable", "True", "AllDisabled", text)
    assert reason(ann.create(f"kind={kind}", allow_disabled=True))[2] == "AllDisabled"
    text = (
        f"Requested exporter {board.name} is disabled. To lease a disabled exporter, set spec.allowDisabled: true on"
        " the Lease, or use --allow-disabled with jmp create lease"
    )
    assert reason(ann.create(exporter_name=board.name)) == ("Unsatisfiable", "True", "ExporterDisabled", text)
    assert not ann.exporter(board.name).enabled
    assert holds(ann.create(exporter_name=board.name, allow_disabled=True), "Ready")
    spare = wire.board({"kind": kind})
    assert ann.create(f"kind={kind}").exporter == spare.full


# ---- policies, in a namespace of their own ----


@pytest.fixture(scope="module")
def policed(open_wire):
    """A namespace with rules: who is in team a may have what is in pool x, others what is in pool y."""
    file = open_wire.lab.room / "policy.yaml"
    file.write_text(
        """
exporterSelector: {matchLabels: {pool: x}}
policies:
  - {description: for team a, priority: 1, from: [{clientSelector: {matchLabels: {team: a}}}], maximumDuration: 1h}
  - {priority: 9, from: [{clientSelector: {matchLabels: {team: boss}}}]}
"""
    )
    open_wire.lab.admin("create", "policy", "pool-x", "-f", file, "-n", "policed")
    file.write_text(
        """
exporterSelector: {matchLabels: {pool: y}}
policies:
  - {priority: 5, from: [{clientSelector: {matchLabels: {team: a}}}]}
  - {priority: 7, from: [{clientSelector: {matchLabels: {team: spot}}}], spotAccess: true}
"""
    )
    open_wire.lab.admin("create", "policy", "pool-y", "-f", file, "-n", "policed")
    return lambda team: open_wire.client(labels={"team": team}, namespace="policed")


def pools(wire):
    """A board in each pool and one in none, with one label in common."""
    kind = wire.fresh("kind")
    boards = {}
    for pool in ("x", "y", "none"):
        boards[pool] = wire.board({"kind": kind, "pool": pool}, namespace="policed")
    return f"kind={kind}", boards


def test_point_53_without_policies_all_is_open(wire, ann):
    assert holds(ann.create(wire.board({"pool": "x"}).selector), "Ready")


def test_point_53_unmatched_exporters_are_closed(wire, policed):
    selector, boards = pools(wire)
    lease = policed("a").create(f"{selector},pool=none")
    assert reason(lease)[2] == "NoAccess"
    text = (
        "While there are 1 exporters matching the selector, none of them are approved by any policy for your client."
        " Matching policies: for team a"
    )
    assert reason(policed("b").create(f"{selector},pool=x")) == ("Unsatisfiable", "True", "NoAccess", text)


def test_point_53_higher_priority_wins_then_the_name(wire, policed):
    selector, boards = pools(wire)
    assert policed("a").create(selector).exporter == f"namespaces/policed/exporters/{boards['y'].name}"
    boss = policed("boss")
    more = [wire.board({"kind": selector.partition("=")[2], "pool": "x"}, namespace="policed") for _ in range(2)]
    names = sorted(b.name for b in (boards["x"], *more))
    taken = [short(boss.create(selector).exporter) for _ in range(3)]
    assert taken == names


def test_point_53_who_has_priority_goes_first_in_the_queue(wire, policed):
    selector, boards = pools(wire)
    target = f"{selector},pool=x"
    holder, low, high = policed("a"), policed("a"), policed("boss")
    held = holder.create(target)
    early = low.create(target)
    late = high.create(target)
    boards["x"].serve(held.name)
    holder.delete(held.name)
    boards["x"].finish(held.name)
    high.ready(late.name)
    assert holds(low.get(early.name), "Pending")


def test_point_54_maximum_duration(wire, policed):
    selector, boards = pools(wire)
    client = policed("a")
    assert "Ask for no more than 1h" in reason(client.create(f"{selector},pool=x", 3601))[3]
    assert holds(client.create(f"{selector},pool=x", 3600), "Ready")


def test_point_45_spot_access(wire, policed):
    selector, boards = pools(wire)
    text = (
        f"The only possible exporters are under spot access (i.e. {boards['y'].name}), but spot access is still not"
        " implemented"
    )
    lease = policed("spot").create(f"{selector},pool=y")
    assert reason(lease) == ("Unsatisfiable", "True", "SpotAccess", text)


# ---- changes ----


def test_point_55_a_scheduled_lease_has_no_conditions(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector, 60, begin_time=moment(now() + 3600))
    assert not lease.conditions
    assert not lease.exporter
    # It takes nothing away from who comes now.
    assert holds(ann.create(board.selector), "Ready")
    assert not ann.get(lease.name).conditions


def test_point_56_duration_extends_shortens_and_ends(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector, 600)
    begin = lease.effective_begin_time.seconds
    assert ann.update(lease.name, duration=seconds(1200)).duration.seconds == 1200
    assert ann.update(lease.name, duration=seconds(900)).duration.seconds == 900
    assert holds(ann.get(lease.name), "Ready")
    eventually(lambda: time.time() > begin + 1, "a second", 5)
    over = ann.update(lease.name, duration=seconds(1))
    assert reason(over)[:3] == ("Ready", "False", "Expired")
    assert over.effective_end_time.seconds == begin + 1
    board.freed()


def test_r12_what_is_shortened_is_told(wire, ann):
    """A duration is the whole and adds nothing: who thinks otherwise can see what came of it."""
    lease = ann.create(wire.board().selector, 3600)
    assert ann.update(lease.name, duration=seconds(600)).duration.seconds == 600
    told = eventually(
        lambda: [line for line in wire.lab.log.splitlines() if "shortened" in line and short(lease.name) in line],
        "nothing in the log",
    )
    assert "client=default/ann" in told[0]


def test_point_57_refused_updates(wire, ann, bob):
    board = wire.board()
    lease = ann.create(board.selector)
    waiting = ann.create(board.selector)
    with refused(Code.UNKNOWN, exactly="UpdateLease permission denied"):
        bob.update(lease.name, duration=seconds(60))
    with refused(Code.UNKNOWN, exactly="cannot update BeginTime: lease has already started"):
        ann.update(lease.name, begin_time=moment(now() + 60))
    with refused(Code.UNKNOWN, exactly="duration must be positive, got 0s"):
        ann.update(lease.name, duration=seconds(0))
    with refused(Code.UNKNOWN, exactly="cannot transfer lease: lease has not started yet"):
        ann.update(waiting.name, client=bob.full)
    with refused(Code.UNKNOWN, exactly="cannot transfer lease to client in different namespace"):
        ann.update(lease.name, client="namespaces/other/clients/bob")
    with refused(Code.UNKNOWN, "target client not found: "):
        ann.update(lease.name, client="namespaces/default/clients/nosuch")
    ann.delete(lease.name)
    with refused(Code.UNKNOWN, exactly="cannot transfer lease: lease has already ended"):
        ann.update(lease.name, client=bob.full)
    with refused(Code.UNKNOWN, 'leases.jumpstarter.dev "nosuch" not found'):
        ann.update("namespaces/default/leases/nosuch", duration=seconds(60))
    with refused(Code.INVALID_ARGUMENT, exactly="lease is required"):
        ann.call(ann.desk.UpdateLease, client_pb2.UpdateLeaseRequest())


def test_point_57_begin_and_end_can_be_changed_alone(wire, ann):
    begin = now() + 3600
    lease = ann.create("board=none", 60, begin_time=moment(begin))
    assert ann.update(lease.name, begin_time=moment(begin + 60)).begin_time.seconds == begin + 60
    running = ann.create(wire.board().selector, 600)
    end = running.effective_begin_time.seconds + 300
    assert ann.update(running.name, end_time=moment(end)).duration.seconds == 300
    assert ann.update(running.name).duration.seconds == 300


def test_point_57_a_window_is_not_changed_by_a_duration(wire, ann):
    begin = now() - 1
    lease = ann.create(wire.board().selector, None, begin_time=moment(begin), end_time=moment(begin + 600))
    with refused(Code.UNKNOWN, exactly="duration conflicts with begin_time and end_time"):
        ann.update(lease.name, duration=seconds(300))


def test_point_58_the_old_owner_cannot_dial_after_a_transfer(wire, ann, bob):
    board = wire.board()
    lease = ann.create(board.selector)
    board.serve(lease.name)
    moved = ann.update(lease.name, client=bob.full)
    assert moved.client == bob.full
    with refused(Code.UNKNOWN, exactly="permission denied"):
        ann.dial(lease.name)
    bob.dial(lease.name)


# ---- ends ----


def test_point_59_expiry(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector, 1)
    board.told(lease.name)
    over = ann.ended(lease.name)
    assert reason(over) == ("Ready", "False", "Expired", "The lease has expired")
    assert over.effective_end_time.seconds == over.effective_begin_time.seconds + 1
    board.freed()
    # It was not released: that can still be said, once.
    ann.delete(lease.name)


def test_point_60_deleted_twice(wire, ann):
    lease = ann.create(wire.board().selector)
    ann.delete(lease.name)
    with refused(Code.FAILED_PRECONDITION, exactly=f'lease "{lease.name}" has already been released'):
        ann.delete(lease.name)
    ann.release(lease.name)


def test_point_60_released_twice(wire, ann, bob):
    lease = ann.create(wire.board().selector)
    with refused(Code.UNKNOWN, exactly="ReleaseLease permission denied"):
        bob.release(lease.name)
    with refused(Code.UNKNOWN, exactly="DeleteLease permission denied"):
        bob.delete(lease.name)
    ann.release(lease.name)
    ann.release(lease.name)
    with refused(Code.UNKNOWN, exactly='leases.jumpstarter.dev "nosuch" not found'):
        ann.release("nosuch")


def test_point_61_a_lease_outlives_an_exporter_that_goes_offline(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector)
    board.serve(lease.name)
    board.report("OFFLINE", "Exporter shutting down")
    board.statuses.cancel()
    eventually(lambda: not ann.exporter(board.name).online, "offline")
    assert holds(ann.get(lease.name), "Ready")


def test_point_62_only_active(wire, ann):
    lease = ann.create(wire.board().selector)
    name = short(lease.name)
    assert name in ann.names()
    assert name in ann.names(only_active=True)
    ann.delete(lease.name)
    assert name not in ann.names()
    assert name not in ann.names(only_active=True)
    assert name in ann.names(only_active=False)
    assert is_over(ann.get(name))


# ---- words of selectors, tags, pages ----


def test_point_63_selectors_are_shown_as_they_were_written(ann):
    """A difference on purpose: the stock command line looks for its lease by this text."""
    text = "z=1, b != x,a in (q,p),!m,n,b!=y"
    lease = ann.create(text)
    assert lease.selector == text
    same = ann.create("a in (p,q),b notin (x,y),!m,n,z=1")
    assert reason(same) == reason(lease)


def test_point_63_none_for_a_name_alone(wire, ann):
    assert ann.create(exporter_name=wire.board().name).selector == "<none>"


def test_point_63_two_values_for_one_key(ann):
    text = "invalid selector: label a cannot have multiple equality requirements with different values (1 and 2)"
    with refused(Code.UNKNOWN, exactly=text):
        ann.create("a=1,a=2")
    with refused(Code.UNKNOWN, exactly="unsupported label selector operator: gt"):
        ann.create("a>1")


def test_point_64_filters(wire, ann):
    kind, purpose = wire.fresh("kind"), wire.fresh("purpose")
    lease = ann.create(f"kind={kind},a in (b)", tags={"purpose": purpose, "run": "7"}).name
    every = {"only_active": False}
    assert ann.names(filter=f"kind={kind}", **every) == [short(lease)]
    assert ann.names(filter=f"kind in ({kind},x),!other", **every) == [short(lease)]
    assert ann.names(filter=f"kind={kind},!kind", **every) == []
    assert ann.names(tag_filter=f"purpose={purpose},run=7", **every) == [short(lease)]
    assert ann.names(tag_filter=f"purpose={purpose},run!=7", **every) == []
    board = wire.exporter(labels={"kind": kind, "speed": "7"})
    for text in (f"kind={kind}", f"kind={kind},speed>5", f"kind=={kind},speed<8", f"kind={kind},other notin (x)"):
        assert [short(e.name) for e in ann.exporters(filter=text).exporters] == [board.name], text
    assert not ann.exporters(filter=f"kind={kind},speed>7").exporters


def test_point_64_bad_syntax(ann):
    text = "unable to parse requirement: found '=', expected: identifier"
    with refused(Code.UNKNOWN, exactly=text):
        ann.leases(filter="! =x")
    with refused(Code.UNKNOWN, exactly=text):
        ann.exporters(filter="! =x")
    with refused(Code.UNKNOWN, exactly="failed to parse label selector: " + text):
        ann.create("! =x")
    with refused(Code.INVALID_ARGUMENT, "invalid tag_filter: "):
        ann.leases(tag_filter="! =x")


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        ({f"k{n}": "v" for n in range(11)}, "too many tags: 11 (maximum 10)"),
        ({"a/b": "v"}, "tag key \"a/b\" must not contain '/' (use simple names without prefix)"),
        ({"jumpstarter.dev": "v"}, 'tag key "jumpstarter.dev" must not use reserved prefix'),
        ({"-a": "v"}, 'tag key "-a" is not a valid label key: '),
        ({"a": "-v"}, 'tag value for key "a" is not a valid label value: '),
        ({"a": "v" * 64}, 'tag value for key "a" is not a valid label value: '),
    ],
)
def test_point_65_tags(ann, tags, text):
    with refused(Code.INVALID_ARGUMENT, "invalid lease tags: " + text):
        ann.create("board=none", tags=tags)


def test_point_65_ten_tags_are_kept(ann):
    tags = {f"k{n}": "v" for n in range(10)}
    assert dict(ann.get(ann.create("board=none", tags=tags).name).tags) == tags


def paged(ask, what, size):
    found, token = [], ""
    while True:
        answer = ask(page_size=size, page_token=token)
        page = getattr(answer, what)
        assert len(page) <= size
        found += [short(item.name) for item in page]
        token = answer.next_page_token
        if not token:
            return found


def test_point_66_pages_of_one(wire, ann):
    kind = wire.fresh("kind")
    names = [short(ann.create(f"kind={kind}").name) for _ in range(5)]
    found = paged(lambda **page: ann.leases(filter=f"kind={kind}", only_active=False, **page), "leases", 1)
    assert found == sorted(names)
    boards = [wire.exporter(labels={"kind": kind}).name for _ in range(4)]
    assert paged(lambda **page: ann.exporters(filter=f"kind={kind}", **page), "exporters", 1) == sorted(boards)
    assert paged(lambda **page: ann.exporters(filter=f"kind={kind}", **page), "exporters", 4) == sorted(boards)
    with refused(Code.INVALID_ARGUMENT, "page_token"):
        ann.exporters(page_token="!")


def test_point_67_hidden_and_deprecated_labels(wire, ann):
    labels = {"example.com/secret": "s", "old": wire.fresh("old"), "plain": "p"}
    board = wire.exporter(labels=labels)
    seen = ann.exporter(board.name)
    assert dict(seen.labels) == {"board": board.name, "plain": "p"}
    assert dict(seen.deprecated_labels) == {"old": "use board"}
    assert dict(ann.exporter(board.name, hidden=True).labels) == {"board": board.name} | labels
    # Filters see them all the same.
    listed = ann.exporters(filter=f"old={labels['old']}").exporters
    assert [short(e.name) for e in listed] == [board.name]
    assert dict(ann.create(f"old={labels['old']}").deprecated_labels) == {"old": "use board"}
    assert not ann.create(board.selector).deprecated_labels


def test_point_68_no_end_time_before_the_end(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector)
    assert not lease.HasField("effective_end_time")
    waiting = ann.create(board.selector)
    ann.delete(waiting.name)
    over = ann.get(waiting.name)
    assert not over.HasField("effective_end_time")
    assert not over.HasField("effective_begin_time")
    assert not ann.create("board=none").HasField("effective_end_time")
    ann.delete(lease.name)
    assert ann.get(lease.name).HasField("effective_end_time")


# ---- clients of before ----


def test_older_lease_calls(wire, ann, bob):
    """RequestLease, GetLease and ListLeases of the controller, which clients before 0.9 call."""
    board = wire.board()
    selector = kubernetes_pb2.LabelSelector(match_labels={"board": board.name})
    request = jumpstarter_pb2.RequestLeaseRequest(duration=seconds(60), selector=selector)
    name = ann.call(ann.control.RequestLease, request).name
    ask = jumpstarter_pb2.GetLeaseRequest(name=name)
    lease = ann.call(ann.control.GetLease, ask)
    assert lease.duration.seconds == 60
    assert dict(lease.selector.match_labels) == {"board": board.name}
    assert lease.exporter_uuid == board.register().uuid
    assert condition_of(lease, "Ready").status == "True"
    with refused(Code.UNKNOWN, exactly="GetLease permission denied"):
        bob.call(bob.control.GetLease, ask)
    assert name in ann.call(ann.control.ListLeases, jumpstarter_pb2.ListLeasesRequest()).names
    ann.release(name)
    assert name not in ann.call(ann.control.ListLeases, jumpstarter_pb2.ListLeasesRequest()).names
