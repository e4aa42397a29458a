"""An Account entity becomes a profile row, or a row of flags alone, or nothing.

Fields come in more than one form, depending on the server's software and version: a note may be
HTML or plain, `last_status_at` a date or a timestamp, a count a number or its digits. What cannot
be read as what it should be is unknown, never guessed; an entity without id, name or an address of
its own server is malformed and gives no row.

Of the profile's fields only addresses and a place are kept: the others hold what people tell their
friends (pronouns, health, faith), which nobody asked to be listed by.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from influencr.records import canonical_handle, profile_id
from influencr.sources.mastodon._consent import refused_because, words_may_be_read
from influencr.sources.mastodon._text import plain
from influencr.text import fold

__all__ = [
    "Account",
    "count",
    "gone",
    "instant",
    "is_own",
    "lives_elsewhere",
    "read_account",
    "shown",
    "withdrawn",
]

# Names under which people write where they are, folded; our own list.
_PLACE_NAMES = frozenset(
    (
        *("location", "place", "city", "based in", "lives in", "living in", "where", "home"),
        *("home town", "hometown", "town", "country", "ort", "wohnort", "standort", "stadt"),
        *("lieu", "ville", "localisation", "pays", "ubicacion", "lugar", "ciudad", "pais"),
        *("localizacao", "cidade", "citta", "luogo", "posizione", "paese", "plaats"),
        *("woonplaats", "locatie", "stad", "plats", "sted", "paikka", "kotipaikka"),
        *("lokalizacja", "miasto", "konum", "sehir", "場所", "所在地", "地点", "위치"),
    )
)


class Account(NamedTuple):
    """What one server says of one of its own accounts, read.

    id            the server's own number, for asking about the account
    name          `mastodon:<uri>`; by handle where the server sends no uri
    handle        name@domain, canonical
    bio           plain text
    words         name, note and fields as plain text, for words to be looked for
    refused       word of REFUSALS, or None
    may_be_read   the text of posts may be kept
    entity        as it came
    """

    id: str
    name: str
    handle: str
    bio: str
    words: str
    refused: str | None
    may_be_read: bool
    entity: Mapping[str, Any]

    @property
    def hides(self) -> bool:
        """Whether who follows it and whom it follows is hidden."""
        return self.entity.get("hide_collections") not in (None, False)

    @property
    def followers(self) -> int | None:
        """Followers as its server counts them."""
        return count(self.entity.get("followers_count"))


def lives_elsewhere(entity: object, domain: str) -> bool:
    """Whether a server shows an account of another server."""
    acct = entity.get("acct") if isinstance(entity, Mapping) else None
    host = acct.removeprefix("@").partition("@")[2] if isinstance(acct, str) else ""
    return bool(host) and host.casefold() != domain


def read_account(entity: object, *, domain: str, hosts: frozenset[str]) -> Account | None:
    """Read an entity as it came from its own server; None when it is malformed or not local.

    domain   what stands behind the @ of this server's accounts
    hosts    hosts under which this server's accounts have their addresses
    """
    if not isinstance(entity, Mapping):
        return None
    number, acct = entity.get("id"), entity.get("acct")
    if not isinstance(number, str | int) or not isinstance(acct, str) or not str(number).strip():
        return None
    user, _, host = acct.removeprefix("@").partition("@")
    if host and host.casefold() != domain:
        return None
    handle = canonical_handle(f"{user}@{domain}", platform="mastodon")
    if not user or handle is None:
        return None
    uri = entity.get("uri")
    if uri is not None and not is_own(uri, hosts):
        # A server that names another server's account as its own would overwrite that person.
        return None
    note = plain(_string(entity.get("note")))
    said = [_string(entity.get("display_name")), note.text]
    for label, value in _fields(entity):
        said += [plain(label).text, plain(value).text]
    words = "\n".join(line for line in said if line)
    return Account(
        id=str(number),
        name=profile_id("mastodon", native_id=uri or None, handle=handle),
        handle=handle,
        bio=note.text,
        words=words,
        refused=refused_because(entity, words),
        may_be_read=words_may_be_read(entity),
        entity=entity,
    )


def shown(account: Account, *, at: datetime, topics: list[str] | None = None) -> dict[str, Any]:
    """The profile row of an account that may be kept.

    at       the instant of the answer, UTC
    topics   hashtags that the account features, None when they were not asked for
    """
    entity = account.entity
    links: list[str] = []
    place: str | None = None
    for label, value in _fields(entity):
        text, found = plain(value)
        links += found or ([text] if text.lower().startswith(("https://", "http://")) else [])
        if place is None and not found and text and _is_place_name(plain(label).text):
            place = text
    links += plain(_string(entity.get("note"))).links
    return {
        **_flags(account, at),
        "handle": account.handle,
        # Empty is known to be empty: what the person took away does not stay.
        "display_name": plain(_string(entity.get("display_name"))).text,
        "bio_text": account.bio,
        "links": list(dict.fromkeys(links)),
        "has_avatar": _has_picture(entity, "avatar"),
        "has_banner": _has_picture(entity, "header"),
        "place_raw": place or "",
        "topics_declared": topics,
        "followers": count(entity.get("followers_count")),
        "following": count(entity.get("following_count")),
        "posts_count": count(entity.get("statuses_count")),
        "account_created_at": instant(entity.get("created_at")),
        "last_active_at": instant(entity.get("last_status_at")),
        "is_bot": _flag(entity, "bot"),
        "is_group": _flag(entity, "group"),
        "audience_hidden": _flag(entity, "hide_collections"),
    }


def withdrawn(account: Account, *, at: datetime) -> dict[str, Any]:
    """A row of flags, without a word of the person, for somebody who was kept and now says no.

    It takes them out of every list at once; nothing is added to what is known of them. The no is
    written out where the server only fell silent: a later null does not undo an earlier yes.
    """
    row = _flags(account, at)
    if account.refused == "not_discoverable":
        row["discoverable"] = False
    elif account.refused == "locked":
        row["is_private"] = True
    elif account.refused in ("noindex", "stop_word"):
        row["noindex"] = True
    return row


def gone(name: str, *, at: datetime) -> dict[str, Any]:
    """The row of an account that its server no longer knows: hidden at once, with all it did."""
    return {"profile_id": name, "platform": "mastodon", "fetched_at": at, "status": "deleted"}


def count(value: object) -> int | None:
    """A count as a number or as its digits; None for anything else, and for a negative one.

    >>> count(12), count("12"), count(-1), count(True), count("many")
    (12, 12, None, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        value = int(value)
    return value if isinstance(value, int) and 0 <= value < 2**53 else None


def instant(value: object) -> datetime | None:
    """A date, a timestamp with or without zone, or seconds since 1970, as UTC; None otherwise.

    >>> instant("2026-07-31").isoformat(), instant("2018-10-31T04:11:00.076+02:00").isoformat()
    ('2026-07-31T00:00:00+00:00', '2018-10-31T02:11:00.076000+00:00')
    >>> instant("yesterday")
    """
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            made = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str):
            made = datetime.fromisoformat(value.strip())
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    made = made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)
    # The first such network is of 2008; a later year is a clock gone wrong.
    return made if 2000 <= made.year < 2100 else None


