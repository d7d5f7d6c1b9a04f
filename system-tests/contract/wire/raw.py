"""Bare gRPC towards an exporter: every message as it is on the wire, nothing of the stock client in between."""

import json
import queue
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from google.protobuf import empty_pb2, struct_pb2
from jumpstarter_protocol import jumpstarter_pb2, jumpstarter_pb2_grpc, router_pb2, router_pb2_grpc

DATA, RST_STREAM, PING, GOAWAY = 0, 3, 6, 7
SECONDS = 30.0  # the deadline of every call here: a test may fail, but it may not hang
UNSET = object()  # stands for a Value without a kind

DRIVER_CALL, STREAMING_CALL, LOG = "DriverCall", "StreamingDriverCall", "LogStream"


@dataclass(frozen=True)
class Status:
    code: str
    details: str = ""

    @staticmethod
    def of(rpc):
        return Status(rpc.code().name, rpc.details() or "")


OK = Status("OK")


def to_value(native):
    """A plain Python value as google.protobuf.Value; NaN and UNSET as they are, which no JSON printer would do."""
    match native:
        case struct_pb2.Value():
            return native
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case bool():
            return struct_pb2.Value(bool_value=native)
        case int() | float():
            return struct_pb2.Value(number_value=native)
        case str():
            return struct_pb2.Value(string_value=native)
        case list() | tuple():
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[to_value(v) for v in native]))
        case dict():
            fields = {k: to_value(v) for k, v in native.items()}
            return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    assert native is UNSET, native
    return struct_pb2.Value()


def from_value(value):
    kind = value.WhichOneof("kind")
    if kind is None or kind == "null_value":
        return None
    if kind == "list_value":
        return [from_value(v) for v in value.list_value.values]
    if kind == "struct_value":
        return {k: from_value(v) for k, v in value.struct_value.fields.items()}
    return getattr(value, kind)


