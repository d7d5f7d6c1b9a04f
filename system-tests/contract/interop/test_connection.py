"""How a client reaches an exporter: plain, with TLS, with a passphrase; and how it is refused."""

import grpc
import pytest
from google.protobuf import empty_pb2
from jumpstarter_protocol import jumpstarter_pb2, jumpstarter_pb2_grpc, router_pb2, router_pb2_grpc
from peers import BIN, Exporter, free_port, run

EXPORT = {
    "power": {"type": "jumpstarter_driver_power.driver.MockPower"},
    "echo": {"type": "jumpstarter_driver_network.driver.EchoNetwork"},
    "flasher": {"type": "jumpstarter_driver_opendal.driver.MockFlasher"},
}
SECRET = "s3cret words"
REFUSED = "invalid or missing passphrase"


@pytest.fixture(scope="module")
def exporter(peer, tls):
    with Exporter(peer, export=EXPORT, tls=tls, passphrase=SECRET) as exporter:
        yield exporter


@pytest.fixture(scope="module")
def plain(peer):
    """Plaintext, but with a passphrase."""
    with Exporter(peer, export=EXPORT, passphrase=SECRET) as exporter:
        yield exporter


def test_the_client_drives_through_tls_with_a_passphrase(client, tmp_path):
    client.power.on()
    assert len(list(client.power.read())) == 2
    with client.echo.stream() as stream:
        stream.send(b"hello")
        assert stream.receive() == b"hello"
    (tmp_path / "image").write_bytes(b"image")
    client.flasher.flash(tmp_path / "image")
    client.flasher.dump(tmp_path / "dump")
    assert (tmp_path / "dump").read_bytes() == b"image"


def test_j_and_jmp_shell_work_through_tls_with_a_passphrase(exporter):
    done = exporter.jmp_shell("j", "power", "read")
    assert (done.code, done.out.count("voltage=")) == (0, 2), done.text


def test_a_passphrase_works_without_tls(plain):
    assert plain.j("power", "on").code == 0
    assert plain.jmp_shell("sh", "-c", "j power on && exit 5").code == 5


@pytest.mark.parametrize("passphrase", [None, "wrong", "", SECRET + "!", "S3CRET WORDS"])
def test_every_rpc_is_refused_without_the_right_passphrase(exporter, passphrase):
    metadata = () if passphrase is None else (("x-jumpstarter-passphrase", passphrase),)
    with exporter.channel() as channel:
        stub = jumpstarter_pb2_grpc.ExporterServiceStub(channel)
        router = router_pb2_grpc.RouterServiceStub(channel)
        uuid = exporter.report().reports[1].uuid
        plain_call = jumpstarter_pb2.DriverCallRequest(uuid=uuid, method="on")
        streaming = jumpstarter_pb2.StreamingDriverCallRequest(uuid=uuid, method="read")
        calls = [
            lambda **kw: stub.GetReport(empty_pb2.Empty(), **kw),
            lambda **kw: stub.GetStatus(jumpstarter_pb2.GetStatusRequest(), **kw),
            lambda **kw: stub.EndSession(jumpstarter_pb2.EndSessionRequest(), **kw),
            lambda **kw: stub.Reset(jumpstarter_pb2.ResetRequest(), **kw),
            lambda **kw: stub.DriverCall(plain_call, **kw),
            lambda **kw: next(stub.StreamingDriverCall(streaming, **kw)),
            lambda **kw: next(stub.LogStream(empty_pb2.Empty(), **kw)),
            lambda **kw: next(router.Stream(iter([router_pb2.StreamRequest()]), **kw)),
        ]
        for call in calls:
            with pytest.raises(grpc.RpcError) as refused:
                call(metadata=metadata, timeout=10)
            assert (refused.value.code().name, refused.value.details()) == ("UNAUTHENTICATED", REFUSED)


def test_the_last_of_two_passphrases_counts(exporter):
    def report(*words):
        with exporter.channel() as channel:
            stub = jumpstarter_pb2_grpc.ExporterServiceStub(channel)
            metadata = [("x-jumpstarter-passphrase", word) for word in words]
            return stub.GetReport(empty_pb2.Empty(), metadata=metadata, timeout=10)

    assert report("wrong", SECRET).reports
    with pytest.raises(grpc.RpcError) as refused:
        report(SECRET, "wrong")
    assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("flags", [["--passphrase", "wrong"], []])
def test_jmp_shell_names_a_wrong_passphrase(exporter, flags):
    done = exporter.jmp_shell("true", flags=flags)
    assert done.code == 1
    assert f"Authentication failed: {REFUSED}" in done.err


def test_j_names_a_wrong_passphrase(plain):
    done = plain.j("power", "on", env={"JMP_GRPC_PASSPHRASE": "wrong"})
    assert done.code == 1
    assert REFUSED in done.err


def test_a_certificate_nobody_vouches_for_is_not_trusted(exporter):
    shell = [BIN / "jmp", "shell", "--tls-grpc", exporter.address, "--passphrase", SECRET, "--", "true"]
    done = run(shell)
    assert done.code == 1
    assert "Exporter did not respond to initial connection" in done.err


def test_jmp_shell_says_that_nobody_listens():
    shell = [BIN / "jmp", "shell", "--tls-grpc", f"127.0.0.1:{free_port()}", "--tls-grpc-insecure", "--", "true"]
    done = run(shell)
    assert done.code == 1
    assert "Exporter did not respond to initial connection" in done.err


def test_a_client_without_tls_gets_nothing_from_a_tls_port(exporter):
    with grpc.insecure_channel(exporter.address) as channel:
        stub = jumpstarter_pb2_grpc.ExporterServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            stub.GetReport(empty_pb2.Empty(), metadata=exporter.metadata, timeout=5)
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
