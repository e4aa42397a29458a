"""A name server on a free UDP port of 127.0.0.1: TXT records that a test sets, over the wire."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Names:
    """`records` holds texts by name; `silent` answers nobody; `asked` is what was asked for."""

    def __init__(self) -> None:
        self.records: dict[str, list[str]] = {}
        self.silent = False
        self.asked: list[str] = []
        self.address = ""

    def answer(self, wire: bytes) -> bytes | None:
        """What goes back for one packet."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if self.silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        if name not in self.records:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.TXT and self.records[name]:
            texts = [f'"{text}"' for text in self.records[name]]
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", "TXT", *texts))
        return response.to_wire()


@contextlib.contextmanager
def answering() -> Iterator[Names]:
    """A name server until the block ends."""
    names = Names()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, socket = self.request
            if (back := names.answer(wire)) is not None:
                socket.sendto(back, self.client_address)

    server = socketserver.UDPServer(("127.0.0.1", 0), Handler)
    names.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield names
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
