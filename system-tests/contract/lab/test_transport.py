"""How peers reach the lab: TLS, ALPN, pings, health and reflection."""

import asyncio
import socket
import ssl

import grpc
import pytest
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from hyperframe.frame import Frame, GoAwayFrame, PingFrame, SettingsFrame
from jumpstarter.common.grpc import ssl_channel_credentials
from jumpstarter.config.tls import TLSConfigV1Alpha1
from jumpstarter_protocol import client_pb2_grpc, router_pb2_grpc
from jumpstarter_protocol.jumpstarter.client.v1 import client_pb2
from lab.labs import refused
from lab.wire import SECONDS

Code = grpc.StatusCode
SERVING = b"\x08\x01"  # HealthCheckResponse{status: SERVING}


def handshake(wire, protocols=None):
    """A TLS connection that verifies the lab's certificate."""
    context = ssl.create_default_context(cadata=wire.ca.decode())
    if protocols:
        context.set_alpn_protocols(protocols)
    host, _, port = wire.lab.endpoint.rpartition(":")
    plain = socket.create_connection((host, int(port)), SECONDS)
    return context.wrap_socket(plain, server_hostname=host)


def health(channel):
    ask = channel.unary_unary("/grpc.health.v1.Health/Check")
    return ask(b"", timeout=SECONDS)


@pytest.fixture
def channel(wire):
    with grpc.secure_channel(wire.lab.endpoint, grpc.ssl_channel_credentials(wire.ca)) as channel:
        yield channel


def test_point_01_alpn_h2_for_controller_and_router(wire, channel):
    with handshake(wire, ["h2"]) as line:
        assert line.selected_alpn_protocol() == "h2"
    with refused(Code.UNAUTHENTICATED, "missing authorization header"):
        desk = client_pb2_grpc.ClientServiceStub(channel)
        desk.ListExporters(client_pb2.ListExportersRequest(parent="namespaces/default"), timeout=SECONDS)
    with refused(Code.UNAUTHENTICATED, "missing or invalid authorization"):
        next(router_pb2_grpc.RouterServiceStub(channel).Stream(iter(()), timeout=SECONDS))


def test_point_01_plaintext_is_refused(wire):
    with grpc.insecure_channel(wire.lab.endpoint) as plain, refused(Code.UNAVAILABLE):
        health(plain)


def test_point_02_a_bare_handshake_and_close_harms_nothing(wire, channel):
    for _ in range(20):
        handshake(wire).close()
    assert health(channel) == SERVING


def test_point_03_insecure_still_wants_the_host_name(wire):
    insecure = TLSConfigV1Alpha1(insecure=True)
    credentials = asyncio.run(ssl_channel_credentials(wire.lab.endpoint, insecure))
    with grpc.secure_channel(wire.lab.endpoint, credentials) as right:
        assert health(right) == SERVING
    # The same address under a name that the certificate does not have.
    other = [("grpc.ssl_target_name_override", "rack.example.net")]
    with grpc.secure_channel(wire.lab.endpoint, credentials, other) as wrong, refused(Code.UNAVAILABLE, "Hostname"):
        health(wrong)


def test_point_04_thirty_pings_on_an_idle_connection(wire):
    """As many as stock peers send in ten minutes, and faster than they do."""
    with handshake(wire, ["h2"]) as line:
        line.settimeout(SECONDS)
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SettingsFrame().serialize())
        frames = frames_of(line)
        for number in range(30):
            ping = PingFrame(opaque_data=number.to_bytes(8, "big"))
            line.sendall(ping.serialize())
            answer = next(f for f in frames if isinstance(f, (PingFrame, GoAwayFrame)))
            assert isinstance(answer, PingFrame), answer
            assert "ACK" in answer.flags
            assert answer.opaque_data == ping.opaque_data


def frames_of(line):
    """What comes in, frame by frame."""
    data = b""
    while True:
        while len(data) < 9:
            data += received(line)
        frame, length = Frame.parse_frame_header(memoryview(data[:9]))
        while len(data) < 9 + length:
            data += received(line)
        frame.parse_body(memoryview(data[9 : 9 + length]))
        data = data[9 + length :]
        yield frame


def received(line):
    part = line.recv(65536)
    assert part, "the lab closed the connection"
    return part


def test_point_05_health_without_a_token(wire, channel):
    assert health(channel) == SERVING


def test_point_05_reflection_lists_the_services(wire, channel):
    services = ProtoReflectionDescriptorDatabase(channel).get_services()
    assert {
        "jumpstarter.v1.ControllerService",
        "jumpstarter.client.v1.ClientService",
        "jumpstarter.v1.RouterService",
    } <= set(services)
