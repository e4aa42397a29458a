"""How does a call travel? Over httpx2, with every connection opened to a checked address.

The only module that knows the HTTP library. Cookies, redirects, environment proxies and logging of
addresses are left out on purpose: they would carry secrets or lead somewhere unchecked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

from influencr.errors import BadAnswer, Unreachable
from influencr.sources.http._addresses import Allowed, Resolve, checked
from influencr.sources.http._answer import Answer, Call, NotSent, origin_of

__all__ = ["Wire"]


class _Deadlines(threading.local):
    """When the call of this thread must be over (monotonic seconds)."""

    at: float = float("inf")

    def left(self, seconds: float | None) -> float:
        """The smaller of a step's own limit and what is left of the whole."""
        rest = self.at - time.monotonic()
        if rest <= 0:
            raise httpcore2.ReadTimeout("the whole call took too long")
        return rest if seconds is None else min(rest, seconds)


class _Stream(httpcore2.NetworkStream):
    """A connection whose every step keeps the deadline of the call, headers included."""

    def __init__(self, inner: httpcore2.NetworkStream, deadlines: _Deadlines) -> None:
        self._inner = inner
        self._deadlines = deadlines

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadlines.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadlines.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        seconds = self._deadlines.left(timeout)
        return _Stream(
            self._inner.start_tls(ssl_context, server_hostname, seconds), self._deadlines
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore2.NetworkBackend):
    """Opens connections to checked addresses only; TLS still proves the name."""

    def __init__(self, allowed: Allowed, deadlines: _Deadlines, resolve: Resolve | None) -> None:
        self._allowed = allowed
        self._deadlines = deadlines
        self._resolve = resolve
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: Exception | None = None
        for number in checked(host, port, self._allowed, self._resolve):
            try:
                opened = self._sockets.connect_tcp(
                    number, port, self._deadlines.left(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            return _Stream(opened, self._deadlines)
        raise failure or httpcore2.ConnectError("no address")


class Wire:
    """The transport of a client that talks to real services. Thread-safe; close it.

    allowed   places that the settings name
    connect, read, total   seconds: to connect, between two pieces of an answer, for one call whole
    """

    def __init__(
        self,
        allowed: Allowed,
        *,
        connect: float,
        read: float,
        total: float,
        resolve: Resolve | None = None,
    ) -> None:
        self._deadlines = _Deadlines()
        self._total = total
        self._timeouts = {"connect": connect, "read": read, "write": read, "pool": total}
        self._network = _Network(allowed, self._deadlines, resolve)
        self._lock = threading.Lock()
        self._pools: dict[str, httpcore2.ConnectionPool] = {}

    def _pool(self, scheme: str) -> httpcore2.ConnectionPool:
        """Connections of one scheme; certificates are read (half a second) only for https."""
        with self._lock:
            if scheme not in self._pools:
                self._pools[scheme] = httpcore2.ConnectionPool(
                    ssl_context=httpx2.create_ssl_context() if scheme == "https" else None,
                    max_connections=32,
                    max_keepalive_connections=16,
                    keepalive_expiry=30.0,
                    network_backend=self._network,
                )
            return self._pools[scheme]

    def __call__(self, call: Call) -> Answer:
        place = origin_of(call.url)
        self._deadlines.at = time.monotonic() + self._total
        try:
            return self._send(call, place)
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.PoolTimeout) as error:
            raise NotSent(f"{place} cannot be connected to: {_words(error)}.") from None
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as e:
            raise Unreachable(f"{place} broke off: {_words(e)}.") from None
        except httpx2.DecodingError:
            raise BadAnswer(f"{place} sent a body that cannot be unpacked.", url=place) from None
        except httpx2.InvalidURL:
            raise BadAnswer("An address cannot be read as one.", url=place) from None

    def _send(self, call: Call, place: str) -> Answer:
        sent = httpx2.Request(
            call.method, call.url, headers=dict(call.headers), content=call.body or None
        )
        request = httpcore2.Request(
            method=sent.method,
            url=httpcore2.URL(
                scheme=sent.url.raw_scheme,
                host=sent.url.raw_host,
                port=sent.url.port,
                target=sent.url.raw_path,
            ),
            headers=sent.headers.raw,
            content=sent.read(),
            extensions={"timeout": self._timeouts},
        )
        got = self._pool(sent.url.scheme).handle_request(request)
        try:
            headers = httpx2.Headers(got.headers)
            said = headers.get("content-length", "")
            if said.isdecimal() and int(said) > call.max_bytes:
                raise _too_large(place, call.max_bytes, got.status)
            body = self._read(got, headers, call.max_bytes, place)
        finally:
            got.close()
        joined = {name.lower(): value for name, value in headers.items()}
        return Answer(got.status, joined, body, call.url)

    def _read(
        self, got: httpcore2.Response, headers: httpx2.Headers, most: int, place: str
    ) -> bytes:
        """The body, unpacked in pieces of at most 1 MiB, so that a small bomb stays small."""
        packed = 0

        class Counted(httpx2.SyncByteStream):
            def __iter__(self) -> Any:
                nonlocal packed
                for piece in got.iter_stream():
                    packed += len(piece)
                    if packed > most:
                        raise _too_large(place, most, got.status)
                    yield piece

        body = bytearray()
        answer = httpx2.Response(got.status, headers=headers, stream=Counted())
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > most:
                raise _too_large(place, most, got.status)
        return bytes(body)

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()


def _too_large(place: str, most: int, status: int) -> BadAnswer:
    return BadAnswer(f"{place} sent more than {most:,} bytes.", status=status, url=place)


def _words(error: Exception) -> str:
    return str(error).strip(" .") or type(error).__name__