class Stream:
    """One RouterService.Stream, frame by frame; leaving the block cancels it."""

    _END = object()

    def __init__(self, stub, metadata, seconds=SECONDS):
        self._out = queue.SimpleQueue()
        self.taken = 0  # frames that gRPC has taken over for sending
        self.rpc = stub.Stream(self._frames(), metadata=metadata, timeout=seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cancel()

    def _frames(self):
        for frame in iter(self._out.get, self._END):
            self.taken += 1
            yield frame

    def send(self, payload, frame_type=DATA):
        self._out.put(router_pb2.StreamRequest(payload=payload, frame_type=frame_type))
        return self

    def goaway(self):
        return self.send(b"", GOAWAY)

    def half_close(self):
        self._out.put(self._END)
        return self

    def finish(self):
        """What the stock client sends when it has no more data."""
        return self.goaway().half_close()

    @property
    def headers(self):
        """The response headers; waits for them. A call that failed without any has none."""
        return dict(self.rpc.initial_metadata() or ())

    @property
    def handle(self):
        """The resource that this stream is, for use as an argument."""
        return json.loads(self.headers["resource"])

    def receive(self):
        """The next frame as (type, payload), or None when the call has ended."""
        try:
            frame = next(self.rpc)
        except (StopIteration, grpc.RpcError):
            return None
        return frame.frame_type, frame.payload

    def frames(self):
        return list(iter(self.receive, None))

    def bytes(self, length):
        """Payload until `length` bytes have come or the stream has no more."""
        got = bytearray()
        while len(got) < length and (frame := self.receive()) and frame[0] != GOAWAY:
            got += frame[1] if frame[0] == DATA else b""
        return bytes(got)

    def rest(self):
        """All payload up to GOAWAY or the end of the call."""
        return self.bytes(float("inf"))

    def end(self):
        """Waits for the status of the call."""
        return Status.of(self.rpc)

    def cancel(self):
        self._out.put(self._END)
        self.rpc.cancel()


class Raw:
    """The two services of an exporter on one connection."""

    def __init__(self, channel, metadata=()):
        self.metadata = tuple(metadata)
        self.exporter = jumpstarter_pb2_grpc.ExporterServiceStub(channel)
        self.router = router_pb2_grpc.RouterServiceStub(channel)

    def report(self):
        return self.exporter.GetReport(empty_pb2.Empty(), metadata=self.metadata, timeout=SECONDS)

    def uuid(self, path):
        """The uuid of the node at a dotted path; the empty path is the root."""
        reports = self.report().reports
        node = reports[0]
        for name in path.split(".") if path else []:
            # The last one seen: a proxy repeats its target's uuid, and its children stand below it.
            node = next(
                r for r in reports if r.parent_uuid == node.uuid and r.labels["jumpstarter.dev/name"] == name
            )
        return node.uuid

    def status(self):
        return self.exporter.GetStatus(jumpstarter_pb2.GetStatusRequest(), metadata=self.metadata, timeout=SECONDS)

    def end_session(self):
        request = jumpstarter_pb2.EndSessionRequest()
        return self.exporter.EndSession(request, metadata=self.metadata, timeout=SECONDS)

    def reset(self):
        return _status(lambda: self.exporter.Reset(jumpstarter_pb2.ResetRequest(), metadata=self.metadata, timeout=SECONDS))

    def logs(self, seconds=SECONDS):
        return self.exporter.LogStream(empty_pb2.Empty(), metadata=self.metadata, timeout=seconds)

    def start(self, uuid, method, *args, seconds=SECONDS):
        """A running DriverCall: a future that can be cancelled."""
        return self.exporter.DriverCall.future(self._request(uuid, method, args), metadata=self.metadata, timeout=seconds)

    def value(self, uuid, method, *args):
        """The result of a call as the Value that came."""
        return self.start(uuid, method, *args).result().result

    def call(self, uuid, method, *args):
        return from_value(self.value(uuid, method, *args))

    def failure(self, uuid, method, *args):
        """How a call fails; one that succeeds fails the test."""
        rpc = self.start(uuid, method, *args)
        assert rpc.exception(), f"{method} answered {rpc.result()}"
        return Status.of(rpc)

    def streaming(self, uuid, method, *args, seconds=SECONDS):
        """A running StreamingDriverCall: an iterator of responses that can be cancelled."""
        request = self._request(uuid, method, args, jumpstarter_pb2.StreamingDriverCallRequest)
        return self.exporter.StreamingDriverCall(request, metadata=self.metadata, timeout=seconds)

    def items(self, uuid, method, *args):
        """All items of a streaming call, and how it ended."""
        rpc, got = self.streaming(uuid, method, *args), []
        try:
            for response in rpc:
                got.append(from_value(response.result))
        except grpc.RpcError:
            pass
        return got, Status.of(rpc)

    def stream(self, uuid, method="connect", *, seconds=SECONDS, metadata=(), **members):
        return self.stream_with({"kind": "driver", "uuid": uuid, "method": method} | members, metadata, seconds)

    def resource(self, uuid, encoding=None, seconds=SECONDS):
        return self.stream_with(
            {"kind": "resource", "uuid": uuid, "x_jmp_content_encoding": encoding}, seconds=seconds
        )

    def stream_with(self, request=None, metadata=(), seconds=SECONDS):
        """A Stream whose `request` is a mapping, a text as it is, or nothing at all."""
        text = request if request is None or isinstance(request, str) else json.dumps(request, separators=(",", ":"))
        own = () if text is None else (("request", text),)
        return Stream(self.router, (*self.metadata, *metadata, *own), seconds)

    @staticmethod
    def _request(uuid, method, args, kind=jumpstarter_pb2.DriverCallRequest):
        return kind(uuid=uuid, method=method, args=[to_value(a) for a in args])


def _status(call):
    try:
        call()
    except grpc.RpcError as error:
        return Status.of(error)
    return OK


@contextmanager
def connection(exporter, metadata=None):
    """A connection of its own, shared with no other test."""
    with exporter.channel() as channel:
        yield Raw(channel, exporter.metadata if metadata is None else metadata)
