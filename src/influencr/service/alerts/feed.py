"""Alerts as people read them: one line each, by day, with what it was and what it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from influencr.engine import Engine
from influencr.errors import UsageError
from influencr.kept import KeptAlert, Watch, kept_key
from influencr.search import make_query, query_to_params
from influencr.service.web import numbers, words
from influencr.service.web.marked import plain
from influencr.service.web.row import dossier_path
from influencr.service.web.vetting import name_of_test
from influencr.service.web.words import Word

__all__ = ["Day", "Line", "Rule", "Side", "Somebody", "days", "lines", "people", "rules"]

_NBSP = "\N{NO-BREAK SPACE}"
_DASH = "\N{EN DASH}"
#: What happened -> the sentence after the name, and the part of the dossier that shows it.
_SAID = {
    "new": ("is new", ""),
    "silent": ("has fallen silent", "figures"),
    "again": ("posts again", "figures"),
    "verdict": ("has another verdict", "vetting"),
    "batch": ("gained followers that look bought", "tests"),
    "unlisted": ("is not listed any more", ""),
}
_SHAPES = {
    "new": Word("New", "new", "plain"),
    "more": Word("New", "new", "plain"),
    "silent": Word("Silent", "dormant", "unknown"),
    "again": Word("Posts again", "active", "plain"),
    "verdict": Word("Verdict", "look", "look"),
    "batch": Word("Looks bought", "inflated", "inflated"),
    "unlisted": Word("Not listed", "unknown", "unknown"),
}


class Somebody(NamedTuple):
    """A creator as a line names them."""

    profile_id: str
    name: str
    handle: str
    platform: str
    href: str


class Side(NamedTuple):
    """What was or is: a verdict, None where it is about something else, and words."""

    verdict: Word | None
    text: str


class Line(NamedTuple):
    """One alert.

    kind      its word, shape and tone
    who       None for a number of creators
    said      the sentence after the name
    was, now  before and after, in words, each with its verdict where that is what it says;
              empty when there is nothing to set side by side
    evidence  address of what it rests on, and what that is called
    source    the search or list that told it, and its address
    """

    number: int
    kind: Word
    who: Somebody | None
    said: str
    was: Side
    now: Side
    evidence: str
    evidence_name: str
    source: str
    source_href: str
    watch: tuple[str, str]
    at: datetime
    time: str
    is_unread: bool


class Day(NamedTuple):
    """The lines of one day."""

    name: str
    date: str
    lines: tuple[Line, ...]


class Rule(NamedTuple):
    """A search or a list, and what it tells.

    is_on     it tells of new creators, or of those on it; watched: it was looked at once
    state     how it stands, in a sentence
    """

    kind: str
    key: str
    name: str
    href: str
    is_on: bool
    watched: bool
    is_muted: bool
    state: str
    problem: str
    waiting: str


_NOTHING = Side(None, "")


def people(engine: Engine, ids: Iterable[str]) -> dict[str, Somebody]:
    """Those who can be named now, also the unlisted ones whom the catalogue still knows."""
    wanted = list(dict.fromkeys(i for i in ids if i))
    rows = engine.index.snapshot().creators(wanted) if wanted else {}
    found: dict[str, Somebody] = {}
    for who in wanted:
        row = rows.get(who) or engine.show(who)
        if row is not None:
            found[who] = _somebody(row)
    return found


def lines(
    engine: Engine, told: Iterable[KeptAlert], *, read_to: int, known: Mapping[str, Somebody]
) -> list[Line]:
    """The alerts as lines; those of whom nothing is known any more are left out."""
    searches = {kept_key(one.name): one for one in engine.saved.list()}
    lists = {one.id: one for one in engine.lists.all()}
    found = []
    for one in told:
        who = known.get(one.profile_id)
        if one.profile_id and who is None:
            continue
        search, listed = searches.get(one.key), lists.get(one.key)
        name, href = "", ""
        query: tuple[tuple[str, str], ...] = ()
        if one.kind == "search" and search is not None:
            name, href = search.name, f"{reverse('saved-news')}?{urlencode({'name': search.name})}"
            query = _query(search.query)
        if one.kind == "list" and listed is not None:
            name, href = listed.name, _list_href(listed.id)
        said, part = _SAID.get(one.what, ("", ""))
        was, now = _sides(one)
        evidence, evidence_name = _evidence(one, who, part, query, href)
        found.append(
            Line(
                number=one.number,
                kind=_kind(one),
                who=who,
                said=said if who else f"{numbers.count(one.n)} more are new",
                was=was,
                now=now,
                evidence=evidence,
                evidence_name=evidence_name,
                source=plain(name),
                source_href=href,
                watch=(one.kind, one.key),
                at=one.at,
                time=f"{one.at:%H:%M}",
                is_unread=one.number > read_to,
            )
        )
    return found


def days(found: Iterable[Line], today: date) -> list[Day]:
    """The lines by day of UTC, as they come."""
    made = []
    for day, several in groupby(found, key=lambda line: line.at.astimezone(UTC).date()):
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        name = {today: "Today", today - timedelta(days=1): "Yesterday"}.get(day, f"{at:%A}")
        made.append(Day(name, numbers.day(at), tuple(several)))
    return made


def rules(engine: Engine, watches: Iterable[Watch]) -> tuple[list[Rule], list[Rule]]:
    """Every saved search and every list with what it tells: (searches, lists)."""
    known = {(w.kind, w.key): w for w in watches}
    searches = []
    for one in engine.saved.list():
        key = kept_key(one.name)
        href = f"{reverse('saved-news')}?{urlencode({'name': one.name})}"
        searches.append(_rule("search", key, one.name, href, known.get(("search", key))))
    lists = [
        _rule("list", one.id, one.name, _list_href(one.id), known.get(("list", one.id)), n=one.n)
        for one in engine.lists.all()
    ]
    return searches, lists


def _rule(
    kind: str, key: str, name: str, href: str, watch: Watch | None, n: int | None = None
) -> Rule:
    looked = f"looked at {numbers.instant(watch.looked_at)}" if watch and watch.looked_at else ""
    held = "" if n is None else numbers.plural(n, "creator", "creators")
    waiting = watch.waiting if watch else 0
    return Rule(
        kind=kind,
        key=key,
        name=name,
        href=href,
        is_on=watch is not None or kind == "list",
        watched=watch is not None,
        is_muted=watch is not None and watch.muted_at is not None,
        state=", ".join(part for part in (held, looked) if part),
        problem=plain(watch.problem) if watch else "",
        waiting=numbers.plural(waiting, "new creator waits", "new creators wait")
        if waiting
        else "",
    )


def _somebody(row: dict[str, Any]) -> Somebody:
    handle = row.get("handle")
    shown = plain(row.get("display_name") or "") or (f"@{plain(handle)}" if handle else "")
    return Somebody(
        profile_id=row["profile_id"],
        name=shown or row["profile_id"],
        handle=f"@{plain(handle)}" if handle else "",
        platform=words.platform(row["platform"]),
        href=dossier_path(row["platform"], handle, row["profile_id"]),
    )


def _kind(one: KeptAlert) -> Word:
    if one.what == "verdict":
        return _word(one.after["verdict"])
    return _SHAPES[one.what]


def _sides(one: KeptAlert) -> tuple[Side, Side]:
    """Before and after."""
    if one.what == "new" and one.after:
        followers = one.after.get("followers")
        size = "" if followers is None else numbers.plural(followers, "follower", "followers")
        return _NOTHING, Side(_word(one.after.get("verdict")), size)
    if one.what in ("silent", "again"):
        return Side(None, _posted(one.before)), Side(None, _posted(one.after))
    if one.what == "verdict":
        return _judged(one.before), _judged(one.after)
    if one.what == "batch":
        n = one.before
        earlier = numbers.plural(n, "such batch", "such batches") if n else "none such"
        return Side(None, earlier), Side(None, _batch(one.after))
    return _NOTHING, _NOTHING


def _word(verdict: str | None) -> Word:
    return words.VERDICT.get(verdict or "", words.VERDICT["unknown"])


def _posted(state: dict[str, Any]) -> str:
    word = words.ACTIVITY.get(state["activity"], words.ACTIVITY["unknown"]).text
    if not state["last_post"]:
        return word
    return f"{word}, last post {numbers.day(datetime.fromisoformat(state['last_post']))}"


def _judged(state: dict[str, Any]) -> Side:
    low, high = state["bought"]
    if low is None or high is None:
        return Side(_word(state["verdict"]), "")
    share = f"{numbers.percent(low)}{_DASH}{numbers.percent(high)}{_NBSP}%"
    return Side(_word(state["verdict"]), f"{share} of followers look bought")


def _batch(batch: dict[str, Any]) -> str:
    n = numbers.plural(batch["members"], "follower", "followers")
    test = f"({name_of_test(batch['family'])})"
    if not batch["from"]:
        return f"{n} {test}"
    first = numbers.day(datetime.fromisoformat(batch["from"]))
    last = numbers.day(datetime.fromisoformat(batch["to"]))
    when = f"on {first}" if first == last else f"between {first} and {last}"
    return f"{n} {when} {test}"


def _evidence(
    one: KeptAlert,
    who: Somebody | None,
    part: str,
    query: tuple[tuple[str, str], ...],
    source_href: str,
) -> tuple[str, str]:
    if who is None:
        return source_href, "See all who are new"
    if one.what == "new":
        if query:
            asked = urlencode([*query, ("who", who.profile_id)])
            return f"{reverse('why')}?{asked}", "Why they are found"
        return who.href, "Dossier"
    if part == "figures":
        return f"{who.href}#{part}", "Figures and dates"
    return (f"{who.href}#{part}", "Evidence") if part else (who.href, "What is known")


def _query(saved: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    try:
        asked = query_to_params(make_query(**saved))
    except UsageError:
        return ()  # of an older version, or its brand is gone
    return tuple((name, value) for name, values in asked.items() for value in values)


def _list_href(list_id: str) -> str:
    try:
        return reverse("list", args=[list_id])
    except NoReverseMatch:
        return reverse("alerts")
