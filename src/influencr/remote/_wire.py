"""How a call reaches an instance: the only module of this folder that knows the HTTP library.

No redirect is followed and no cookie kept, so that a key goes to the address that was named and to
no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx2

import influencr
from influencr.errors import Unreachable
from influencr.remote._address import Address
from influencr.remote._calls import Answer, Call

__all__ = ["AsyncWire", "Wire"]

#: Seconds to be connected; for the answer the caller says.
_CONNECT: Final = 10.0


class Wire:
    """Sends calls, one after the other or from several threads."""

    def __init__(self, address: Address, timeout: float) -> None:
        self._address = address
        self._client = httpx2.Client(
            headers=_headers(address), timeout=httpx2.Timeout(timeout, connect=_CONNECT)
        )

    def send(self, call: Call) -> Answer | Unreachable:
        """The answer, whatever it says, or why none came."""
        try:
            answer = self._client.request(
                call.method,
                self._address.url + call.target,
                headers=dict(call.headers),
                content=call.body,
            )
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            return _unreachable(self._address, error)
        return Answer(answer.status_code, _lower(answer.headers), answer.content)

    @contextmanager
    def stream(self, call: Call) -> Iterator[Answer | Unreachable | Iterator[bytes]]:
        """The bytes of a file while they come; or the answer, whole, that is none.

        While they are read, Unreachable is raised when they break off.
        """
        try:
            with self._client.stream(
                call.method,
                self._address.url + call.target,
                headers=dict(call.headers),
                content=call.body,
            ) as answer:
                headers = _lower(answer.headers)
                if answer.status_code != 200 or "content-disposition" not in headers:
                    yield Answer(answer.status_code, headers, answer.read())
                else:
                    yield self._pieces(answer)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            yield _unreachable(self._address, error)

    def _pieces(self, answer: httpx2.Response) -> Iterator[bytes]:
        try:
            yield from answer.iter_bytes()
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise Unreachable(
                f"{self._address.url} broke the file off before its end ({error}); nothing was "
                "written, ask again.",
                url=self._address.url,
            ) from error

    def close(self) -> None:
        """Close connections."""
        self._client.close()


class AsyncWire:
    """The same for those who await."""

    def __init__(self, address: Address, timeout: float) -> None:
        self._address = address
        self._client = httpx2.AsyncClient(
            headers=_headers(address), timeout=httpx2.Timeout(timeout, connect=_CONNECT)
        )

    async def send(self, call: Call) -> Answer | Unreachable:
        """See `Wire.send`."""
        try:
            answer = await self._client.request(
                call.method,
                self._address.url + call.target,
                headers=dict(call.headers),
                content=call.body,
            )
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            return _unreachable(self._address, error)
        return Answer(answer.status_code, _lower(answer.headers), answer.content)

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()


def _headers(address: Address) -> dict[str, str]:
    headers = {"User-Agent": f"influencr/{influencr.__version__} (Python)"}
    if address.key:
        headers["Authorization"] = f"Bearer {address.key}"
    return headers


def _lower(headers: httpx2.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _unreachable(address: Address, error: Exception) -> Unreachable:
    what = "took too long" if isinstance(error, httpx2.TimeoutException) else "does not answer"
    said = f" ({error})" if str(error) else ""
    return Unreachable(
        f"{address.url} {what}{said}; check that the instance runs, or ask again later.",
        url=address.url,
    )
