"""The settings an operator can make, as environment variables: one table, read once at start.

The table is what `docs/reference` prints, so a setting that is not here does not exist.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from influencr.errors import UnknownValue, UsageError
from influencr.service._addresses import Database, Mail, database, mail
from influencr.service._payments import LOOKUP_KEY, Payments, payments

__all__ = ["BILLING", "LOGS", "VARIABLES", "Environment", "Variable", "read"]

#: Who may search, and who says that they paid.
BILLING = ("none", "manual", "stripe")
#: What is written down about requests.
LOGS = ("failures", "requests")


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
        "INFLUENCR_BILLING",
        "none",
        "Who may search: `none` is open to everybody, without members; with `manual` people sign "
        "up and the operator says who has paid; with `stripe` they pay by card.",
    ),
    Variable(
        "INFLUENCR_STRIPE_KEY",
        "none",
        "Secret key of the Stripe account that takes the money, with billing `stripe`.",
    ),
    Variable(
        "INFLUENCR_STRIPE_WEBHOOK_SECRET",
        "none",
        "Signing secret of the webhook endpoint `/billing/webhook` at Stripe.",
    ),
    Variable(
        "INFLUENCR_STRIPE_PRICE",
        f"`{LOOKUP_KEY}`",
        "Id of the monthly price at Stripe, or its lookup key.",
    ),
    Variable(
        "INFLUENCR_STRIPE_API",
        "`https://api.stripe.com`",
        "A stand-in for Stripe on this machine, for tests.",
    ),
    Variable(
        "INFLUENCR_DATABASE",
        "`service/service.sqlite` in the home",
        "Where members, teams and money are kept: `postgresql://name:password@host:port/database` "
        "(needs the extra `postgres`), or nothing for SQLite.",
    ),
    Variable(
        "INFLUENCR_MAIL",
        "none",
        "Server that takes our mail: `smtp://name:password@host:port`, with `?starttls=on` where "
        "it wants that, or `smtps://` for TLS from the first byte; without it nobody can sign up.",
    ),
    Variable(
        "INFLUENCR_MAIL_FROM",
        "`influencr@` the host of the mail server",
        "Address that our mail comes from.",
    ),
    Variable(
        "INFLUENCR_WORKER",
        "on",
        "`off` when a process of its own (`influencr manage worker`) does what waits in the queue "
        "of an instance with members: alerts, mails, tidying up.",
    ),
    Variable(
        "INFLUENCR_PROCESSES",
        "one per core, at most 4, with members; one without",
        "Processes that answer at the same address; each takes memory of its own.",
    ),
    Variable(
        "INFLUENCR_LOG",
        "failures",
        "What `serve` writes to stderr, a JSON object a line that names nobody: `failures`, or "
        "`requests` for every answer too.",
    ),
    Variable(
        "INFLUENCR_METRICS_TOKEN",
        "none",
        "Token that opens /metrics (`Authorization: Bearer ...`); without it, only this machine "
        "reads them.",
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
    billing: str = "none"
    database: Database | None = None
    mail: Mail | None = None
    worker: bool = True
    processes: int | None = None
    log: str = "failures"
    metrics_token: str = ""
    payments: Payments | None = None


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """The settings of this process.

    Raises UnknownValue for a switch that is neither on nor off and for an unknown kind of billing,
    UsageError for a contact that is neither an e-mail nor an https address, for a number of
    processes that cannot be, for an address of a
    database or a mail server that cannot be one, and for billing `stripe` without its settings.
    """
    contact = environ.get("INFLUENCR_OPERATOR_CONTACT", "").strip() or None
    if contact and not (contact.startswith("https://") or "@" in contact.strip("@")):
        raise UsageError(
            f"INFLUENCR_OPERATOR_CONTACT: {contact!r} is neither an e-mail address nor an https "
            "address.",
            field="INFLUENCR_OPERATOR_CONTACT",
        )
    hosts = environ.get("INFLUENCR_ALLOWED_HOSTS", "").split(",")
    billing = _billing(environ.get("INFLUENCR_BILLING", ""))
    return Environment(
        home=environ.get("INFLUENCR_HOME") or None,
        allowed_hosts=tuple(h.strip() for h in hosts if h.strip()),
        trusted_proxy=environ.get("INFLUENCR_TRUSTED_PROXY") or None,
        https=_switch(environ, "INFLUENCR_HTTPS"),
        operator=environ.get("INFLUENCR_OPERATOR") or "the operator of this instance",
        operator_contact=contact,
        debug=_switch(environ, "INFLUENCR_DEBUG"),
        billing=billing,
        database=database(environ.get("INFLUENCR_DATABASE", "")),
        mail=mail(environ.get("INFLUENCR_MAIL", ""), environ.get("INFLUENCR_MAIL_FROM", "")),
        worker=_switch(environ, "INFLUENCR_WORKER", "on"),
        processes=_number(environ, "INFLUENCR_PROCESSES"),
        log=_log(environ.get("INFLUENCR_LOG", "")),
        metrics_token=environ.get("INFLUENCR_METRICS_TOKEN", "").strip(),
        payments=payments(environ) if billing == "stripe" else None,
    )


def _log(typed: str) -> str:
    word = typed.strip().casefold() or LOGS[0]
    if word not in LOGS:
        raise UnknownValue("INFLUENCR_LOG", word, LOGS)
    return word


def _billing(typed: str) -> str:
    word = typed.strip().casefold() or "none"
    if word not in BILLING:
        raise UnknownValue("INFLUENCR_BILLING", word, BILLING)
    return word


_SWITCH = {"on": True, "1": True, "true": True, "off": False, "0": False, "false": False}


def _switch(environ: Mapping[str, str], name: str, default: str = "off") -> bool:
    word = environ.get(name, "").strip().casefold() or default
    if word not in _SWITCH:
        raise UnknownValue(name, word, ["on", "off"])
    return _SWITCH[word]


def _number(environ: Mapping[str, str], name: str) -> int | None:
    text = environ.get(name, "").strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"{name}: {text!r} is not possible; give 1 or more.", field=name)
    return int(text)
