"""Thin XRPC: a method's name and its parameters in, its JSON out, errors by their own names.

Which host answers what, and how fast it may be asked, are settings ([bluesky] in sources.toml).
Defaults: the public AppView, the PLC directory and a relay; 10 calls a second each, which is the
documented limit of 3,000 in five minutes (docs.bsky.app "rate limits").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from influencr.errors import BadAnswer, InfluencrError

__all__ = ["PER_SECOND", "Hosts", "Xrpc", "error_name"]

PER_SECOND = 10.0


class Hosts(NamedTuple):
    """Base addresses. `search` answers searchActors and searchStarterPacksV2."""

    appview: str = "https://public.api.bsky.app"
    search: str = "https://public.api.bsky.app"
    plc: str = "https://plc.directory"
    relay: str = "https://relay1.us-east.bsky.network"


class _Answer(Protocol):
    def json(self) -> Any: ...


class Caller(Protocol):
    """The part of `sources.http.Client` that is needed here."""

    def get(
        self, url: str, params: Mapping[str, Any] | None = None, *, purpose: str = ""
    ) -> _Answer: ...


class Xrpc:
    """Questions to the network, through one client."""

    def __init__(self, client: Caller, hosts: Hosts) -> None:
        self._client, self.hosts = client, hosts

    def ask(
        self, host: str, method: str, params: Mapping[str, Any], *, purpose: str
    ) -> Mapping[str, Any]:
        """The answer to `GET <host>/xrpc/<method>`, an object.

        purpose   under which strategy the call is counted

        Raises what the client raises, BadAnswer for an answer that is no object.
        """
        address = f"{host}/xrpc/{method}"
        return _object(self._client.get(address, params, purpose=purpose).json(), method)

    def document(self, did: str, *, purpose: str) -> Mapping[str, Any]:
        """A did:plc or did:web document: which server holds the account's records."""
        if did.startswith("did:web:"):
            host = did.removeprefix("did:web:").split(":")[0]
            address = f"https://{quote(host, safe='.%')}/.well-known/did.json".replace("%25", "%")
        else:
            address = f"{self.hosts.plc}/{quote(did, safe=':')}"
        return _object(self._client.get(address, purpose=purpose).json(), "a DID document")


def _object(found: Any, method: str) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise BadAnswer(f"{method} answered {type(found).__name__} where an object is due.")
    return found


def error_name(error: InfluencrError) -> str:
    """The XRPC name of a refusal ("AccountTakedown"), its message where the name says nothing.

    The AppView says "InvalidRequest" with the message "Profile not found" for unknown accounts.
    """
    try:
        said = json.loads(getattr(error, "body", "") or "{}")
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    name, message = said.get("error"), said.get("message")
    if name in (None, "InvalidRequest") and isinstance(message, str):
        return message
    return name if isinstance(name, str) else ""
