"""The probe driver for the stock exporter; `probe-driver.md` says what each method does."""

from __future__ import annotations

import enum
import hashlib
import logging
import math
import threading
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import anyio
import anyio.lowlevel
from anyio.abc import ObjectStream
from jumpstarter.driver import Driver, export, exportstream
from pydantic import BaseModel

CHUNK = 65536
PATTERN = bytes(i % 251 for i in range(CHUNK + 251))
COUNTERS = ("sleeping", "interrupted", "blocking", "forever_running", "emitted", "streams_open", "streams_closed",
            "received", "eofs", "flooded", "resets")


def pattern(start, length):
    """Bytes `start` to `start + length` of the endless text whose byte `i` is `i mod 251`."""
    return PATTERN[start % 251:start % 251 + length]


class Shared:
    """What the instances of one `group` have in common."""

    by_name: dict[str, Shared] = {}

    def __init__(self):
        self.counters = dict.fromkeys(COUNTERS, 0)
        self.release = threading.Event()
        self.gate = anyio.Semaphore(0)

    def add(self, counter, n=1):
        self.counters[counter] += n


class Colour(enum.Enum):
    RED = "red"


class One(enum.IntEnum):
    ONE = 1


class Model(BaseModel):
    a: int = 1
    b: str | None = None
    data: bytes = b"hi"


@dataclass
class Pair:
    x: int = 1
    y: str = "s"


VALUES = {
    "none": None, "true": True, "int": 7, "five": 5, "bigint": 2**60 + 1, "float": 1.5,
    "nan": math.nan, "inf": math.inf, "neginf": -math.inf, "nested_nan": [math.nan, {"v": math.inf}],
    "str": "héllo", "bytes": b"abc", "bytes_bin": b"\xff\x00",
    "list": [1, "a", None], "tuple": (1, "b"), "set": {3},
    "dict": {"k": [1, 2]}, "dict_intkey": {1: "x"}, "odd_keys": {1: "x", 2.5: "x", None: "x"},
    "enum": Colour.RED, "intenum": One.ONE, "model": Model(), "dataclass": Pair(),
    "base64": {"data": b64encode(b"\x00\xff\x10").decode()},
    "uuid": UUID(int=5), "path": Path("/a/b"),
    "datetime": datetime(2026, 1, 2, 3, 4, 5), "instant": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
    "date": date(2026, 1, 2), "time": time(1, 2, 3),
    "timedelta": timedelta(seconds=90), "duration_ms": timedelta(seconds=60.5),
    "decimal": Decimal("1.50"), "object": object(),
}


def error(name, text):
    return {cls.__name__: cls for cls in (
        NotImplementedError, ValueError, TimeoutError, ConnectionError, ConnectionRefusedError, BrokenPipeError, OSError,
        FileNotFoundError, PermissionError, KeyError, AssertionError, Exception, RuntimeError, TypeError)}[name](text)


class Counted(ObjectStream[bytes]):
    """The driver's end of a stream: reads are counted, the end of input is remembered."""

    def __init__(self, shared):
        self.shared = shared
        self.ended = anyio.Event()
        self.out_tx, self.out_rx = anyio.create_memory_object_stream[bytes](32)

    async def send(self, item):
        self.shared.add("received", len(item))

    async def send_eof(self):
        self.shared.add("eofs")
        self.ended.set()

    async def receive(self):
        return await self.out_rx.receive()

    async def aclose(self):
        self.ended.set()


class Echo(Counted):
    async def send(self, item):
        await super().send(item)
        await self.out_tx.send(item)

    async def send_eof(self):
        await super().send_eof()
        self.out_tx.close()


class Collect(Counted):
    def __init__(self, shared):
        super().__init__(shared)
        self.length, self.digest = 0, hashlib.sha256()

    async def send(self, item):
        await super().send(item)
        self.length += len(item)
        self.digest.update(item)

    async def send_eof(self):
        await super().send_eof()
        await self.out_tx.send(f"{self.length} {self.digest.hexdigest()}".encode())
        self.out_tx.close()


class Eof(Counted):
    def __init__(self, shared):
        super().__init__(shared)
        self.out_tx.send_nowait(b"first")
        self.out_tx.close()


class Broken(Counted):
    sent = False

    async def receive(self):
        if not self.sent:
            self.sent = True
            return b"before"
        raise OSError("device lost")


class Sink(Counted):
    async def send(self, item):
        await self.ended.wait()
        raise anyio.ClosedResourceError


class Flood(Counted):
    position = 0

    async def receive(self):
        await anyio.lowlevel.checkpoint()
        chunk = pattern(self.position, CHUNK)
        self.position += CHUNK
        self.shared.add("flooded", CHUNK)
        return chunk


