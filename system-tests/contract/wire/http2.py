"""HTTP/2 frame by frame on a bare socket: for what no gRPC library would send."""

import socket
import struct
from contextlib import contextmanager

from hpack import Decoder, Encoder
from hyperframe.frame import (
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SECONDS = 10.0


class Closed(Exception):
    """The other side closed the connection."""


class Http2:
    """A client connection that answers nothing but what it is told to."""

    def __init__(self, sock, authority, settings=None):
        self.sock = sock
        self.authority = authority
        self.sock.settimeout(SECONDS)
        self._encoder, self._decoder = Encoder(), Decoder()
        self._buffer = b""
        self._next = 1
        self.sock.sendall(PREFACE)
        self.write(SettingsFrame(0, settings=settings or {}))

    @classmethod
    @contextmanager
    def tcp(cls, exporter, authority=None, settings=None):
        with socket.create_connection((exporter.host, exporter.port), SECONDS) as sock:
            yield cls(sock, authority or exporter.address, settings)

    @classmethod
    @contextmanager
    def unix(cls, path, authority):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(SECONDS)
            sock.connect(str(path))
            yield cls(sock, authority)

    def write(self, *frames):
        self.sock.sendall(b"".join(frame.serialize() for frame in frames))

    def open(self, path, **metadata):
        """Sends the request headers of a gRPC call and returns its stream id."""
        stream, self._next = self._next, self._next + 2
        headers = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", self.authority),
            ("te", "trailers"), ("content-type", "application/grpc"), *metadata.items(),
        ]
        self.write(HeadersFrame(stream, data=self._encoder.encode(headers), flags=["END_HEADERS"]))
        return stream

    def message(self, stream, payload=b"", claimed=None, end=False):
        """One length-prefixed message; its prefix may claim another length than it has."""
        prefix = struct.pack(">BI", 0, len(payload) if claimed is None else claimed)
        self.write(DataFrame(stream, data=prefix + payload, flags=["END_STREAM"] if end else []))

    def call(self, path, payload=b"", **metadata):
        """A whole unary call: the messages that came back and the trailers."""
        stream = self.open(path, **metadata)
        self.message(stream, payload, end=True)
        return self.response(stream)

    def response(self, stream):
        data, headers = b"", {}
        while True:
            frame = self.read()
            if frame.stream_id != stream:
                continue
            if isinstance(frame, RstStreamFrame):
                return data, headers | {"reset": frame.error_code}
            if isinstance(frame, DataFrame):
                data += frame.data
            if isinstance(frame, HeadersFrame):
                headers |= {k: v for k, v in self._decoder.decode(frame.data)}
            if "END_STREAM" in frame.flags:
                return data, headers

    def read(self):
        """The next frame; settings are acknowledged on the way. Raises Closed at the end of the connection."""
        head = self._exactly(9)
        frame, length = Frame.parse_frame_header(memoryview(head))
        frame.parse_body(memoryview(self._exactly(length)))
        if isinstance(frame, SettingsFrame) and "ACK" not in frame.flags:
            self.write(SettingsFrame(0, flags=["ACK"]))
        if isinstance(frame, DataFrame) and length:
            self.write(WindowUpdateFrame(0, window_increment=length))
        if isinstance(frame, GoAwayFrame):
            raise Closed(f"GOAWAY {frame.error_code} {frame.additional_data!r}")
        return frame

    def ping(self, payload=b"rigbus!!"):
        """Sends a PING and waits for its answer."""
        self.write(PingFrame(0, opaque_data=payload))
        while True:
            frame = self.read()
            if isinstance(frame, PingFrame) and "ACK" in frame.flags:
                return frame.opaque_data

    def _exactly(self, length):
        while len(self._buffer) < length:
            try:
                more = self.sock.recv(65536)
            except ConnectionError as error:
                raise Closed(str(error)) from None
            if not more:
                raise Closed("end of the connection")
            self._buffer += more
        taken, self._buffer = self._buffer[:length], self._buffer[length:]
        return taken
