"""Whether an audience looks real, as the dossier shows it: every test that ran, for and against.

Tests that found nothing are listed too, and tests that could not run are named, so that a reader
sees what the conclusion rests on and what it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
from django.utils.safestring import SafeString, mark_safe

from influencr.service.web import numbers
from influencr.service.web.marked import plain
from influencr.service.web.words import Word
from influencr.vetting.verdict import (
    ALTERNATIVE_WORDS,
    BESIDE,
    EXPLAINED_BY,
    FAMILIES,
    STATUS_WORDS,
    FollowerMap,
    MapRow,
    follower_map,
    map_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from influencr.kept import Dispute
    from influencr.pipeline.vetting import Vetted
    from influencr.records import BoughtShare, Evidence

__all__ = ["Cause", "Finding", "Picture", "State", "Vetting", "name_of_test", "vetting"]

#: Length of a whole bar in the units of its drawing, and the least that is drawn.
_FULL = 200.0
_THIN = 2.4
_NBSP = "\N{NO-BREAK SPACE}"
_DASH = "\N{EN DASH}"

_RESULTS = {
    "fires": Word("Unusual", "look", "look"),
    "explained": Word("Explained", "vetted", "plain"),
    "quiet": Word("Quiet", "vetted", "vetted"),
    "not run": Word("Not run", "unknown", "unknown"),
    # Families that stand beside the question: no sign of bought followers, either way.
    "beside": Word("Beside", "look", "plain"),
}
#: Family -> its name, and what it says when it finds nothing.
_TESTS = {
    "G": ("Lockstep", "no group of followers goes from creator to creator together"),
    "C": ("Creation date × arrival", "no accounts made together arrived together"),
    "D": ("Same bios and pictures", "no more alike than usual"),
    "B": ("Bursts of arrivals", "nobody came in a burst of odd accounts"),
    "P": ("Followers’ profiles", "no more than is usual here"),
    "E": ("Engagement for its size", "as others of this size"),
    "X": ("Exchange of follows and replies", "no dense group beyond chance"),
    "A": ("Posting", "nothing to tell"),
}
_SEEN = {
    "G": "{n} came in step with the same followers of other creators",
    "C": "{n} whose accounts were made together arrived together",
    "D": "{n} share the same bios or pictures",
    "B": "{n} came at once, and unlike the other followers",
    "P": "{n} look bought by their profiles",
    "E": "reactions are unusual for an audience of this size",
    "X": "{n} and the creator follow or answer each other in exchange",
    "A": "does not post as before",
}
#: Statistics with words of their own -> name of the test, when it fires, when it does not.
_FACTS = {
    "last_post": ("Posts now", "last post {days} ago. {basis}", "last post {days} ago. {basis}"),
    "posting_rate_change": ("Posts as before", "the rate of posting changed", "as before"),
    "generic_replies": (
        "What the replies say",
        "",
        "{share} of the replies seen say nothing about the post. {detail}",
    ),
    "followed_back": (
        "Follows back",
        "{share} of those seen, more than nearly all creators of this size",
        "{share} of those seen, nothing unusual for this size",
    ),
    "reciprocal_ring": (
        "Reciprocal group",
        "{n} and this creator follow each other in a group",
        "",
    ),
    "reciprocal_pod": (
        "Reciprocal group",
        "this creator and others react to each other within the hour; {n} among them",
        "",
    ),
}
_OUTCOMES = {
    "found": Word("Explains it", "vetted", "vetted"),
    "in part": Word("Explains a part", "look", "look"),
    "not found": Word("Ruled out", "vetted", "plain"),
    "not checked": Word("Not checked", "unknown", "unknown"),
}
_STATES = (
    ("active", "active in the last 30 days"),
    ("quiet", "quiet"),
    ("dormant", "silent for more than 90 days"),
    ("unknown", "not known"),
)


class Finding(NamedTuple):
    """One line of the ledger.

    result     its word and shape
    strength   how unlikely by chance, as written; when: its days; effect: the verdict without it
    """

    result: Word
    test: str
    seen: str
    strength: str
    when: str
    effect: str


class Cause(NamedTuple):
    """An innocent explanation, and whether it holds."""

    outcome: Word
    name: str
    detail: str


class State(NamedTuple):
    """A part of the followers by when they were last active; x and width of 200."""

    name: str
    kind: str
    x: float
    width: float
    share: str


class Picture(NamedTuple):
    """The follower map in two drawings, for wide and narrow pages, and as a table."""

    wide: SafeString
    narrow: SafeString
    rows: tuple[MapRow, ...]


class Vetting(NamedTuple):
    """Everything the section shows.

    share, interval      of followers that look bought, as written, empty when not told
    low, width, point    the same in units of the drawing, 0 to 200; `point` None when not told;
                         dot where its mark begins
    about                the sentence of the share
    picture              the follower map, None without one
    """

    sentence: str
    share: str
    interval: str
    low: float
    width: float
    point: float | None
    dot: float
    about: str
    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...]
    states: tuple[State, ...]
    n_seen: str
    picture: Picture | None
    disputes: tuple[str, ...]
    as_of: str
    checked_at: str
    version: str


def name_of_test(family: str) -> str:
    """What the test of a family of evidence is called here."""
    return _TESTS.get(family, (family, ""))[0]


def vetting(vetted: Vetted | None, disputes: Sequence[Dispute] = ()) -> Vetting | None:
    """The section of a stored verdict; None for somebody who was never looked at.

    disputes   of it; their reasons are the operator's to read and not shown
    """
    if vetted is None:
        return None
    verdict = vetted.verdict
    share = verdict.share
    told = share.point is not None and share.lo is not None and share.hi is not None
    low = _FULL * (share.lo or 0.0)
    high = _FULL * (share.hi if share.hi is not None else share.lo or 0.0)
    point = _FULL * share.point if told and share.point is not None else None
    rows = sorted(verdict.evidence, key=_order)
    # A family that looked at several windows and found nothing in any says so once.
    fired = {_test(row) for row in rows if row.fires}
    quiet = {_test(row): row for row in rows if _test(row) not in fired}
    listed = [_finding(row) for row in rows if row.fires]
    listed += [_finding(row) for row in quiet.values()]
    looked = {row.family for row in rows}
    listed += [
        Finding(_RESULTS["not run"], name, "there is no data for it", "", "", "")
        for family, (name, _) in _TESTS.items()
        if family not in looked and family in FAMILIES
    ]
    return Vetting(
        sentence=plain(verdict.sentence),
        share=_share(share),
        interval=_interval(share.lo, share.hi) if told else "",
        low=low,
        width=max(_THIN, high - low),
        point=point,
        dot=max(0.0, min(_FULL - _THIN, (point or 0.0) - _THIN / 2)),
        about=plain(share.reason),
        findings=tuple(listed),
        causes=_causes(rows),
        states=_states(vetted),
        n_seen=_seen(verdict.n_seen, verdict.followers),
        picture=_picture(vetted.map),
        disputes=tuple(_disputed(one) for one in disputes),
        as_of=numbers.instant(verdict.as_of),
        checked_at=numbers.instant(verdict.checked_at),
        version=plain(verdict.version),
    )


def _share(share: BoughtShare) -> str:
    if share.point is not None:
        return _percent(share.point)
    return f"at least {_percent(share.lo)}" if share.lo else ""


def _percent(share: float) -> str:
    return f"{numbers.percent(share)}{_NBSP}%"


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{100 * low:.1f}{_DASH}{100 * high:.1f}{_NBSP}%"


def _order(row: Evidence) -> tuple[bool, int, float]:
    """Findings first, those that nothing explains before the others, the largest first."""
    return not row.fires, list(_TESTS).index(row.family), -row.members


def _is_explained(row: Evidence) -> bool:
    causes = EXPLAINED_BY.get(row.family, ())
    return any(one.outcome == "found" and one.alternative in causes for one in row.checked)


def _test(row: Evidence) -> str:
    """What says one thing once: a statistic with words of its own, else the family."""
    return row.statistic if row.statistic in _FACTS else row.family


def _finding(row: Evidence) -> Finding:
    name, quiet = _TESTS[row.family]
    fires, clear = _SEEN[row.family], quiet
    if row.statistic in _FACTS:
        name, fires, clear = _FACTS[row.statistic]
    words = {
        "n": numbers.plural(row.members, "follower", "followers"),
        "share": "" if row.value is None else _percent(row.value),
        "days": numbers.plural(round(row.value or 0), "day", "days"),
        "basis": _basis(row) if row.statistic == "last_post" else "",
        "detail": plain(row.checked[0].detail) if row.checked else "",
    }
    if not row.fires:
        result = "beside" if row.statistic == "generic_replies" else "quiet"
        return Finding(_RESULTS[result], name, clear.format(**words), "", "", "")
    result = "beside" if row.family in BESIDE else "fires"
    if _is_explained(row):
        result = "explained"
    seen = fires.format(**words)
    if row.share and row.members and row.statistic != "followed_back":
        seen += f", {_percent(row.share)} of those seen"
    return Finding(_RESULTS[result], name, seen, _strength(row), _when(row), _without(row))


def _basis(row: Evidence) -> str:
    """What "active" rests on here; our own words, from the row's own data."""
    told = msgspec.json.decode(row.chart, type=dict[str, str]) if row.chart else {}
    return told.get("meaning", "")


