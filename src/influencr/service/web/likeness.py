"""Why somebody is like somebody else: words and topics in common, or followers in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from influencr.search import Hit, Sharing
from influencr.service.web import numbers
from influencr.service.web.marked import plain

__all__ = ["Likeness", "likeness"]

# Words in common that a line names; the rarest come first.
_WORDS_SHOWN = 6
_NBSP = "\N{NO-BREAK SPACE}"


class Likeness(NamedTuple):
    """How alike, in percent without sign, and what both have.

    sharing   one sentence per creator whose followers were compared
    """

    percent: str
    words: tuple[str, ...]
    more: str
    topics: tuple[str, ...]
    sharing: tuple[str, ...]


def likeness(hit: Hit, names: Mapping[str, str] | None = None) -> Likeness | None:
    """What a hit shares with whom the question named; None when it named nobody.

    names   how those are called whom the question named by id
    """
    found = hit.similar
    if found is None:
        return None
    more = len(found.words) - _WORDS_SHOWN
    return Likeness(
        percent=numbers.percent(found.likeness),
        words=tuple(plain(word) for word in found.words[:_WORDS_SHOWN]),
        more=f"{more} more" if more > 0 else "",
        topics=tuple(plain(topic) for topic in found.topics),
        sharing=tuple(_sharing(one, names or {}) for one in found.sharing),
    )


def _sharing(one: Sharing, names: Mapping[str, str]) -> str:
    return (
        f"{numbers.count(one.n_shared)} of {numbers.count(one.n_sampled)} followers of "
        f"{_named(names.get(one.of, one.of))} follow them, too "
        f"({_share(one.share, one.low, one.high)}): "
        f"{numbers.factor(one.lift)} times as many as chance would have it"
    )


def _named(reference: str) -> str:
    """A reference without its platform, as a sentence calls somebody."""
    text = plain(reference)
    return text.partition(":")[2] if ":@" in text else text


def _share(share: float, low: float, high: float) -> str:
    told = f"{numbers.percent(share)}{_NBSP}%"
    least, most = numbers.percent(low), numbers.percent(high)
    if least == most:
        return told  # next to everybody was asked, so that little is estimated
    return f"{told}, 95{_NBSP}% interval {least}–{most}{_NBSP}%"
