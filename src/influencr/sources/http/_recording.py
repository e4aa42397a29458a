"""What did a service answer once, and the same again without asking? Files for tests.

One JSON file per exchange, named by its order. A recorder keeps no secret: known ones and those
under telling names are replaced in addresses, headers and bodies before anything is written. A
replay answers the same calls from the files; equal calls get their answers in recorded order, and
the last one from then on.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

from influencr.errors import UnreadableInput
from influencr.sources.http._addresses import Allowed
from influencr.sources.http._answer import Answer, Call, Transport
from influencr.sources.http._redact import Redactor

__all__ = ["Recorder", "Replay"]

# What a test may need of an answer; everything else (cookies, server names) is left out.
_KEPT = frozenset({"content-type", "date", "etag", "link", "location", "retry-after"})


class _Exchange(msgspec.Struct):
    """One call with its answer, as it lies in a file; a body is text, or base64 when it is none."""

    method: str
    url: str
    sent: str
    status: int
    headers: dict[str, str]
    text: str | None = None
    base64: str | None = None


class Recorder:
    """A transport that asks another one and writes down what was said.

    folder      made when absent; files of an earlier recording are not overwritten
    transport   who is asked; by default the network
    allow       for the network: base addresses that the settings name
    secrets     texts that are never written
    """

    def __init__(
        self,
        folder: Path,
        transport: Transport | None = None,
        *,
        allow: Sequence[str] = (),
        secrets: Sequence[str] = (),
    ) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._redact = Redactor(secrets)
        self._lock = threading.Lock()
        self._number = len(list(folder.glob("*.json")))
        if transport is None:
            from influencr.sources.http._wire import Wire

            transport = Wire(Allowed(allow), connect=10.0, read=30.0, total=120.0)
        self._transport = transport

    def __call__(self, call: Call) -> Answer:
        answer = self._transport(call)
        hide = self._redact.body
        exchange = _Exchange(
            method=call.method,
            url=hide(call.url),
            sent=hide(call.body.decode("utf-8", "replace")),
            status=answer.status,
            headers={
                name: hide(value)
                for name, value in sorted(answer.headers.items())
                if name in _KEPT or "ratelimit" in name
            },
        )
        try:
            exchange.text = hide(answer.body.decode("utf-8"))
        except UnicodeDecodeError:
            exchange.base64 = base64.b64encode(answer.body).decode("ascii")
        with self._lock:
            self._number += 1
            file = self._folder / f"{self._number:04d}.json"
        encoded = msgspec.json.format(msgspec.json.encode(exchange), indent=1)
        file.write_bytes(encoded + b"\n")
        return answer


class Replay:
    """A transport that answers from recorded files.

    Raises UnreadableInput for a call that was not recorded, with its address.
    """

    def __init__(self, folder: Path, *, secrets: Sequence[str] = ()) -> None:
        self._redact = Redactor(secrets)
        self._lock = threading.Lock()
        self._answers: dict[tuple[object, ...], list[_Exchange]] = {}
        for file in sorted(folder.glob("*.json")):
            try:
                exchange = msgspec.json.decode(file.read_bytes(), type=_Exchange)
            except msgspec.DecodeError as error:
                raise UnreadableInput(f"{file} is no recorded exchange: {error}.") from None
            key = _key(exchange.method, exchange.url, exchange.sent)
            self._answers.setdefault(key, []).append(exchange)

    def __call__(self, call: Call) -> Answer:
        hide = self._redact.body
        url = hide(call.url)
        key = _key(call.method, url, hide(call.body.decode("utf-8", "replace")))
        with self._lock:
            recorded = self._answers.get(key)
            if not recorded:
                raise UnreadableInput(f"{call.method} {url} was not recorded.")
            found = recorded.pop(0) if len(recorded) > 1 else recorded[0]
        body = found.text.encode() if found.text is not None else b""
        if found.base64 is not None:
            body = base64.b64decode(found.base64)
        return Answer(found.status, found.headers, body, call.url)


def _key(method: str, url: str, sent: str) -> tuple[object, ...]:
    """What makes two calls the same; the order of parameters does not count."""
    parts = urlsplit(url)
    query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return method, parts.scheme, parts.netloc, parts.path, query, sent
