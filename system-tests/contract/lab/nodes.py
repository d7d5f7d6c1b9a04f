"""Labs of several nodes, each with a board of its own."""

import time

import grpc
from lab.wire import short
from peers import START_SECONDS
from waiting import eventually


def desks(nodes):
    """What runs where: `desk1` on the first node, and so on."""
    return {"nodes": nodes, "boards": {f"n{n}": {f"desk{n}": {"board": f"desk{n}"}} for n in range(1, nodes + 1)}}


def desk(client):
    """The board of the node that a client talks to."""
    return f"desk{client.node + 1}"


def at_each_node(wire, client, nodes):
    """The same client, with a connection to each node, once all nodes see all boards."""
    clients = [wire.take(client.on(node)) for node in range(nodes)]
    for each in clients:
        until_online(each, [desk(other) for other in clients])
    return clients


def until_online(client, boards, within=START_SECONDS):
    """Waits until a node sees these boards, and says so; it may be busy with other things first."""

    def seen():
        try:
            return {short(e.name) for e in client.exporters().exporters if e.online}
        except grpc.RpcError as error:
            return {f"{error.code()}: {error.details()}"}

    eventually(lambda: set(boards) <= seen(), lambda: f"node {client.node + 1} sees {seen()}", within)


def lap(client, board):
    """From a client's wish to the end of its lease, with a way to the board in between; how long it took."""
    begun = time.monotonic()
    lease = client.create(exporter_name=board)
    client.ready(lease.name)
    client.dial(lease.name)
    client.delete(lease.name)
    return time.monotonic() - begun
