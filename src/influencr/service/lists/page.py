"""A list as plain values: its creators with state, note, verdict, last post, fit and who added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

import msgspec

from influencr.engine import Engine, Listed, Shortlist
from influencr.records import Policy
from influencr.search import MAX_LIMIT
from influencr.service.web import numbers, words
from influencr.service.web.brand_facts import brand_facts
from influencr.service.web.figures import Figure, axis, figures
from influencr.service.web.marked import initials, plain
from influencr.service.web.row import Verdict, dossier_path, verdict_of

__all__ = ["Line", "Outside", "Told", "lines", "outside", "summary", "told"]

#: Verdicts, behind a number of creators.
_SUMMED = {
    "vetted": "vetted",
    "needs_a_look": "to look at",
    "looks_inflated": "with an audience that looks inflated",
    "unknown": "unknown",
}


class Line(NamedTuple):
    """One creator of a list; `listed` is False for who is not in the index now.

    options   the words for the state, with the one that is set even where the list lost it
    fit       percent of the chosen brand's fit without its sign; empty where it is unknown
    """

    key: str
    listed: bool
    href: str
    initials: str
    name: str
    handle: str
    platform: str
    place: str
    status: str
    options: tuple[str, ...]
    note: str
    verdict: Verdict
    bought: str
    last_post: str
    influence: Figure | None
    fit: str
    fit_why: str
    added_by: str
    added_at: str


class Outside(NamedTuple):
    """One creator as outsiders see them: figures, and the note only where it was ticked."""

    href: str
    name: str
    handle: str
    platform: str
    place: str
    figures: tuple[Figure, ...]
    verdict: Verdict
    bought: str
    last_post: str
    note: str


class Told(NamedTuple):
    """A list among the others."""

    id: str
    name: str
    n: str
    changed: str
    chosen: bool


def told(lists: Sequence[Shortlist], chosen: str, now: datetime) -> list[Told]:
    """The lists for the rail, the last changed first."""
    return [
        Told(
            one.id,
            one.name,
            numbers.plural(one.n, "creator", "creators"),
            numbers.ago(one.changed_at, now),
            one.id == chosen,
        )
        for one in lists
    ]


class _Who(TypedDict):
    href: str
    name: str
    handle: str
    platform: str
    place: str


def lines(
    engine: Engine,
    one: Shortlist,
    items: Sequence[Listed],
    *,
    names: Mapping[str, str],
    brand: str,
    as_of: datetime,
) -> list[Line]:
    """The creators of a list, or of a part of it.

    names   who added, kept -> shown
    brand   name of the brand that fit is of; empty for none
    """
    fits = _fits(engine, one, brand) if brand else {}
    shared = axis(item.creator for item in items if item.creator is not None)
    return [
        _line(item, one, names, fits.get(item.profile_id), brand, as_of, shared) for item in items
    ]


def outside(one: Shortlist, items: Sequence[Listed], as_of: datetime) -> list[Outside]:
    """The creators of a list whom everybody may be shown."""
    rows = [
        (item, item.creator)
        for item in items
        if item.creator is not None
        and Policy(item.creator.get("policy") or 0) & Policy.SHOW_SIGNED_OUT
    ]
    shared = axis(row for _, row in rows)
    return [
        Outside(
            **_who(row),
            figures=figures(row, shared),
            verdict=verdict_of(row),
            bought=bought(row),
            last_post=last_post(row, as_of),
            note=item.note if one.link_notes else "",
        )
        for item, row in rows
    ]


def summary(items: Sequence[Listed]) -> str:
    """How many of each verdict, and who is not listed now, in one line."""
    counts: dict[str, int] = {}
    for item in items:
        if item.creator is not None:
            verdict = item.creator.get("verdict") or "unknown"
            counts[verdict] = counts.get(verdict, 0) + 1
    said = [
        f"{numbers.count(counts[verdict])} {word}"
        for verdict, word in _SUMMED.items()
        if verdict in counts
    ]
    gone = sum(item.creator is None for item in items)
    if gone:
        said.append(f"{numbers.count(gone)} not listed now")
    return ", ".join(said)


def bought(row: Mapping[str, Any]) -> str:
    """The interval of the share that looks bought; empty where it is unknown."""
    low, high = row.get("bought_low"), row.get("bought_high")
    if low is None:
        return ""
    if high is None:
        return f"at least {numbers.percent(low)}\N{NO-BREAK SPACE}%" if low else ""
    return f"{numbers.percent(low)}–{numbers.percent(high)}\N{NO-BREAK SPACE}%"


def last_post(row: Mapping[str, Any], as_of: datetime) -> str:
    """How long ago the last post was; empty where it is unknown."""
    at = row.get("last_post_at")
    return numbers.ago(at, as_of) if at else ""


def _line(
    item: Listed,
    one: Shortlist,
    names: Mapping[str, str],
    fit: tuple[str, str] | None,
    brand: str,
    as_of: datetime,
    shared: Any,
) -> Line:
    row = item.creator
    options = one.statuses if item.status in one.statuses else (item.status, *one.statuses)
    kept: dict[str, Any] = {
        "key": item.profile_id,
        "status": item.status,
        "options": options,
        "note": item.note,
        "added_by": names.get(item.added_by, "a former member" if item.added_by else ""),
        "added_at": numbers.day(item.added_at),
    }
    if row is None:
        platform, _, native = item.profile_id.partition(":")
        return Line(
            **kept,
            listed=False,
            href="",
            initials="",
            name=plain(native.lstrip("@")),
            handle="",
            platform=words.platform(platform),
            place="",
            verdict=verdict_of({}),
            bought="",
            last_post="",
            influence=None,
            fit="",
            fit_why="",
        )
    return Line(
        **kept,
        **_who(row),
        listed=True,
        initials=initials(plain(row.get("display_name") or ""), row.get("handle")),
        verdict=verdict_of(row),
        bought=bought(row),
        last_post=last_post(row, as_of),
        influence=figures(row, shared)[0],
        fit=fit[0] if fit else "",
        fit_why=fit[1] if fit else "",
    )


def _who(row: Mapping[str, Any]) -> _Who:
    handle = row.get("handle")
    return {
        "href": dossier_path(row["platform"], handle, row["profile_id"]),
        "name": plain(row.get("display_name") or handle or row["profile_id"]),
        "handle": plain(handle or ""),
        "platform": words.platform(row["platform"]),
        "place": plain(row.get("place_label") or row.get("place_name") or ""),
    }


def _fits(engine: Engine, one: Shortlist, brand: str) -> dict[str, tuple[str, str]]:
    """Profile id -> (fit in percent, why) for everybody on the list whom the brand fits or not."""
    asked = msgspec.structs.replace(
        engine.lists.query(one.id, brand=brand), limit=MAX_LIMIT, facets=(), funnel=False
    )
    found = {}
    for hit in engine.query(asked).hits:
        facts = brand_facts(hit)
        if facts is not None and facts.fit:
            found[hit.profile_id] = (facts.fit, "; ".join(facts.reasons[:3]))
    return found