@dataclass(kw_only=True)
class Err(Driver):
    group: str = "default"
    fail_start: str | None = None
    close_file: str | None = None

    def __post_init__(self):
        super().__post_init__()
        if self.fail_start:
            raise RuntimeError(self.fail_start)
        self.shared = Shared.by_name.setdefault(self.group, Shared())

    @classmethod
    def client(cls):
        return "jumpstarter.client.DriverClient"

    def reset(self):
        self.shared.add("resets")
        super().reset()

    def close(self):
        if self.close_file:
            with open(self.close_file, "a") as f:
                f.write("closed\n")
        super().close()

    # Calls

    @export
    def fail(self, name):
        raise error(name, f"msg-{name}")

    @export
    async def afail(self, name):
        raise error(name, f"msg-{name}")

    @export
    def failempty(self):
        raise Exception

    @export
    def raise_text(self, name, text, times):
        raise error(name, text * int(times))

    @export
    def ret(self, kind):
        return VALUES[kind]

    @export
    def default(self, a, b=5):
        return [a, b, 1]

    @export
    def echo(self, *values):
        return [[type(v).__name__, v] for v in values]

    @export
    def answer(self, value):
        return value

    @export
    def typed_int(self, n):
        if n != int(n):
            raise ValueError(f"n: {n} (expected: an integer)")
        return str(int(n))

    @export
    def void(self):
        pass

    @export
    def big(self, n):
        return "x" * int(n)

    @export
    def deep(self, n):
        value = []
        for _ in range(int(n) - 1):
            value = [value]
        return value

    @export
    def _hidden(self, text):
        return f"hidden {text}"

    def unmarked(self):
        return "must not be reachable"

    @export
    async def sleep_forever(self):
        await self._sleep()

    async def _sleep(self):
        self.shared.add("sleeping")
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            self.shared.add("interrupted")
            raise
        finally:
            self.shared.add("sleeping", -1)

    @export
    def block(self):
        return self._wait_for_release()

    @export
    def stuck(self):
        return self._wait_for_release()

    def _wait_for_release(self):
        mine = self.shared.release
        self.shared.add("blocking")
        mine.wait()
        self.shared.add("blocking", -1)
        return "released"

    @export
    async def release(self):
        self.shared.release.set()
        self.shared.release = threading.Event()

    @export
    async def open_gate(self, permits):
        for _ in range(int(permits)):
            self.shared.gate.release()

    @export
    async def state(self):
        return dict(self.shared.counters)

    @export
    def log(self, level, text):
        self.logger.log(logging.getLevelName(level), text)

    @export
    def log_many(self, n):
        for i in range(int(n)):
            self.logger.info("line %d", i)

    @export
    async def take(self, handle):
        length, digest = 0, hashlib.sha256()
        async with self.resource(handle) as stream:
            async for chunk in stream:
                length += len(chunk)
                digest.update(chunk)
        return {"length": length, "sha256": digest.hexdigest()}

    @export
    async def take_fail(self, handle):
        async with self.resource(handle) as stream:
            await stream.receive()
            raise ValueError("device full")

    @export
    async def give(self, handle, size):
        async with self.resource(handle) as stream:
            for start in range(0, int(size), CHUNK):
                await stream.send(pattern(start, min(CHUNK, int(size) - start)))

    # Streaming calls

    @export
    async def gen(self, name):
        yield 1
        yield {"n": 2}
        raise error(name, f"msg-{name}")

    @export
    async def items(self, n):
        for i in range(int(n)):
            yield i

    @export
    async def gated(self, n):
        for i in range(int(n)):
            if i:
                await self.shared.gate.acquire()
            yield i

    @export
    async def forever(self):
        self.shared.add("forever_running")
        try:
            i = 0
            while True:
                self.shared.add("emitted")
                yield i
                i += 1
        finally:
            self.shared.add("forever_running", -1)

    @export
    async def quiet(self):
        await self._sleep()
        yield None

    # Streams

    @asynccontextmanager
    async def _opened(self, end):
        self.shared.add("streams_open")
        try:
            yield end
        finally:
            self.shared.add("streams_open", -1)
            self.shared.add("streams_closed")

    @exportstream
    def connect(self):
        return self._opened(Echo(self.shared))

    @exportstream
    def collect(self):
        return self._opened(Collect(self.shared))

    @exportstream
    def eof(self):
        return self._opened(Eof(self.shared))

    @exportstream
    @asynccontextmanager
    async def boom(self):
        raise ValueError("boom before yield")
        yield

    @exportstream
    def broken(self):
        return self._opened(Broken(self.shared))

    @exportstream
    def sink(self):
        return self._opened(Sink(self.shared))

    @exportstream
    def flood(self):
        return self._opened(Flood(self.shared))
