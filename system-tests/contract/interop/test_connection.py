"""How a client reaches an exporter: plain, with TLS, with a passphrase; and how it is refused."""

import grpc
import pytest
from google.protobuf import empty_pb2
from jumpstarter_protocol import jumpstarter_pb2_grpc
from peers import BIN, Exporter, free_port, run

POWER = {"power": {"type": "jumpstarter_driver_power.driver.MockPower"}}


@pytest.fixture(scope="module")
def exporter(peer, tls):
    with Exporter(peer, export=POWER, tls=tls, passphrase="s3cret words") as exporter:
        yield exporter


def test_the_client_drives_through_tls_with_a_passphrase(client):
    client.power.on()
    assert len(list(client.power.read())) == 2


def test_j_works_through_tls_with_a_passphrase(exporter):
    done = exporter.j("power", "read")
    assert (done.code, done.out.count("voltage=")) == (0, 2)
