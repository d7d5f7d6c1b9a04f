"""Clients on one host: each leases a board, uses it as long as it is let, and begins anew, until it is told to stop.

    player.py CONFIG.json    clients, endpoints and boards; what happened goes to the file that it names, a JSON line each
"""

import asyncio
import base64
import contextlib
import json
import random
import signal
import sys
import time

import grpc
from google.protobuf import duration_pb2, empty_pb2, struct_pb2
from jumpstarter.common import TemporaryUnixListener
from jumpstarter.common.streams import connect_router_stream
from jumpstarter.config.tls import TLSConfigV1Alpha1
from jumpstarter_protocol import client_pb2, client_pb2_grpc, jumpstarter_pb2, jumpstarter_pb2_grpc

OPTIONS = [("grpc.max_reconnect_backoff_ms", 1000), ("grpc.use_local_subchannel_pool", 1)]
ANSWER = 6  # seconds
LOST = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)
PAUSE = 0.1
STUBBORN = 8  # touches that are tried after the first refusal


class Player:
    def __init__(self, config, client, log):
        self.name = client["name"]
        self.identity = client["identity"]
        self.token = client["token"]
        self.ca = base64.b64decode(client["ca"])
        self.tls = TLSConfigV1Alpha1(ca=client["ca"])
        self.dice = random.Random(client["seed"])
        self.boards = config["boards"]
        self.endpoints = config["endpoints"]
        self.log = log
        self.channel = None
        self.stop = asyncio.Event()

    def note(self, event, **more):
        self.log.write(json.dumps({"t": time.monotonic_ns(), "client": self.name, "event": event} | more) + "\n")
        self.log.flush()

    @property
    def metadata(self):
        return (
            ("authorization", f"Bearer {self.token}"),
            ("jumpstarter-kind", "Client"),
            ("jumpstarter-namespace", "default"),
            ("jumpstarter-name", self.identity),
        )

    async def ask(self, stub, method, request, seconds=ANSWER):
        """One call to the lab; a node that does not answer is the last in the list from then on."""
        if self.channel is None:
            self.channel = grpc.aio.secure_channel(self.endpoints[0], grpc.ssl_channel_credentials(self.ca), OPTIONS)
        try:
            return await getattr(stub(self.channel), method)(request, timeout=seconds, metadata=self.metadata)
        except grpc.aio.AioRpcError as e:
            if e.code() in LOST:
                await self.channel.close()
                self.channel = None
                self.endpoints = self.endpoints[1:] + self.endpoints[:1]
            raise

    def client(self, method, request, seconds=ANSWER):
        return self.ask(client_pb2_grpc.ClientServiceStub, method, request, seconds)

    async def play(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            lease = f"{self.name}-{number}"
            try:
                if await self.create(lease):
                    await self.hold(lease)
            except (grpc.aio.AioRpcError, ExceptionGroup) as e:
                code, text = (e.code().name, e.details()) if isinstance(e, grpc.aio.AioRpcError) else ("", repr(e))
                self.note("failed", lease=lease, code=code, text=text)
                await self.rest(0.5)
            finally:
                await self.release(lease)

    async def rest(self, seconds):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    async def create(self, lease):
        board = self.dice.choice(self.boards)
        seconds = self.dice.uniform(3, 9)
        request = client_pb2.CreateLeaseRequest(
            parent="namespaces/default",
            lease_id=lease,
            lease=client_pb2.Lease(selector=f"board={board}", duration=duration_pb2.Duration(nanos=0, seconds=int(seconds))),
        )
        self.note("wanted", lease=lease, board=board)
        await self.client("CreateLease", request)
        self.note("created", lease=lease, board=board)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not self.stop.is_set():
            seen = await self.seen(lease)
            if seen and seen.exporter:
                self.note("granted", lease=lease, board=board)
                return True
            await self.rest(0.2)
        return False

    async def seen(self, lease):
        """The lease as the lab shows it; nothing while nobody answers."""
        try:
            return await self.client("GetLease", client_pb2.GetLeaseRequest(name=f"namespaces/default/leases/{lease}"))
        except grpc.aio.AioRpcError as e:
            if e.code() in LOST:
                return None
            raise

    async def hold(self, lease):
        """Uses the board until it gives it back, or longer: until nothing that it tries is let through any more."""
        self.touches = 0
        stays = self.dice.random() < 0.5
        self.until = time.monotonic() + (25 if stays else self.dice.uniform(1, 5))
        while time.monotonic() < self.until and not self.stop.is_set():
            dial = jumpstarter_pb2.DialRequest(lease_name=lease)
            try:
                way = await self.ask(jumpstarter_pb2_grpc.ControllerServiceStub, "Dial", dial, 30)
                await self.use(lease, way)
            except grpc.aio.AioRpcError as e:
                self.note("shut out", lease=lease, code=e.code().name, text=e.details())
                if e.code() not in LOST and "not active" in (e.details() or ""):
                    break
                await self.rest(0.3)
        self.note("left", lease=lease, touches=self.touches)

    async def use(self, lease, way):
        """Touches the board on one connection."""

        async def connect(stream):
            try:
                async with connect_router_stream(way.router_endpoint, way.router_token, stream, self.tls, {}):
                    pass
            except Exception as e:  # a connection that breaks is seen by the calls on it
                self.note("tunnel broke", lease=lease, text=repr(e))

        async with TemporaryUnixListener(connect) as path:
            async with grpc.aio.insecure_channel(f"unix://{path}", OPTIONS) as channel:
                exporter = jumpstarter_pb2_grpc.ExporterServiceStub(channel)
                try:
                    report = await exporter.GetReport(empty_pb2.Empty(), timeout=ANSWER)
                    uuid = next(r.uuid for r in report.reports if r.labels["jumpstarter.dev/name"] == "ledger")
                    await self.touch(exporter, uuid, lease)
                except grpc.aio.AioRpcError as e:
                    self.note("not let in", lease=lease, code=e.code().name, text=e.details())
                    await self.rest(0.3)

    async def touch(self, exporter, uuid, lease):
        refusals = 0
        while time.monotonic() < self.until and not self.stop.is_set():
            args = [struct_pb2.Value(string_value=lease), struct_pb2.Value(string_value=self.name),
                    struct_pb2.Value(number_value=self.touches + 1)]
            call = jumpstarter_pb2.DriverCallRequest(uuid=uuid, method="touch", args=args)
            try:
                await exporter.DriverCall(call, timeout=ANSWER)
                self.touches += 1
            except grpc.aio.AioRpcError as e:
                refusals += 1
                if refusals == 1:
                    self.note("refused", lease=lease, code=e.code().name, text=e.details(), touches=self.touches)
                if refusals > STUBBORN or e.code() in LOST:
                    return
            await self.rest(PAUSE)

    async def release(self, lease):
        """Gives the lease back, whether it has it or not; half of the time a client has no manners and lets it run out."""
        if self.dice.random() < 0.3:
            return
        try:
            await self.client("DeleteLease", client_pb2.DeleteLeaseRequest(name=f"namespaces/default/leases/{lease}"))
            self.note("released", lease=lease)
        except grpc.aio.AioRpcError as e:
            self.note("not released", lease=lease, code=e.code().name, text=e.details())


async def main(file):
    with open(file) as text:
        config = json.load(text)
    with open(config["log"], "a") as log:
        players = [Player(config, client, log) for client in config["clients"]]
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, lambda: [player.stop.set() for player in players])
        await asyncio.gather(*(player.play() for player in players))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
