"""The lab over the wire: clients, and exporters that the test plays itself where a stock process would be too slow.

    with Wire(lab) as wire:
        ann = wire.client("ann")
        board = wire.board()                       # registered, available, with a Status stream
        lease = ann.create(board.selector)
        board.statuses.until(lambda s: s.leased)
"""

import base64
import http.client
import itertools
import json
import re
import ssl
import threading
import time
from datetime import timedelta
from functools import cached_property

import grpc
import yaml
from google.protobuf import duration_pb2, timestamp_pb2
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from jumpstarter_protocol import client_pb2_grpc, jumpstarter_pb2_grpc, router_pb2_grpc
from jumpstarter_protocol.jumpstarter.client.v1 import client_pb2
from jumpstarter_protocol.jumpstarter.v1 import common_pb2, jumpstarter_pb2, router_pb2
from lab.labs import Caller
from waiting import eventually

SECONDS = 30.0  # for any answer; a server that hangs fails the test
STATUS = {name.removeprefix("EXPORTER_STATUS_"): number for name, number in common_pb2.ExporterStatus.items()}
ROUTER = {"iss": "https://jumpstarter.dev/stream", "aud": ["https://jumpstarter.dev/router"]}


def seconds(number):
    whole = duration_pb2.Duration()
    whole.FromTimedelta(timedelta(seconds=number))
    return whole


def moment(unix):
    """A time of the wire, in whole seconds."""
    return timestamp_pb2.Timestamp(seconds=int(unix))


def short(name):
    return name.rpartition("/")[2]


class Stream:
    """Reads a stream of answers in the background, for as long as it lasts."""

    def __init__(self, call):
        self.call = call
        self.messages = []
        self.code = None
        self.details = None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        try:
            for message in self.call:
                self.messages.append(message)
        except grpc.RpcError:
            pass  # how it ended is told below
        self.details = self.call.details()
        self.code = self.call.code()

    def until(self, condition, within=SECONDS):
        """Waits for a message like that, and returns the first one."""
        return eventually(lambda: next(filter(condition, self.messages), None), lambda: self.heard(), within)

    def count(self, number, within=SECONDS):
        """Waits for so many messages and returns all."""
        eventually(lambda: len(self.messages) >= number, lambda: self.heard(), within)
        return list(self.messages)

    def end(self, within=SECONDS):
        """Waits for the server to end it, and returns the code."""
        eventually(lambda: self.code is not None, "no end of the stream", within)
        return self.code

    def heard(self):
        return f"heard {[str(m) for m in self.messages]}, ended with {self.code} {self.details}"

    def cancel(self):
        self.call.cancel()
        self.reader.join(SECONDS)


class Party(Caller):
    """A client or an exporter with one channel of its own."""

    def __init__(self, lab, name, kind, token, ca, namespace="default", node=0):
        self.lab, self.name, self.kind, self.token, self.ca = lab, name, kind, token, ca
        self.namespace, self.node = namespace, node
        self.streams = []

    def on(self, node):
        """The same one with another connection, to that node."""
        return type(self)(self.lab, self.name, self.kind, self.token, self.ca, self.namespace, node)

    @property
    def parent(self):
        return f"namespaces/{self.namespace}"

    def metadata(self, **changes):
        return super().metadata(**({"jumpstarter_namespace": self.namespace} | changes))

    @cached_property
    def line(self):
        options = [("grpc.max_receive_message_length", 4 * 1024 * 1024)]
        endpoint = self.lab.nodes[self.node].endpoint
        return grpc.secure_channel(endpoint, grpc.ssl_channel_credentials(self.ca), options)

    def call(self, method, request, within=SECONDS, **changes):
        return method(request, metadata=self.metadata(**changes), timeout=within)

    def stream(self, method, request):
        stream = Stream(method(request, metadata=self.metadata()))
        self.streams.append(stream)
        return stream

    @cached_property
    def control(self):
        return jumpstarter_pb2_grpc.ControllerServiceStub(self.line)

    @cached_property
    def desk(self):
        return client_pb2_grpc.ClientServiceStub(self.line)

    def close(self):
        for stream in self.streams:
            stream.call.cancel()
        if "line" in self.__dict__:
            self.line.close()


