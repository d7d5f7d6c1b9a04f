"""From a client's Dial to the meeting at the router."""

import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from lab.labs import refused
from lab.wire import SECONDS, Tunnel, claims_of, exchange, holds, invitation, meet
from waiting import eventually

Code = grpc.StatusCode


@pytest.fixture
def leased(wire, ann):
    """A board that serves a lease, with its stream of invitations."""
    board = wire.board()
    lease = ann.create(board.selector)
    return board, lease, board.serve(lease.name)


def test_point_69_dial_before_listen_waits_a_moment(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector)
    board.told(lease.name)
    board.report("LEASE_READY")
    with ThreadPoolExecutor() as threads:
        dialled = threads.submit(ann.dial, lease.name)
        listen = board.listen(lease.name)
        assert invitation(listen, dialled.result(SECONDS)).router_token


def test_point_69_dial_without_any_listen_is_refused_soon(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector)
    board.told(lease.name)
    board.report("LEASE_READY")
    with refused(Code.UNAVAILABLE, "exporter is not listening on lease"):
        ann.dial(lease.name, 15)


def test_point_70_dial_while_available_waits_for_the_exporter(wire, ann):
    board = wire.board()
    lease = ann.create(board.selector)
    board.told(lease.name)
    listen = board.listen(lease.name)
    with ThreadPoolExecutor() as threads:
        dialled = threads.submit(ann.dial, lease.name)
        board.report("BEFORE_LEASE_HOOK")
        assert invitation(listen, dialled.result(SECONDS))


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("OFFLINE", "exporter is offline"),
        ("BEFORE_LEASE_HOOK_FAILED", "exporter beforeLease hook failed"),
        ("AFTER_LEASE_HOOK_FAILED", "exporter afterLease hook failed"),
    ],
)
def test_point_71_dial_in_states_without_hope(ann, leased, status, text):
    board, lease, listen = leased
    board.report(status, "whatever")
    with refused(Code.FAILED_PRECONDITION, exactly=text):
        ann.dial(lease.name)


@pytest.mark.parametrize("status", ["LEASE_READY", "BEFORE_LEASE_HOOK", "AFTER_LEASE_HOOK", "UNSPECIFIED"])
def test_point_71_dial_in_all_other_states(ann, leased, status):
    board, lease, listen = leased
    board.report(status)
    assert invitation(listen, ann.dial(lease.name))


def test_point_71_dial_without_a_right(wire, ann, bob, leased):
    board, lease, listen = leased
    with refused(Code.UNKNOWN, exactly="empty lease name"):
        ann.dial("")
    with refused(Code.UNKNOWN, exactly='leases.jumpstarter.dev "nosuch" not found'):
        ann.dial("nosuch")
    with refused(Code.UNKNOWN, exactly="permission denied"):
        bob.dial(lease.name)
    waiting = bob.create(board.selector)
    assert holds(waiting, "Pending")
    with refused(Code.UNKNOWN, exactly="lease not active"):
        bob.dial(waiting.name)


def test_point_72_each_dial_has_a_fresh_subject(ann, leased):
    board, lease, listen = leased
    dialled = [ann.dial(lease.name) for _ in range(5)]
    for each in dialled:
        assert invitation(listen, each).router_endpoint == each.router_endpoint
    claims = [claims_of(d.router_token) for d in dialled]
    assert len({c["sub"] for c in claims}) == 5
    assert len({c["jti"] for c in claims}) == 5
    for each in claims:
        assert each["iss"] == "https://jumpstarter.dev/stream"
        assert each["aud"] in ("https://jumpstarter.dev/router", ["https://jumpstarter.dev/router"])
        assert each["exp"] - each["iat"] <= 30 * 60
        assert each["nbf"] <= time.time() + 5


def test_point_73_streams_that_open_and_close_without_data(ann, leased, router):
    board, lease, listen = leased
    for _ in range(3):
        dialled = ann.dial(lease.name)
        sides = [Tunnel(router(dialled.router_endpoint), dialled.router_token) for _ in range(2)]
        for side in sides:
            side.close()
        for side in sides:
            assert side.stream.end() == Code.OK
            assert not side.received()
    meet(router, ann.dial(lease.name))


