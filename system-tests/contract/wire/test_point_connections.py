"""Connections: points 74 to 77 and 79.

Point 75 takes its time. Four pings of ten seconds' distance are what a server with a stricter policy than stock's refuses;
they run beside the other tests of this file. `RIGBUS_PING_SECONDS=130` is the long form.
"""

import os
import threading
import time

import grpc
import peers
import pytest
import rig
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from http2 import Http2
from jumpstarter_protocol import jumpstarter_pb2
from raw import Raw, Status, connection
from waiting import eventually

SERVICE = "/jumpstarter.v1.ExporterService/"
PING_DISTANCE = 10.05
PING_SECONDS = float(os.environ.get("RIGBUS_PING_SECONDS", "30"))
POWER = {"power": rig.POWER}


class Pinger(threading.Thread):
    """Pings on a connection of its own that carries no call."""

    def __init__(self, exporter):
        super().__init__(daemon=True)
        self.exporter, self.failure, self.count = exporter, None, 0

    def run(self):
        try:
            with Http2.tcp(self.exporter) as connection:
                connection.sock.settimeout(60)
                last = time.monotonic() + PING_SECONDS
                while True:
                    connection.ping()
                    self.count += 1
                    if time.monotonic() > last:
                        break
                    time.sleep(PING_DISTANCE)  # the distance is what is tested
                # A refusal follows the ping that was one too many.
                _, headers = connection.call(SERVICE + "GetStatus")
                assert headers["grpc-status"] == "0", headers
        except Exception as failure:
            self.failure = failure


@pytest.fixture(scope="module", autouse=True)
def pinger(exporter):
    pinger = Pinger(exporter)
    pinger.start()
    return pinger


@pytest.mark.parametrize("authority", ["tmp%2Fx%2Fsocket", "tmp%2Fjumpstarter-0xj12hfv%2Fsocket", "a%", "%zz"])
def test_point_74_an_escaped_authority_is_served_on_tcp(exporter, authority):
    with Http2.tcp(exporter, authority=authority) as connection:
        _, headers = connection.call(SERVICE + "GetStatus")
        assert headers["grpc-status"] == "0", headers


def test_point_74_an_escaped_authority_is_served_on_a_unix_socket(peer, tmp_path):
    script = f"echo $JUMPSTARTER_HOST > {tmp_path}/host; until [ -e {tmp_path}/go ]; do sleep 0.05; done"
    with rig.start(peer, POWER, hooks={"beforeLease": {"script": script, "timeout": 30}}) as exporter:
        exporter.await_status("BEFORE_LEASE_HOOK")
        written = tmp_path / "host"
        path = eventually(lambda: written.exists() and written.read_text().strip(), "the hook names its socket")
        with Http2.unix(path, path.lstrip("/").replace("/", "%2F")) as connection:
            _, headers = connection.call(SERVICE + "GetStatus")
            assert headers["grpc-status"] == "0", headers
        # And the library that made this rule.
        with grpc.insecure_channel(f"unix:{path}") as channel:
            assert Raw(channel).report().reports
        (tmp_path / "go").touch()


def test_point_76_without_the_passphrase_nothing_answers(peer):
    with rig.start(peer, passphrase="right") as exporter:
        wrong = [(), (("x-jumpstarter-passphrase", "wrong"),), (("x-jumpstarter-passphrase", ""),)]
        for metadata in wrong:
            with connection(exporter, metadata) as raw:
                for name, status in everything(raw, exporter.report().reports[1].uuid).items():
                    assert status == Status("UNAUTHENTICATED", "invalid or missing passphrase"), name
        with connection(exporter, (("x-jumpstarter-passphrase", "wrong"), ("x-jumpstarter-passphrase", "right"))) as raw:
            assert raw.report().reports


def everything(raw, power):
    """How every rpc of the two services ends, called with the metadata of `raw`."""
    with raw.stream(power) as stream, raw.stream_with() as bare:
        statuses = {"Stream": stream.end(), "Stream without request": bare.end()}
    logs = raw.logs()
    statuses["LogStream"] = ended(lambda: next(logs))
    statuses["GetReport"] = ended(raw.report)
    statuses["GetStatus"] = ended(raw.status)
    statuses["EndSession"] = ended(raw.end_session)
    statuses["Reset"] = raw.reset()
    statuses["DriverCall"] = raw.failure(power, "on")
    statuses["DriverCall, unknown uuid"] = raw.failure("nonsense", "on")
    statuses["StreamingDriverCall"] = raw.items(power, "read")[1]
    return statuses


def ended(call):
    with pytest.raises(grpc.RpcError) as failure:
        call()
    return Status.of(failure.value)


def test_point_76_reflection_and_health_need_the_passphrase(peer):
    def reflected(channel, metadata):
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        return next(stub.ServerReflectionInfo(iter([request]), metadata=metadata, timeout=10))

    def healthy(channel, metadata):
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        return check(b"", metadata=metadata, timeout=10)

    with rig.start(peer, POWER, passphrase="right") as exporter, exporter.channel() as channel:
        for call in (reflected, healthy):
            assert ended(lambda call=call: call(channel, ())).code in ("UNAUTHENTICATED", "UNIMPLEMENTED")
        if peer == "rigbus":  # stock serves neither
            names = [s.name for s in reflected(channel, exporter.metadata).list_services_response.service]
            assert "jumpstarter.v1.ExporterService" in names and "jumpstarter.v1.RouterService" in names
            assert healthy(channel, exporter.metadata) == b"\x08\x01"


def test_point_77_the_settings_of_the_stock_client_are_accepted(exporter):
    # ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE, and grpc-core's own.
    settings = {2: 0, 3: 0, 4: 4194304, 5: 4194304, 6: 16384, 65027: 1}
    with Http2.tcp(exporter, settings=settings) as connection:
        data, headers = connection.call(SERVICE + "GetStatus")
        assert headers["grpc-status"] == "0"
        assert jumpstarter_pb2.GetStatusResponse.FromString(data[5:]).message == "Ready for commands"


def test_point_79_a_port_in_use_is_refused(peer, exporter):
    flags = ["--tls-grpc-listener", exporter.address, "--tls-grpc-insecure"]
    done = peers.run_to_end(peer, export=POWER, flags=flags, seconds=30)
    assert done.code != 0
    assert str(exporter.port) in done.text and "in use" in done.text
    assert "\tat " not in done.text and "Exception" not in done.text
    assert exporter.report().reports


@pytest.mark.timeout(PING_SECONDS + 60)
def test_point_75_a_ping_now_and_then_is_no_offence(exporter, pinger):
    pinger.join(PING_SECONDS + 30)
    assert pinger.failure is None and not pinger.is_alive()
    assert pinger.count >= 4