class Client(Party):
    def create(self, selector="", time=600, lease_id="", **more):
        """A lease; `time` is its duration in seconds, None for none."""
        if time is not None:
            more["duration"] = seconds(time)
        request = client_pb2.CreateLeaseRequest(
            parent=self.parent, lease_id=lease_id, lease=client_pb2.Lease(selector=selector, **more)
        )
        return self.call(self.desk.CreateLease, request)

    def get(self, name):
        full = name if "/" in name else f"{self.parent}/leases/{name}"
        return self.call(self.desk.GetLease, client_pb2.GetLeaseRequest(name=full))

    def leases(self, **more):
        return self.call(self.desk.ListLeases, client_pb2.ListLeasesRequest(parent=self.parent, **more))

    def names(self, **more):
        return [short(lease.name) for lease in self.leases(**more).leases]

    def update(self, name, **fields):
        lease = client_pb2.Lease(name=name, **fields)
        return self.call(self.desk.UpdateLease, client_pb2.UpdateLeaseRequest(lease=lease))

    def delete(self, name):
        return self.call(self.desk.DeleteLease, client_pb2.DeleteLeaseRequest(name=name))

    def release(self, name):
        return self.call(self.control.ReleaseLease, jumpstarter_pb2.ReleaseLeaseRequest(name=short(name)))

    def dial(self, name, within=SECONDS + 10):
        return self.call(self.control.Dial, jumpstarter_pb2.DialRequest(lease_name=short(name)), within)

    def exporter(self, name, hidden=False):
        request = client_pb2.GetExporterRequest(name=f"{self.parent}/exporters/{name}", show_hidden_labels=hidden)
        return self.call(self.desk.GetExporter, request)

    def exporters(self, **more):
        return self.call(self.desk.ListExporters, client_pb2.ListExportersRequest(parent=self.parent, **more))

    def ready(self, name, within=SECONDS):
        """Waits until a lease has its exporter."""
        return self.until(name, lambda lease: holds(lease, "Ready"), within)

    def ended(self, name, within=SECONDS):
        return self.until(name, is_over, within)

    def until(self, name, condition, within=SECONDS):
        seen = None

        def there():
            nonlocal seen
            seen = self.get(name)
            return seen if condition(seen) else None

        return eventually(there, lambda: str(seen), within)


def condition_of(lease, kind):
    return next((c for c in lease.conditions if c.type == kind), None)


def holds(lease, kind, reason=None):
    found = condition_of(lease, kind)
    return found is not None and found.status == "True" and reason in (None, found.reason)


def is_over(lease):
    ready = condition_of(lease, "Ready")
    return (ready is not None and ready.status == "False") or holds(lease, "Unsatisfiable") or holds(lease, "Invalid")


class Exporter(Party):
    """Says what the test makes it say, and nothing by itself."""

    statuses = None

    @property
    def selector(self):
        return f"board={self.name}"

    def register(self, reports=1, labels=None):
        report = jumpstarter_pb2.DriverInstanceReport(uuid="7a1e0c1e-0000-4000-8000-000000000001")
        request = jumpstarter_pb2.RegisterRequest(labels=labels or {}, reports=[report] * reports)
        return self.call(self.control.Register, request)

    def unregister(self, reason=""):
        return self.call(self.control.Unregister, jumpstarter_pb2.UnregisterRequest(reason=reason))

    def report(self, status, message="", release=None):
        request = jumpstarter_pb2.ReportStatusRequest(status=STATUS[status], message=message, release_lease=release)
        return self.call(self.control.ReportStatus, request)

    def listen_to_status(self):
        self.statuses = self.stream(self.control.Status, jumpstarter_pb2.StatusRequest())
        self.statuses.count(1)
        return self.statuses

    def listen(self, lease):
        return self.stream(self.control.Listen, jumpstarter_pb2.ListenRequest(lease_name=short(lease)))

    def release(self, lease):
        return self.call(self.control.ReleaseLease, jumpstarter_pb2.ReleaseLeaseRequest(name=short(lease)))

    def start(self):
        """What a stock exporter says until it waits for its first lease."""
        self.register()
        self.report("AVAILABLE", "Exporter registered and available")
        self.listen_to_status()
        return self

    def told(self, lease, within=SECONDS):
        """Waits until it was told of a lease."""
        return self.statuses.until(lambda s: s.leased and s.lease_name == short(lease), within)

    def freed(self, lease=None, within=SECONDS):
        """Waits until it was told that nobody has it: after that lease, or after all that it was told."""

        def is_free():
            told = list(self.statuses.messages)
            names = [s.lease_name for s in told]
            since = names.index(short(lease)) if lease else len(told) - 1
            return any(not s.leased for s in told[since:])

        eventually(is_free, self.statuses.heard, within)

    def serve(self, lease):
        """Takes up a lease as a stock exporter without hooks does; the stream of invitations."""
        self.told(lease)
        invitations = self.listen(lease)
        self.report("LEASE_READY", "Ready for commands")
        return invitations

    def finish(self, lease, within=SECONDS):
        """What a stock exporter does when a lease is over."""
        self.freed(lease, within)
        self.report("AVAILABLE", "Available for new lease")