def _disputed(one: Dispute) -> str:
    said = f"Disputed on {numbers.day(one.at)}"
    if one.checked_at is None or one.after is None:
        return f"{said}, to be checked again with the next refresh."
    word = STATUS_WORDS[one.after]
    same = ", as before" if one.after == one.before else ""
    return f"{said}, checked again on {numbers.day(one.checked_at)}: {word}{same}."


def _without(row: Evidence) -> str:
    """The verdict that would stand; its lead is the heading of the column."""
    return plain(row.effect).removeprefix("without this: ")


def _strength(row: Evidence) -> str:
    chance = row.q if row.q is not None else row.p
    if chance is None:
        return ""
    return f"p < 10{_superscript(-6)}" if chance < 1e-6 else f"p = {chance:.2g}"


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _when(row: Evidence) -> str:
    if row.from_at is None or row.to_at is None:
        return ""
    first, last = numbers.day(row.from_at), numbers.day(row.to_at)
    return first if first == last else f"{first} {_DASH} {last}"


def _causes(rows: list[Evidence]) -> tuple[Cause, ...]:
    """What was looked for to explain the findings, each once with its most telling outcome."""
    order = tuple(_OUTCOMES)
    best: dict[str, tuple[str, str]] = {}
    for row in rows:
        if not row.fires:
            continue
        for one in row.checked:
            known = best.get(one.alternative)
            if known is None or order.index(one.outcome) < order.index(known[0]):
                best[one.alternative] = one.outcome, one.detail
    return tuple(
        Cause(_OUTCOMES[outcome], ALTERNATIVE_WORDS.get(name, name).capitalize(), plain(detail))
        for name, (outcome, detail) in best.items()
    )


def _states(vetted: Vetted) -> tuple[State, ...]:
    """Shown beside the share that looks bought, and never part of it."""
    if vetted.states is None:
        return ()
    held = [(kind, name, getattr(vetted.states, kind)) for kind, name in _STATES]
    total = sum(n for _, _, n in held)
    found: list[State] = []
    x = 0.0
    for kind, name, n in held:
        width = _FULL * n / total if total else 0.0
        if n:
            found.append(State(name, kind, x, width, _percent(n / total)))
        x += width
    return tuple(found)


def _seen(n: int, followers: int | None) -> str:
    of = "" if followers is None else f" of {numbers.count(followers)}"
    return f"{numbers.count(n)}{of} followers seen"


def _picture(data: str | None) -> Picture | None:
    if not data:
        return None
    known = msgspec.json.decode(data, type=FollowerMap)
    # Drawn by our own code from numbers alone; no text of a person is in it.
    return Picture(
        mark_safe(follower_map(known, label="wide-")),  # noqa: S308
        mark_safe(follower_map(known, size="narrow", label="narrow-")),  # noqa: S308
        tuple(map_table(known)),
    )