def is_own(uri: object, hosts: frozenset[str]) -> bool:
    """Whether something is an address on one of these hosts, without white space in it."""
    if not isinstance(uri, str) or any(c.isspace() for c in uri):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.casefold() in hosts


def _flags(account: Account, at: datetime) -> dict[str, Any]:
    entity = account.entity
    status = next(
        (s for s in ("suspended", "memorial", "moved", "limited") if account.refused == s), "active"
    )
    return {
        "profile_id": account.name,
        "platform": "mastodon",
        "fetched_at": at,
        "is_private": _flag(entity, "locked"),
        "status": status,
        "discoverable": _flag(entity, "discoverable"),
        # Silence is a no (FEP-5feb), written out so that it undoes an earlier yes.
        "indexable": account.may_be_read,
        "noindex": _flag(entity, "noindex"),
    }


def _flag(entity: Mapping[str, Any], name: str) -> bool | None:
    value = entity.get(name)
    return value if isinstance(value, bool) else None


def _fields(entity: Mapping[str, Any]) -> list[tuple[str, str]]:
    fields = entity.get("fields")
    if not isinstance(fields, list):
        return []
    return [
        (_string(f.get("name")), _string(f.get("value"))) for f in fields if isinstance(f, Mapping)
    ]


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_place_name(label: str) -> bool:
    return fold(label).strip(" :") in _PLACE_NAMES


def _has_picture(entity: Mapping[str, Any], name: str) -> bool | None:
    address = entity.get(name)
    if not isinstance(address, str):
        return None
    # Mastodon's own stand-in for no picture.
    return bool(address) and not address.endswith("/missing.png")
