"""A device for the stock exporter that keeps a book on who used it, as `rigbus.testing.Ledger` does."""

import os
import time

from jumpstarter.driver import Driver, export
from pydantic.dataclasses import dataclass


@dataclass(kw_only=True)
class Ledger(Driver):
    file: str

    @classmethod
    def client(cls):
        return "jumpstarter.client.DriverClient"

    @export
    def touch(self, lease: str, client: str, number: float):
        line = f"{time.monotonic_ns()} {lease} {client} {int(number)}\n"
        book = os.open(self.file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
        try:
            os.write(book, line.encode())
            os.fsync(book)
        finally:
            os.close(book)
