"""Calling an address that a stranger gave: public, over https, and nothing else whatever it says.

No setting allows a private address here, since who gives the address is not the operator.
"""

from __future__ import annotations

from influencr.sources.http._addresses import Allowed, check_url
from influencr.sources.http._answer import Answer, Call, Transport

__all__ = ["check_public", "public_wire"]


def check_public(url: str) -> None:
    """Refused for an address that is not https, or whose host is a private number or localhost.

    What a name resolves to is checked when a connection is opened.
    """
    check_url(url, Allowed())


def public_wire(*, connect: float, read: float, total: float) -> Transport:
    """Sends calls to public addresses, one attempt each; redirects are not followed.

    connect, read, total   seconds, as of `Wire`

    Raises Refused for any other address, Unreachable and BadAnswer as `Wire`.
    """
    from influencr.sources.http._wire import Wire

    wire = Wire(Allowed(), connect=connect, read=read, total=total)

    def send(call: Call) -> Answer:
        check_public(call.url)
        return wire(call)

    return send