class Wire:
    """Makes identities without a process for each, and forgets all that a test has opened."""

    numbers = itertools.count(1)

    def __init__(self, lab):
        self.lab = lab
        self.parties = []
        file = lab.room / "kube.yaml"
        lab.admin("kubeconfig", "tests", "--out", file)
        config = yaml.safe_load(file.read_text())
        self.ca = base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"])
        self.admin_token = config["users"][0]["user"]["token"]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close(self.parties)

    def close(self, parties):
        for party in list(parties):
            party.close()
            self.parties.remove(party)

    def fresh(self, what):
        return f"{what}{next(self.numbers)}"

    def http(self, method, path, body=None, token=None):
        """One request over HTTP: (status, what the body says)."""
        context = ssl.create_default_context(cadata=self.ca.decode())
        host, _, port = self.lab.endpoint.rpartition(":")
        line = http.client.HTTPSConnection(host, int(port), context=context, timeout=SECONDS)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        line.request(method, path, None if body is None else json.dumps(body), headers)
        answer = line.getresponse()
        data = answer.read().decode()
        line.close()
        return answer.status, json.loads(data) if data[:1] in "{[" else data

    def identity(self, kind, name, labels, namespace="default", username=None):
        plural = kind.lower() + "s"
        body = {"apiVersion": "jumpstarter.dev/v1alpha1", "kind": kind, "metadata": {"name": name, "labels": labels}}
        if username:
            body["spec"] = {"username": username}
        objects = f"/apis/jumpstarter.dev/v1alpha1/namespaces/{namespace}/{plural}"
        status, answer = self.http("POST", objects, body, self.admin_token)
        assert status == 201, answer
        secret = f"/api/v1/namespaces/{namespace}/secrets/{name}-{kind.lower()}"
        status, answer = self.http("GET", secret, token=self.admin_token)
        assert status == 200, answer
        return base64.b64decode(answer["data"]["token"]).decode()

    def client(self, name=None, labels=None, namespace="default"):
        name = name or self.fresh("client")
        token = self.identity("Client", name, labels or {}, namespace)
        return self.take(Client(self.lab, name, "Client", token, self.ca, namespace))

    def exporter(self, name=None, labels=None, namespace="default"):
        """An exporter that has said nothing yet; its label `board` is its name."""
        name = name or self.fresh("board")
        token = self.identity("Exporter", name, {"board": name} | (labels or {}), namespace)
        return self.take(Exporter(self.lab, name, "Exporter", token, self.ca, namespace))

    def board(self, labels=None, name=None, namespace="default"):
        """One that waits for a lease."""
        return self.exporter(name, labels, namespace).start()

    def take(self, party):
        self.parties.append(party)
        return party

    # ---- what only the lab's own keys can make ----

    def _key(self, title):
        text = (self.lab.nodes[0].data / "lab.pem").read_text()
        block = re.search(f"-----BEGIN {title}-----(.*?)-----END", text, re.DOTALL).group(1)
        return base64.b64decode("".join(block.split()))

    def signed(self, claims, header=None):
        """A token that the lab itself could have made for a client or an exporter."""
        pem = b"-----BEGIN PRIVATE KEY-----\n%s-----END PRIVATE KEY-----\n" % base64.encodebytes(
            self._key("RIGBUS LAB TOKEN KEY")
        )
        return jwt.encode(header or {"alg": "ES256"}, claims, ECKey.import_key(pem))

    def router_token(self, key=None, algorithm="HS256", **claims):
        now = int(time.time())
        claims = ROUTER | {"sub": self.fresh("stream"), "iat": now, "nbf": now, "exp": now + 600} | claims
        claims = {k: v for k, v in claims.items() if v is not None}
        key = OctKey.import_key(key or self._key("RIGBUS LAB ROUTER KEY"))
        return jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm])


def claims_of(token):
    """What a token says, whoever made it."""
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def header_of(token):
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


class Tunnel:
    """One side of a router stream."""

    def __init__(self, channel, token, metadata=None):
        self.outgoing = []
        self.ready = threading.Condition()
        self.done = False
        stub = router_pb2_grpc.RouterServiceStub(channel)
        if metadata is None:
            metadata = [("authorization", f"Bearer {token}")]
        self.stream = Stream(stub.Stream(self._frames(), metadata=metadata))

    def _frames(self):
        while True:
            with self.ready:
                self.ready.wait_for(lambda: self.outgoing or self.done)
                if not self.outgoing:
                    return
                frame = self.outgoing.pop(0)
            yield frame

    def send(self, data):
        with self.ready:
            self.outgoing.append(router_pb2.StreamRequest(payload=data))
            self.ready.notify()

    def close(self):
        with self.ready:
            self.done = True
            self.ready.notify()

    def cancel(self):
        """Breaks it off, and keeps no thread for what it might have said."""
        self.close()
        self.stream.cancel()

    def received(self):
        return b"".join(m.payload for m in self.stream.messages)


def invitation(listen, dialled):
    return listen.until(lambda m: m.router_token == dialled.router_token)


def meet(router, dialled, endpoint=None):
    """Both sides of a stream, after they have met."""
    sides = [Tunnel(router(endpoint or dialled.router_endpoint), dialled.router_token)]
    sides.append(Tunnel(router(dialled.router_endpoint), dialled.router_token))
    exchange(*sides)
    return sides


def exchange(a, b):
    for one, other, data in ((a, b, b"to the board"), (b, a, b"to the client")):
        one.send(data)
        eventually(lambda: other.received() == data, lambda: other.stream.heard(), SECONDS)
