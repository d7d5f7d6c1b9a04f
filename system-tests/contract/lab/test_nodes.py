"""A lab of two nodes: whatever a peer asks may land on either."""

from lab.wire import holds, invitation, meet
from waiting import eventually

LAB = {"nodes": 2}


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
    lease = eventually(lambda: (made := clients[1].create(board.selector)) and holds(made, "Ready") and made, "ready")
    clients[0].ready(lease.name)
    board.told(lease.name)
    listen = other.listen(lease.name)
    board.report("LEASE_READY")
    for client in clients:
        dialled = client.dial(lease.name)
        assert invitation(listen, dialled)
        meet(router, dialled)
    clients[1].delete(lease.name)
    board.freed()
