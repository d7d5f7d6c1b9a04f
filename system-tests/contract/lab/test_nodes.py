"""A lab of two nodes: whatever a peer asks may land on either."""

import re

import grpc
import pytest
from lab.wire import invitation, meet
from waiting import eventually

LAB = {"nodes": 2}


def listen_on(board, lease):
    """A Listen call of a node that may hear of the lease a moment later; the stock exporter tries again as well."""
    streams = []

    def taken():
        if not streams or streams[-1].code is not None:
            streams.append(board.listen(lease.name))
        # A refusal comes at once; so does the answer to what is asked behind it on the same connection.
        with pytest.raises(grpc.RpcError):
            board.release("nosuch")
        return streams[-1].code is None and streams[-1]

    return eventually(taken, lambda: streams[-1].heard())


def test_a_start_says_what_matters_in_our_words(wire):
    for node in wire.lab.nodes:
        said = node.process.log.partition("ready: ")[0]
        foreign = [line for line in said.splitlines() if not re.match(r"\d\d:\d\d:\d\d\.\d{3} INFO  ", line)]
        assert not foreign


def test_point_76_peers_on_different_nodes_meet(wire, ann, router):
    """The board talks to one node and the client to the other; each goes where it is told, or elsewhere."""
    board = wire.board().on(1)
    wire.take(board).start()
    far = wire.take(ann.on(1))
    near = ann
    lease = far.create(board.selector)
    near.ready(lease.name)
    listen = board.serve(lease.name)
    for client in (near, far):
        dialled = client.dial(lease.name)
        assert invitation(listen, dialled)
        meet(router, dialled)
    dialled = near.dial(lease.name)
    other = next(n.endpoint for n in wire.lab.nodes if n.endpoint != dialled.router_endpoint)
    # A load balancer in between may take either of the two to the wrong node.
    meet(router, dialled, endpoint=other)


def test_point_76_calls_of_one_peer_may_land_anywhere(wire, ann, router):
    """Stock peers go round all addresses of a name: no two calls in a row need to reach the same node."""
    board = wire.exporter()
    other = wire.take(board.on(1))
    board.register()
    other.report("AVAILABLE")
    board.listen_to_status()
    clients = [ann, wire.take(ann.on(1))]
    lease = clients[1].create(board.selector)
    clients[0].ready(lease.name)
    board.told(lease.name)
    listen = listen_on(other, lease)
    board.report("LEASE_READY")
    for client in clients:
        dialled = client.dial(lease.name)
        assert invitation(listen, dialled)
        meet(router, dialled)
    clients[1].delete(lease.name)
    board.freed()
