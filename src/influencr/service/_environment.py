"""The settings an operator can make, as environment variables: one table, read once at start.

The table is what `docs/reference` prints, so a setting that is not here does not exist.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from influencr.errors import UnknownValue, UsageError

__all__ = ["VARIABLES", "Environment", "Variable", "read"]


class Variable(NamedTuple):
    """One environment variable: its name, the default in words, and what it decides."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("INFLUENCR_HOME", "the user data folder", "Folder of all data of this instance."),
    Variable(
        "INFLUENCR_INDEX_ENGINE",
        "columns",
        "What searches: `columns` or `tantivy`; after a change, `refresh` builds the index anew.",
    ),
    Variable(
        "INFLUENCR_ALLOWED_HOSTS",
        "localhost and the loopback addresses",
        "Host names that this instance answers to, separated by commas; added to the default.",
    ),
    Variable(
        "INFLUENCR_TRUSTED_PROXY",
        "none",
        "Address of the reverse proxy whose X-Forwarded-* headers are believed.",
    ),
    Variable(
        "INFLUENCR_HTTPS",
        "off",
        "`on` when people reach the instance by https: secure cookies and HSTS.",
    ),
    Variable(
        "INFLUENCR_OPERATOR",
        "the operator of this instance",
        "Who runs this instance, as named to the people it lists.",
    ),
    Variable(
        "INFLUENCR_OPERATOR_CONTACT",
        "none",
        "E-mail address or https address where listed people reach the operator.",
    ),
    Variable(
        "INFLUENCR_CONTACT",
        "`contact` in sources.toml",
        "E-mail or https address named to every service that is asked; without it, none is.",
    ),
    Variable(
        "INFLUENCR_YOUTUBE_KEY",
        "`secrets/youtube_key` in the home",
        "Your key of the YouTube Data API.",
    ),
    Variable(
        "INFLUENCR_INSTAGRAM_TOKEN",
        "`secrets/instagram_token` in the home",
        "Your access token of the Instagram Graph API.",
    ),
    Variable(
        "INFLUENCR_DEBUG", "off", "`on` shows tracebacks in terminal and browser; never in public."
    ),
)


class Environment(NamedTuple):
    """The settings with their types; `home` None means the default folder."""

    home: str | None
    allowed_hosts: tuple[str, ...]
    trusted_proxy: str | None
    https: bool
    operator: str
    operator_contact: str | None
    debug: bool


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """The settings of this process.

    Raises UnknownValue for a switch that is neither on nor off and UsageError for a contact that
    is neither an e-mail nor an https address.
    """
    contact = environ.get("INFLUENCR_OPERATOR_CONTACT", "").strip() or None
    if contact and not (contact.startswith("https://") or "@" in contact.strip("@")):
        raise UsageError(
            f"INFLUENCR_OPERATOR_CONTACT: {contact!r} is neither an e-mail address nor an https "
            "address.",
            field="INFLUENCR_OPERATOR_CONTACT",
        )
    hosts = environ.get("INFLUENCR_ALLOWED_HOSTS", "").split(",")
    return Environment(
        home=environ.get("INFLUENCR_HOME") or None,
        allowed_hosts=tuple(h.strip() for h in hosts if h.strip()),
        trusted_proxy=environ.get("INFLUENCR_TRUSTED_PROXY") or None,
        https=_switch(environ, "INFLUENCR_HTTPS"),
        operator=environ.get("INFLUENCR_OPERATOR") or "the operator of this instance",
        operator_contact=contact,
        debug=_switch(environ, "INFLUENCR_DEBUG"),
    )


_SWITCH = {"on": True, "1": True, "true": True, "off": False, "0": False, "false": False, "": False}


def _switch(environ: Mapping[str, str], name: str) -> bool:
    word = environ.get(name, "").strip().casefold()
    if word not in _SWITCH:
        raise UnknownValue(name, word, ["on", "off"])
    return _SWITCH[word]
