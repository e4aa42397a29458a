"""Addresses of the servers that an operator names: the database, and who takes our mail."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from influencr.errors import UsageError

__all__ = ["Database", "Mail", "database", "mail"]


class Database(NamedTuple):
    """A PostgreSQL database."""

    name: str
    user: str
    password: str
    host: str
    port: int | None


class Mail(NamedTuple):
    """A server that takes mail; `tls` from the first byte, `starttls` after the greeting."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool
    sender: str


def database(address: str) -> Database | None:
    """The database of an address, None for none: then it is SQLite in the home.

    Raises UsageError for anything that is not postgresql://; the text never repeats a password.
    """
    if not address.strip():
        return None
    parts = _split(address, "INFLUENCR_DATABASE", ("postgresql", "postgres"))
    name = unquote(parts.path.lstrip("/"))
    if not name or "/" in name:
        raise _wrong("INFLUENCR_DATABASE", "names no database; write postgresql://host/database")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Database(name, user, password, parts.hostname or "", parts.port)


def mail(address: str, sender: str) -> Mail | None:
    """The mail server of an address, None for none.

    Raises UsageError for anything that is neither smtp:// nor smtps://, and for a sender that is
    no e-mail address.
    """
    if not address.strip():
        return None
    parts = _split(address, "INFLUENCR_MAIL", ("smtp", "smtps"))
    if not parts.hostname:
        raise _wrong("INFLUENCR_MAIL", "names no server; write smtp://host:port")
    said: dict[str, Any] = parse_qs(parts.query)
    starttls = said.pop("starttls", ["off"])[0]
    if said or starttls not in ("on", "off"):
        raise _wrong("INFLUENCR_MAIL", "ends in something unknown; only ?starttls=on can follow")
    tls = parts.scheme == "smtps"
    given = sender.strip() or f"influencr@{parts.hostname}"
    if given.count("@") != 1 or given.startswith("@") or given.endswith("@") or " " in given:
        raise _wrong("INFLUENCR_MAIL_FROM", "is no e-mail address; write name@host")
    return Mail(
        host=parts.hostname,
        port=parts.port or (465 if tls else 587 if starttls == "on" else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=starttls == "on",
        sender=given,
    )


def _split(address: str, name: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(address.strip())
        _ = parts.port
    except ValueError as error:
        raise _wrong(name, "is no address") from error
    if parts.scheme not in schemes:
        raise _wrong(name, f"must begin with {schemes[0]}://")
    return parts


def _wrong(name: str, what: str) -> UsageError:
    return UsageError(f"{name}: the address {what}.", field=name)
