"""A small HTTP server that remembers what it was asked: the other end of presigned requests."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str  # byte for byte as sent
    headers: dict
    body: bytes = b""


@dataclass
class Web:
    base: str = ""
    seen: list = field(default_factory=list)
    # Path without its query → (status, headers, body); anything else is a 404.
    pages: dict = field(default_factory=dict)

    def page(self, path, body=b"", status=200, **headers):
        self.pages[path] = (status, headers, body)
        return self.base + path


@contextmanager
def serving():
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self._body()
            headers = {k.lower(): v for k, v in self.headers.items()}
            web.seen.append(Seen(self.command, self.path, headers, body))
            status, extra, content = web.pages.get(self.path.partition("?")[0], (404, {}, b"no such page"))
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = do_POST = answer

        def _body(self):
            """The whole body is read before the answer, whichever way it is framed."""
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                parts = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
