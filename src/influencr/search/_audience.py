"""The audience's place as a filter, apart from the creator's own.

A share counts by the lower bound of its interval, so that a creator is found for what is known of
the audience and not for luck in a small sample; whose audience nobody knows is never found. Shares
are asked for in whole percents, which is how the index holds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.errors import UsageError
from influencr.index import Node, Terms
from influencr.search._located import Located
from influencr.search._query import Query

if TYPE_CHECKING:
    from influencr.geography import Area
    from influencr.search._places import PlaceReader

__all__ = ["AudienceFilter", "audience_filter", "audience_label"]

_COUNTRY = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


class AudienceFilter(msgspec.Struct, frozen=True):
    """How the audience's places of a query were understood.

    codes   as in the column audience_codes
    label   how the filter reads
    node    whose audience is known to be in one of them, by the share asked for
    """

    codes: tuple[str, ...]
    label: str
    node: Node

    def told(self, creator: Mapping[str, Any]) -> str | None:
        """What is known of a creator's audience in these places; None when nothing is."""
        shown = [
            f"{label} {share:.0%} ({low:.0%} to {high:.0%})"
            for code, label, share, low, high in zip(
                *(creator.get(f"audience_{name}") or () for name in _LISTS), strict=True
            )
            if code in self.codes
        ]
        sample = creator.get("audience_n_known")
        if shown:
            return f"{', '.join(shown)} of {sample or 0:,} followers who tell a place"
        return f"none of {sample:,} followers who tell a place" if sample else None


_LISTS = ("codes", "labels", "shares", "lows", "highs")


def audience_filter(
    query: Query, places: PlaceReader, located: Callable[[], Located]
) -> AudienceFilter | None:
    """The audience's places of a query, None when it names none.

    Raises UnknownValue for a place that does not exist, UsageError for one that is no single
    country, region or city.
    """
    if not query.audience_place:
        return None
    found: dict[str, str] = {}
    for text in query.audience_place:
        found |= _read(text, places, located)
    least = round((query.audience_share_min or 0.0) * 100)
    tokens = tuple(f"{code}/{percent}" for code in found for percent in range(least, 101))
    label = audience_label(" or ".join(found.values()), query.audience_share_min)
    return AudienceFilter(tuple(found), label, Terms("audience", tokens))


def audience_label(where: str, least: float | None) -> str:
    """How the filter reads.

    >>> audience_label("France", 0.3), audience_label("France", None)
    ('at least 30 % of the audience in France', 'audience known to be in France')
    """
    if least is None:
        return f"audience known to be in {where}"
    return f"at least {least * 100:.0f} % of the audience in {where}"


def _read(text: str, places: PlaceReader, located: Callable[[], Located]) -> dict[str, str]:
    """code -> label of what a member calls a place; several that a text lists are several."""
    if _COUNTRY.fullmatch(text):
        code = places.country(text)
        return {code: places.country_label(code)}
    if _REGION.fullmatch(text):
        return {places.region(text): text}
    area = places.ask(text, within_km=None, near=False, located=located())
    if area.but:
        raise _refused(text)
    return dict(_coded(part, text) for part in area.parts or (area,))


def _coded(area: Area, asked: str) -> tuple[str, str]:
    if area.within_km is None:
        if area.place_ids is None and len(area.codes) == 1:
            return area.codes[0], area.label
        if area.kind == "city" and area.place_id is not None:
            return str(area.place_id), area.label
    raise _refused(asked)


def _refused(asked: str) -> UsageError:
    return UsageError(
        "audience_place: audiences are told by country, region and city; name one of these, "
        f"received {asked!r}.",
        field="audience_place",
    )
