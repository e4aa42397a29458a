"""What is sent and what comes back, as plain values: a transport is a function between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from influencr.errors import BadAnswer, Unreachable

__all__ = ["Answer", "Call", "NotSent", "Transport", "origin_of"]


class Call(NamedTuple):
    """One request, ready to be sent.

    url         absolute, parameters encoded
    headers     as they are sent, the user agent included
    max_bytes   so many bytes of body may come, packed and unpacked
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    max_bytes: int

    def __repr__(self) -> str:
        # Addresses and headers carry keys, and a value ends up in tracebacks.
        return f"Call({self.method} {origin_of(self.url)})"


class Answer(NamedTuple):
    """One response, read whole.

    headers   names in lower case; of a repeated header the values joined by ", "
    body      unpacked
    url       where it came from in the end
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def __repr__(self) -> str:
        return f"Answer({self.status} {origin_of(self.url)}, {len(self.body)} bytes)"

    def json(self) -> Any:
        """The body as JSON; BadAnswer when it is none."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, RecursionError):
            raise BadAnswer(
                f"{origin_of(self.url)} answered {len(self.body):,} bytes that are not JSON.",
                status=self.status,
                url=origin_of(self.url),
            ) from None


class NotSent(Unreachable):
    """The service cannot have seen the call: no connection came about."""

    code = "not_sent"


#: Sends one call and reads the answer; raises Unreachable, BadAnswer or Refused.
Transport = Callable[[Call], Answer]


def origin_of(url: str) -> str:
    """Scheme, host and port: what may be shown of any address.

    >>> origin_of("https://me:secret@example.org:8443/a?key=1")
    'https://example.org:8443'
    """
    scheme, _, rest = url.partition("://")
    for end in "/?#":
        rest = rest.partition(end)[0]
    return f"{scheme}://{rest.rpartition('@')[2]}"
