"""[proof] in sources.toml: whom to ask for names, and addresses of tests.

[proof]
nameservers = ["127.0.0.1:5353"]        default: those of the machine
pages = ["http://127.0.0.1:8080"]       private addresses that may be read all the same
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from influencr.errors import UsageError

if TYPE_CHECKING:
    from influencr.sources.http import Settings

__all__ = ["KEYS", "NAME", "nameservers"]

NAME = "proof"
KEYS = ("nameservers", "pages")


def nameservers(settings: Settings) -> tuple[tuple[str, int], ...]:
    """(address, port) of the name servers that the operator names; none: those of the machine.

    Raises UsageError for what is none.
    """
    settings.check_keys(NAME, KEYS)
    found = []
    for said in settings.value(NAME, "nameservers", list[str]()):
        host, _, port = str(said).rpartition(":") if str(said).count(":") == 1 else (said, "", "53")
        try:
            found.append((str(ipaddress.ip_address(str(host))), int(port)))
        except ValueError:
            raise UsageError(
                f'sources.toml: [proof] nameservers names {said!r}; write "192.0.2.1" or '
                '"192.0.2.1:53".',
                field="nameservers",
            ) from None
    return tuple(found)
