"""A stand-in as an HTTP server on a free port of 127.0.0.1, for tests that go through the wire."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from influencr.sources.http import Answer, Call


class Reply(NamedTuple):
    """What a stand-in answers."""

    status: int
    headers: dict[str, str]
    body: bytes


#: path, query, headers (lower-case names) -> answer
type Answering = Callable[[str, dict[str, list[str]], dict[str, str]], Reply]


@contextlib.contextmanager
def served(answering: Answering) -> Iterator[str]:
    """The address at which GET requests are answered until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = answering(asked.path, parse_qs(asked.query, keep_blank_values=True), headers)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *words: object) -> None:
            """Say nothing: a test's output is the test's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def transport_of(answering: Answering) -> Callable[[Call], Answer]:
    """The same stand-in as a transport: no socket, no thread."""

    def transport(call: Call) -> Answer:
        asked = urlsplit(call.url)
        query = parse_qs(asked.query, keep_blank_values=True)
        reply = answering(asked.path, query, dict(call.headers))
        return Answer(reply.status, reply.headers, reply.body, call.url)

    return transport
