"""Driving raw streams of the stock client from a test's thread, always with a deadline."""

import hashlib
import random

import anyio

MIB = 1024 * 1024


def noise(size, seed=1):
    """The same unruly bytes every time."""
    return random.Random(seed).randbytes(size)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def talk(client, story, method="connect", seconds=30):
    """Runs `await story(stream)` on a stream of this driver."""

    async def body():
        with anyio.fail_after(seconds):
            async with client.stream_async(method) as stream:
                return await story(stream)

    return client.portal.call(body)


async def send_all(stream, data, chunk=65536):
    for at in range(0, len(data), chunk):
        await stream.send(data[at : at + chunk])


async def receive_exactly(stream, size):
    got = bytearray()
    while len(got) < size:
        got += await stream.receive()
    return bytes(got)


async def receive_to_end(stream):
    got = bytearray()
    try:
        while True:
            got += await stream.receive()
    except anyio.EndOfStream:
        return bytes(got)


def exchange(client, data, chunk=65536, seconds=60):
    """Sends the data and receives as much at the same time; returns what came back."""

    async def both(stream):
        async with anyio.create_task_group() as group:
            group.start_soon(send_all, stream, data, chunk)
            return await receive_exactly(stream, len(data))

    return talk(client, both, seconds=seconds)


def upload_then_listen(client, data, seconds=60):
    """Sends the data, half-closes, and returns all that comes back."""

    async def story(stream):
        await send_all(stream, data)
        await stream.send_eof()
        return await receive_to_end(stream)

    return talk(client, story, seconds=seconds)


def status_of(error):
    """The gRPC status behind a broken stream or a driver's error."""
    while error is not None:
        if hasattr(error, "code") and callable(error.code):
            return error.code().name, error.details()
        error = error.__cause__ or error.__context__
    raise AssertionError("no gRPC status behind this error")
