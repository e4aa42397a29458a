"""Followers since the account was born, and what is known to have brought them all at once.

A jump is named after what the tests of the audience found at that time: an innocent cause that
explains it (a starter pack, a post that spread), else the tests that found something unusual.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from influencr.influence import growth as measures
from influencr.service.web import charts, numbers
from influencr.service.web.marked import plain
from influencr.service.web.vetting import name_of_test
from influencr.vetting.verdict import ALTERNATIVE_WORDS, FollowerMap, map_table

if TYPE_CHECKING:
    from influencr.pipeline.vetting import Vetted

__all__ = ["Cause", "Change", "Growth", "Moment", "growth"]

_NBSP = "\N{NO-BREAK SPACE}"
_DASH = "\N{EN DASH}"
_REACH_SAYS: Final = {1: "1 month", 3: "3 months", 6: "6 months", 12: "12 months"}
#: Days that the table of the curve has at most.
_LINES: Final = 24
#: Share of a jump that a crowd must have brought to be its name. Own choice: the most of it.
_MOST: Final = 0.5
#: A follower of a known crowd among the marks of a map.
_KNOWN: Final = 2
#: Causes that bring people, in the order in which they are told.
_BRINGS: Final = ("pack", "onboarding", "viral", "giveaway", "press", "migration")


class Change(NamedTuple):
    """How the followers changed over some months; value "" where unknown, and why."""

    name: str
    value: str
    share: str
    why: str


class Cause(NamedTuple):
    """What brought the followers of a jump, and the sentence that says how that is known."""

    name: str
    detail: str


class Moment(NamedTuple):
    """A jump of the followers: what explains it, and the tests that found something then."""

    when: str
    what: str
    causes: tuple[Cause, ...]
    tests: str


class Growth(NamedTuple):
    """The curve of followers, how it changed, its jumps; `chart` is None without a curve."""

    chart: charts.Chart | None
    changes: tuple[Change, ...]
    moments: tuple[Moment, ...]
    table: tuple[tuple[str, str], ...]
    note: str


def growth(facts: dict[str, Any], vetted: Vetted | None = None) -> Growth:
    """The part of a row of measures; the tests of the audience name what brought its jumps."""
    at, followers = facts.get("growth_at") or [], facts.get("growth_followers") or []
    found = facts.get("growth_found") or []
    known = _map(facts, vetted)
    causes = [_causes(jump, vetted) or _clicked(jump, known) for jump in found]
    chart = None
    if len(at) > 1 and max(followers) > 0:
        jumps = [
            charts.Jump(
                jump["to_at"].timestamp(),
                float(jump["before"] + jump["gained"]),
                bool(jump["families"]),
                _signed(jump["gained"]) + (f" {why[0].name}" if why else ""),
            )
            for jump, why in zip(found, causes, strict=True)
        ]
        title = (
            f"Followers from {numbers.count(followers[0])} to {numbers.count(followers[-1])} "
            f"between {_day(at[0])} and {_day(at[-1])}, with "
            f"{numbers.plural(len(found), 'jump', 'jumps')}."
        )
        chart = charts.growth(at, followers, jumps, title)
    return Growth(
        chart=chart,
        changes=tuple(_change(facts, months) for months in measures.HORIZONS),
        moments=tuple(_moment(*one) for one in zip(found, causes, strict=True)),
        table=tuple((_day(t), numbers.count(n)) for t, n in zip(at, followers, strict=True))[
            :: max(1, math.ceil(len(at) / _LINES))
        ],
        note=plain(facts.get("growth_reason") or ""),
    )


def _causes(jump: dict[str, Any], vetted: Vetted | None) -> tuple[Cause, ...]:
    """What explains followers who came in those days, each cause once."""
    known: dict[str, str] = {}
    for row in vetted.verdict.evidence if vetted else ():
        if row.from_at is None or row.to_at is None:
            continue
        if row.from_at > jump["to_at"] or row.to_at < jump["from_at"]:
            continue
        for one in row.checked:
            if one.outcome == "found" and one.alternative in _BRINGS:
                known.setdefault(one.alternative, one.detail)
    return tuple(
        Cause(ALTERNATIVE_WORDS.get(name, name), plain(known[name]).rstrip("."))
        for name in _BRINGS
        if name in known
    )


def _map(facts: dict[str, Any], vetted: Vetted | None) -> FollowerMap | None:
    """The follower map; None where the curve does not count the same followers."""
    if vetted is None or not vetted.map or not facts.get("growth_followers"):
        return None
    known = msgspec.json.decode(vetted.map, type=FollowerMap)
    return known if known.n == facts["growth_followers"][-1] else None


def _clicked(jump: dict[str, Any], known: FollowerMap | None) -> tuple[Cause, ...]:
    """Whether most of those who came had clicked a pack, a list or what a network proposes.

    Above some size a map counts by twelfths: then those that lie within the jump speak for it.
    """
    if known is None or jump["gained"] <= 0 or jump["basis"] != "follows":
        return ()
    first, last = jump["before"], jump["before"] + jump["gained"]
    kinds = known.kind_of()
    if len(kinds):
        n, of = int((kinds[first:last] == _KNOWN).sum()), jump["gained"]
    else:
        rows = [row for row in map_table(known) if first < row.first and row.last <= last]
        n = sum(row.in_crowd for row in rows)
        of = n + sum(row.ordinary + row.in_batch for row in rows)
    if not of or n < _MOST * of:
        return ()
    said = (
        f"{numbers.count(n)} of {numbers.count(of)} who came then and are drawn took a known "
        "starter pack or list, or what the network proposes to newcomers"
    )
    return (Cause(ALTERNATIVE_WORDS["pack"], said),)


def _moment(jump: dict[str, Any], causes: tuple[Cause, ...]) -> Moment:
    first, last = numbers.day(jump["from_at"]), numbers.day(jump["to_at"])
    when = first if first == last else f"{first}{_DASH}{last}"
    gained, expected = jump["gained"], jump["expected"] or 0.0
    verb = "came" if gained >= 0 else "left"
    what = (
        f"{numbers.count(abs(gained))} {verb} where {numbers.amount(max(expected, 0))} were usual"
    )
    tests = ", ".join(name_of_test(family) for family in jump["families"] or ())
    return Moment(when, what, causes, tests)


def _change(facts: dict[str, Any], months: int) -> Change:
    column = f"growth_{months}m"
    gained, relative = facts.get(column), facts.get(f"{column}_relative")
    name = _REACH_SAYS[months]
    reason = plain(facts.get(f"{column}_reason") or "")
    if gained is None:
        return Change(name, "", "", reason or "not enough is known to say")
    share = "" if relative is None else f"{relative * 100:+,.1f}{_NBSP}%"
    return Change(name, _signed(gained), share.replace("-", "\N{MINUS SIGN}"), "")


def _day(seconds: float) -> str:
    return numbers.day(datetime.fromtimestamp(seconds, UTC))


def _signed(gained: int) -> str:
    return f"{gained:+,}".replace("-", "\N{MINUS SIGN}")
