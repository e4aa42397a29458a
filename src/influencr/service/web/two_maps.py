"""Two follower maps of this index side by side: people who found somebody, and a bought batch.

Both are real, and neither says whose it is: a front page is no place to name anybody.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.utils.safestring import SafeString, mark_safe

from influencr.errors import InfluencrError
from influencr.search import Query
from influencr.service.web import numbers, words
from influencr.vetting.verdict import FollowerMap, follower_map, map_table

if TYPE_CHECKING:
    from influencr.engine import Engine

__all__ = ["TwoMaps", "two_maps"]

# Among so many of each kind the clearest is looked for; followers that a drawing bears.
_LOOKED_AT = 40
_FEWEST, _MOST = 250, 1_200


class Shown(NamedTuple):
    """One map with its verdict and the sentence below it."""

    word: words.Word
    picture: SafeString
    sentence: str


class TwoMaps(NamedTuple):
    """A vetted audience beside one that looks inflated."""

    vetted: Shown
    inflated: Shown


_lock = threading.Lock()
_kept: dict[int, TwoMaps | None] = {}


def two_maps(engine: Engine, generation: int) -> TwoMaps | None:
    """The two maps of a generation of the index; None where one of the kinds is not known."""
    with _lock:
        if generation in _kept:
            return _kept[generation]
    found = _found(engine)
    with _lock:
        _kept.clear()
        _kept[generation] = found
    return found


def _found(engine: Engine) -> TwoMaps | None:
    try:
        vetted = _best(engine, "vetted", lambda row: row["followers_seen"])
        inflated = _best(engine, "looks_inflated", lambda row: row.get("bought_low") or 0)
    except InfluencrError:
        # The page lives without them: verdicts may be of a version that is judged anew.
        return None
    if vetted is None or inflated is None:
        return None
    seen = numbers.count(vetted[0]["followers_seen"])
    share = numbers.percent(inflated[0].get("bought_low") or 0)
    of = numbers.count(inflated[0]["followers_seen"])
    return TwoMaps(
        Shown(
            words.VERDICT["vetted"],
            vetted[1],
            f"No sign of bought followers among {seen} seen.",
        ),
        Shown(
            words.VERDICT["looks_inflated"],
            inflated[1],
            f"At least {share}\N{NO-BREAK SPACE}% look bought, of {of} seen: accounts made "
            "together that arrived together. This says nothing about who paid.",
        ),
    )


def _best(engine: Engine, verdict: str, worth: Any) -> tuple[dict[str, Any], SafeString] | None:
    """(row, map) of the creator of a verdict whose map shows best what it means."""
    asked = Query(verdict=(verdict,), limit=_LOOKED_AT, facets=(), funnel=False)
    rows = [
        hit.creator
        for hit in engine.query(asked).hits
        if hit.creator.get("verdict") == verdict
        and hit.creator.get("follower_map")
        and _FEWEST <= (hit.creator.get("followers_seen") or 0) <= _MOST
    ]
    for row in sorted(rows, key=worth, reverse=True):
        vetted = engine.evidence(row["profile_id"])
        if vetted is not None and vetted.map:
            known = msgspec.json.decode(vetted.map, type=FollowerMap)
            if verdict == "vetted" and any(line.in_crowd for line in map_table(known)):
                continue  # a crowd that was explained needs more words than there are here
            drawn = follower_map(known, size="narrow", label=f"front-{verdict}-")
            # Drawn by our own code from numbers alone; no text of a person is in it.
            return row, mark_safe(drawn)  # noqa: S308
    return None
