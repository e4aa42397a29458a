"""Which addresses may be connected to? Public ones, and what the operator's settings name.

A service, a record or a redirect can name any host, and a name can resolve to anything: to the
loopback, to a router, to a cloud's metadata service. So the decision is made on resolved numbers,
and the socket is opened to a number that was checked, never to the name again (a name that is
resolved twice may give two answers). One private number among a name's answers refuses the name.

Private numbers are reachable in one way: a base address with a literal number or `localhost` in
the settings of the source, for exactly that host and port.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from influencr.errors import Refused, Unreachable

__all__ = ["Allowed", "Resolve", "check_url", "checked", "connect", "is_public"]

#: socket.getaddrinfo or what stands for it in a test.
Resolve = Callable[..., Any]

_PORTS = {"https": 443, "http": 80, "wss": 443, "ws": 80}

# Prefixes that carry an IPv4 address inside, with the bit where it starts and whether they may be
# connected to: mapped (RFC 4291) and NAT64 (RFC 6052) stand for that address; compatible
# (RFC 4291), local NAT64 (RFC 8215) and 6to4 (RFC 3056) are old or lead into one's own network.
_CARRYING = [
    (ipaddress.IPv6Network("::ffff:0:0/96"), True),
    (ipaddress.IPv6Network("64:ff9b::/96"), True),
    (ipaddress.IPv6Network("::/96"), False),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), False),
    (ipaddress.IPv6Network("2002::/16"), False),
    (ipaddress.IPv6Network("2001::/32"), False),  # Teredo (RFC 4380)
]


class Allowed:
    """Hosts and ports that the settings name, private or not.

    addresses   base addresses; names other than `localhost` are no exemption, since what a name
                resolves to is not the operator's word
    """

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        self._named: set[tuple[str, int]] = set()
        for address in addresses:
            host, port = _host_and_port(address)
            if host == "localhost" or _number(host) is not None:
                self._named.add((host, port))

    def __contains__(self, place: tuple[str, int]) -> bool:
        return place in self._named

    def holds(self, url: str) -> bool:
        """Whether the settings name this address's host and port."""
        return _host_and_port(url) in self._named


def is_public(address: str) -> bool:
    """Whether a numeric address lies in the public internet, the IPv4 inside an IPv6 included.

    >>> [is_public(a) for a in ("8.8.8.8", "127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254")]
    [True, False, False, False]
    """
    number = _number(address)
    if number is None:
        return False
    if isinstance(number, ipaddress.IPv6Address):
        for network, stands_for_it in _CARRYING:
            if number in network:
                inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
                return stands_for_it and is_public(str(inner))
    return number.is_global and not number.is_multicast and not number.is_reserved


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _host_and_port(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("An address has a port or host that cannot be.") from None
    host = (parts.hostname or "").rstrip(".").casefold()
    return host, port or _PORTS.get(parts.scheme, 0)


def check_url(url: str, allowed: Allowed) -> None:
    """Refused unless the address is https with a host that can be public, or the settings name it.

    Names are not resolved here; `checked` does that when a connection is opened.
    """
    scheme = url.partition("://")[0].lower()
    host, port = _host_and_port(url)
    if (host, port) in allowed and scheme in ("http", "https", "ws", "wss"):
        return
    if not host or scheme not in ("https", "wss"):
        raise Refused(
            f"{scheme}://{host} is not asked: services are asked over https only, unless "
            "sources.toml names their address."
        )
    if host == "localhost" or host.endswith(".localhost"):
        raise _private(host)
    if _number(host) is not None and not is_public(host):
        raise _private(host)


def checked(host: str, port: int, allowed: Allowed, resolve: Resolve | None = None) -> list[str]:
    """The numeric addresses that may be connected to for this host and port.

    Raises Refused when any of them is not public (and the settings do not name the place),
    Unreachable when the name resolves to nothing.
    """
    name = host.strip("[]").rstrip(".").casefold()
    ask = socket.getaddrinfo if resolve is None else resolve
    numbers = [name] if _number(name) is not None else []
    if not numbers:
        try:
            answers = ask(name, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            answers = []
        numbers = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not numbers:
        raise Unreachable(f"{name} cannot be found: its name resolves to no address.")
    if (name, port) in allowed:
        is_own = [_is_loopback(n) if name == "localhost" else _same(n, name) for n in numbers]
        if all(is_own):
            return numbers
        raise _private(name)
    if not all(is_public(number) for number in numbers):
        raise _private(name)
    return numbers


def _same(number: str, name: str) -> bool:
    return _number(number) == _number(name)


def _is_loopback(number: str) -> bool:
    found = _number(number)
    return found is not None and found.is_loopback


def _private(host: str) -> Refused:
    return Refused(
        f"{host} is or resolves to an address that is not public, and such addresses are asked "
        "only when sources.toml names them by number."
    )


def connect(
    url: str,
    *,
    allow: Iterable[str] = (),
    timeout: float = 10.0,
    resolve: Resolve | None = None,
) -> socket.socket:
    """A TCP connection to a checked address of this url's host; the caller closes it.

    url       http, https, ws or wss
    allow     base addresses that the settings name
    timeout   seconds for each address of the name; also the socket's timeout afterwards

    Raises Refused for an address that may not be asked, Unreachable when none answers.
    """
    allowed = Allowed(allow)
    check_url(url, allowed)
    host, port = _host_and_port(url)
    failure = ""
    for number in checked(host, port, allowed, resolve):
        try:
            opened = socket.create_connection((number, port), timeout)
        except OSError as error:
            failure = error.strerror or type(error).__name__
            continue
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened
    raise Unreachable(f"{host} does not take connections on port {port}: {failure}.")
