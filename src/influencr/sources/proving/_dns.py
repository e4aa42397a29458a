"""The TXT records below a domain: who may write there owns the domain."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from influencr.errors import Unreachable

__all__ = ["LABEL", "domain_of", "txt_of"]

#: The record stands at this name below the domain, so that it disturbs no other.
LABEL = "_influencr"
#: Seconds for all questions together; our own choice.
_SECONDS = 6.0
_MOST_CHARS = 4_096
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")


def domain_of(link: str) -> str | None:
    """The domain of an address or of a handle that is one; None when nobody can own it.

    `www.` is left out: whoever serves it owns what stands behind.

    >>> domain_of("https://www.Ana.example/shop"), domain_of("ana.example"), domain_of("https://[::1]/")
    ('ana.example', 'ana.example', None)
    """
    text = link.strip().casefold()
    try:
        host = urlsplit(text if "://" in text else f"https://{text}").hostname or ""
        name = host.rstrip(".").encode("idna").decode("ascii")
        ipaddress.ip_address(name)
    except (UnicodeError, ValueError) as error:
        if isinstance(error, UnicodeError) or "does not appear to be" not in str(error):
            return None
    else:
        return None
    if name.startswith("www.") and name.count(".") > 1:
        name = name.removeprefix("www.")
    if not _HOST.fullmatch(name) or name.endswith((".localhost", ".local", ".internal", ".arpa")):
        return None
    return name


def txt_of(domain: str, servers: Sequence[tuple[str, int]] = ()) -> tuple[str, ...]:
    """The texts at `_influencr.<domain>`; none where there is no such name.

    domain    as `domain_of` gives it
    servers   name servers to ask; none: those of the machine

    Raises Unreachable when no name server answers in time.
    """
    import dns.exception
    import dns.resolver

    try:
        resolver = dns.resolver.Resolver(configure=not servers)
        if servers:
            resolver.nameservers = [host for host, _ in servers]
            resolver.nameserver_ports = dict(servers)
        # Only this name: a search list of the machine would ask below its own domain.
        answer = resolver.resolve(
            f"{LABEL}.{domain}.", "TXT", lifetime=_SECONDS, search=False, raise_on_no_answer=False
        )
    except dns.resolver.NXDOMAIN:
        return ()
    except dns.exception.DNSException as error:
        raise Unreachable(
            f"The name servers do not answer for {LABEL}.{domain} ({type(error).__name__})."
        ) from None
    if answer.rrset is None:
        return ()
    return tuple(
        b"".join(record.strings).decode("utf-8", "replace")[:_MOST_CHARS] for record in answer.rrset
    )
