"""Runs drivers of the Python implementation for a Rigbus exporter.

The first line of the standard input says which, as JSON; they are served on the Unix socket that it names, and one line on the standard output,
behind "rigbus: ", says so, or what went wrong. The end of the standard input is the end of this process, however its parent ended.
"""

import asyncio
import json
import os
import sys
import threading
from uuid import UUID, uuid5

# Nobody but the parent may read what drivers print; the answers below go to the real output.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer(**words):
    print("rigbus: " + json.dumps(words), file=answers, flush=True)


def failure(cause):
    return f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__


class Broken(Exception):
    def __init__(self, path, cause):
        super().__init__(failure(cause))
        self.path = path


def name_children(driver, known):
    """The children that a driver makes itself go by the same uuids each time."""
    for name, child in driver.children.items():
        if child.uuid not in known:
            child.uuid = uuid5(driver.uuid, name)
            name_children(child, known)


def build(posts):
    """The tree: what nothing here is a parent of stands below one root."""
    from jumpstarter.common.importlib import import_class
    from jumpstarter.driver import Driver
    from jumpstarter_driver_composite.driver import Composite

    class Elsewhere(Driver):
        """Stands for a driver that does not run in this process."""

        @classmethod
        def client(cls):
            return "jumpstarter.client.DriverClient"

    drivers, below = {}, set()
    for post in posts:
        children = {}
        for name, uuid in post["children"].items():
            below.add(uuid)
            children[name] = drivers.get(uuid) or Elsewhere(uuid=UUID(uuid))
        try:
            made = import_class(post["type"], [], True) if "type" in post else Composite
            driver = made(
                description=post["description"],
                methods_description=post.get("methods", {}),
                children=children,
                **post.get("config", {}),
            )
        except Exception as cause:
            raise Broken(post["path"], cause) from cause
        driver.uuid = UUID(post["uuid"])
        drivers[post["uuid"]] = driver
    known = {UUID(uuid) for uuid in drivers} | {UUID(uuid) for uuid in below}
    for driver in drivers.values():
        name_children(driver, known)
    tops = {post["path"]: drivers[post["uuid"]] for post in posts if post["uuid"] not in below}
    return Composite(children=tops)


async def serve(order):
    import logging

    import grpc
    from jumpstarter.exporter import Session
    from jumpstarter_protocol import jumpstarter_pb2, jumpstarter_pb2_grpc, router_pb2_grpc

    def make():
        return Session(uuid=UUID(order["uuid"]), labels={}, root_device=build(order["posts"]))

    def leave(session):
        try:
            session.root_device.close()
        except Exception:
            logging.getLogger("driver").exception("a driver did not close")

    class Changing(jumpstarter_pb2_grpc.ExporterServiceServicer, router_pb2_grpc.RouterServiceServicer):
        """A session for each lease, as the Python exporter has them: what the one before has left is gone."""

        def __init__(self):
            self.used = False
            self.session = make()

        async def GetReport(self, request, context):
            return await self.session.GetReport(request, context)

        async def DriverCall(self, request, context):
            self.used = True
            return await self.session[UUID(request.uuid)].DriverCall(request, context)

        async def StreamingDriverCall(self, request, context):
            self.used = True
            async for item in self.session[UUID(request.uuid)].StreamingDriverCall(request, context):
                yield item

        async def Stream(self, requests, context):
            self.used = True
            await self.session.Stream(requests, context)

        async def Reset(self, request, context):
            if self.used:
                logs = self.session._logging_handler, self.session._logging_queue
                leave(self.session)
                try:
                    self.session = make()
                except Broken:
                    logging.getLogger("driver").exception("a driver cannot start again")
                    os._exit(1)
                self.session._logging_handler, self.session._logging_queue = logs
                self.used = False
            self.session.root_device.reset()
            return jumpstarter_pb2.ResetResponse()

        async def LogStream(self, request, context):
            async for line in self.session.LogStream(request, context):
                yield line

    serving = Changing()
    logging.getLogger().addHandler(serving.session._logging_handler)
    serving.session.root_device.reset()
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", 64 << 20)])
    jumpstarter_pb2_grpc.add_ExporterServiceServicer_to_server(serving, server)
    router_pb2_grpc.add_RouterServiceServicer_to_server(serving, server)
    server.add_insecure_port(f"unix://{order['socket']}")
    await server.start()
    answer(ready=True)
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait():
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(over.set)

    threading.Thread(target=wait, daemon=True).start()
    await over.wait()
    await server.stop(grace=0.5)
    leave(serving.session)


def main():
    order = json.loads(sys.stdin.buffer.readline())
    try:
        asyncio.run(serve(order))
    except Broken as broken:
        answer(failed=str(broken), path=broken.path)
        os._exit(1)
    except Exception as cause:
        answer(failed=failure(cause))
        os._exit(1)
    os._exit(0)  # a thread that hangs in a driver must not keep the process


main()