def test_point_73_a_client_that_leaves_before_the_exporter_comes(ann, leased, router):
    board, lease, listen = leased
    dialled = ann.dial(lease.name)
    side = Tunnel(router(dialled.router_endpoint), dialled.router_token)
    side.stream.cancel()
    meet(router, ann.dial(lease.name))


def test_point_74_ten_dials_at_once(ann, leased, router):
    board, lease, listen = leased
    with ThreadPoolExecutor(10) as threads:
        dialled = list(threads.map(ann.dial, [lease.name] * 10))
    assert len({d.router_token for d in dialled}) == 10
    for each in dialled:
        assert invitation(listen, each)
    with ThreadPoolExecutor(10) as threads:
        assert len(list(threads.map(lambda d: meet(router, d), dialled))) == 10


@pytest.mark.parametrize(
    ("key", "algorithm", "claims"),
    [
        (None, "HS256", {"aud": ["elsewhere"]}),
        (None, "HS256", {"iss": "https://example.net"}),
        (None, "HS256", {"exp": 1}),
        (None, "HS256", {"exp": None}),
        (b"another key, which is as long as it should be", "HS256", {}),
        (None, "none", {}),
    ],
)
def test_point_75_the_router_refuses_other_tokens(wire, ann, leased, router, key, algorithm, claims):
    board, lease, listen = leased
    token = wire.router_token(key, algorithm if algorithm != "none" else "HS256", **claims)
    if algorithm == "none":
        token = "eyJhbGciOiJub25lIn0." + token.split(".")[1] + "."
    side = Tunnel(router(wire.lab.endpoint), token)
    assert side.stream.end() == Code.UNAUTHENTICATED
    assert side.stream.details == "invalid jwt token"


def test_point_75_tokens_of_identities_are_none_of_the_router(wire, ann, router):
    side = Tunnel(router(wire.lab.endpoint), ann.token)
    assert side.stream.end() == Code.UNAUTHENTICATED
    assert side.stream.details == "invalid jwt token"
    side = Tunnel(router(wire.lab.endpoint), None, metadata=[])
    assert side.stream.end() == Code.UNAUTHENTICATED
    assert side.stream.details.startswith("missing or invalid authorization: ")


def test_point_75_what_others_made_with_the_lab_s_key_is_taken(wire, router):
    token = wire.router_token()
    sides = [Tunnel(router(wire.lab.endpoint), token) for _ in range(2)]
    exchange(*sides)


def test_r54_a_router_token_is_good_for_its_lease_and_once(wire, ann, router):
    board = wire.board()
    lease = ann.create(board.selector, 100)
    listen = board.serve(lease.name)
    dialled = ann.dial(lease.name)
    assert invitation(listen, dialled)
    end = lease.effective_begin_time.seconds + 100
    assert claims_of(dialled.router_token)["exp"] <= end
    meet(router, dialled)
    third = Tunnel(router(dialled.router_endpoint), dialled.router_token)
    assert third.stream.end() == Code.UNAUTHENTICATED
    assert third.stream.details == "invalid jwt token"


def test_r83_the_log_names_lease_board_and_client(wire, ann, leased):
    board, lease, listen = leased
    name = lease.name.rpartition("/")[2]
    told = eventually(
        lambda: [line for line in wire.lab.log.splitlines() if name in line and "granted" in line], "nothing in the log"
    )
    assert len(told) == 1
    assert f"lease=default/{name}" in told[0]
    assert f"exporter=default/{board.name}" in told[0]
    assert "client=default/ann" in told[0]
    ann.delete(lease.name)
    told = eventually(
        lambda: [line for line in wire.lab.log.splitlines() if name in line and "ended" in line], "nothing in the log"
    )
    assert len(told) == 1
    assert f"exporter=default/{board.name}" in told[0]
    assert "client=default/ann" in told[0]
    assert "marked for release" in told[0]
