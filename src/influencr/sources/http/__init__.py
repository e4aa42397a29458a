"""How are services on the network asked? One client for all sources: slow, named, bounded, safe.

`Client` keeps pace and quotas (`Rule`) in a `State` that survives a kill, tries again what may
pass, opens connections to checked addresses only and shows no secret anywhere. `Settings` reads
what the operator decided. A transport is a function from `Call` to `Answer`, so a test needs no
network and no library; `Recorder` and `Replay` are two of them. `connect` gives websockets a
socket that went through the same check of addresses.

Only this folder knows the HTTP library, and only once something is sent.
"""

from __future__ import annotations

from influencr.sources.http._addresses import connect, is_public
from influencr.sources.http._answer import Answer, Call, NotSent, Transport
from influencr.sources.http._client import Client
from influencr.sources.http._limits import Reading, read_limits
from influencr.sources.http._pace import Rule, host_of
from influencr.sources.http._public import check_public, public_wire
from influencr.sources.http._recording import Recorder, Replay
from influencr.sources.http._redact import Redactor
from influencr.sources.http._settings import Settings
from influencr.sources.http._state import State

__all__ = [
    "Answer",
    "Call",
    "Client",
    "NotSent",
    "Reading",
    "Recorder",
    "Redactor",
    "Replay",
    "Rule",
    "Settings",
    "State",
    "Transport",
    "check_public",
    "connect",
    "host_of",
    "is_public",
    "public_wire",
    "read_limits",
]
