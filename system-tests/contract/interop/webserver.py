"""A web server that serves what a test puts there, and remembers what it was asked for."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """Paths, exactly as they stand in the request line, and their answers."""

    def __init__(self, url):
        self.url = url
        self.answers = {}
        self.requests = []  # (method, path, headers in lower case, body)

    @property
    def paths(self):
        return [path for method, path, _, _ in self.requests if method == "GET"]

    def serve(self, path, body, status=200, **headers):
        self.answers[path] = (status, {k.replace("_", "-"): v for k, v in headers.items()}, body)

    def redirect(self, path, to, status=302):
        self.answers[path] = (status, {"Location": to} if to else {}, b"")

    def headers_of(self, path):
        """The headers of the last request for this path."""
        return [headers for _, asked, headers, _ in self.requests if asked == path][-1]


@contextmanager
def web_server():
    """Yields a Site on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            # A body is read to its end before the answer, as real servers do.
            body = self._body()
            headers = {k.lower(): v for k, v in self.headers.items()}
            site.requests.append((self.command, self.path, headers, body))
            status, extra, answer = site.answers.get(self.path, (404, {}, b"not here"))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer)

        do_HEAD = do_PUT = do_GET

        def _body(self):
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site("http://{}:{}".format(*server.server_address))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
