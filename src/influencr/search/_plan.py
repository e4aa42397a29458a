"""A query as a plan: the filters in their order, each alone, so that it can be left out.

The order is the order of the funnel: words, place, then what the creator is, then the numbers,
then the default exclusions.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from influencr.errors import UnknownValue
from influencr.index import (
    ACTIVITY_FACTORS,
    PUBLISHED,
    UNKNOWN,
    And,
    Anyone,
    Attention,
    Node,
    Not,
    Or,
    Range,
    Scale,
    Snapshot,
    Term,
    Terms,
    attention,
)
from influencr.records import PLATFORMS
from influencr.search._audience import AudienceFilter
from influencr.search._lens import Lens
from influencr.search._meant import Meant
from influencr.search._people import person
from influencr.search._places import PlaceFilter, PlaceReader, worth_nothing
from influencr.search._points import Points
from influencr.search._query import Query
from influencr.search._words import Words
from influencr.text import fold

__all__ = [
    "FACET_FIELDS",
    "LEFT_OUT",
    "PLACE_FILTERS",
    "Filter",
    "Plan",
    "attended",
    "creator_parts",
    "make_plan",
    "ordinal",
]

#: Left out unless asked for: field -> values.
LEFT_OUT = {
    "verdict": ("looks_inflated",),
    "label": ("celebrity", "brand", "bot"),
    "activity": ("dormant",),
}

#: facet -> index field; the size facet is cut from followers instead.
FACET_FIELDS = {
    "platform": "platform",
    "country": "country",
    "language": "language",
    "topic": "topic",
    "activity": "activity",
    "verdict": "verdict",
    "label": "label",
    "lockstep": "lockstep",
    "engagement_anomaly": "engagement_anomaly",
}

PLACE_FILTERS = ("place", "country", "region")


class Filter(msgspec.Struct, frozen=True):
    """One filter: who passes it, its name (a field of `Query`) and how it reads."""

    name: str
    label: str
    node: Node


class Plan(msgspec.Struct, frozen=True):
    """Everything that a query asks of the index."""

    query: Query
    words: Words
    meant: Meant
    place: PlaceFilter | None
    filters: tuple[Filter, ...]
    lenses: tuple[Lens, ...] = ()
    audience: AudienceFilter | None = None

    def node(self, *, without: tuple[str, ...] = ()) -> Node:
        """Who passes every filter, leaving some out by name."""
        return And(tuple(f.node for f in self.filters if f.name not in without))

    def every(self) -> Node | None:
        """Who passes and holds every piece of the words; None when that is everybody who passes."""
        every = self.meant.every
        return None if every is None else And((every, self.node(without=("text",))))

    def scored(self) -> Node:
        """Who passes, worth words x focus x place x what lenses make of them."""
        rest = tuple(worth_nothing(f.node) for f in self.filters if f.name != "text")
        if (base := self.meant.scored) is None:
            base = Anyone()
            if (excluded := self.meant.filter) is not None:
                rest = (worth_nothing(excluded), *rest)
        found = And((base, *rest))
        # The rings are apart from one another and hold everybody whom the place filter lets pass.
        whole: Node = Scale(found, self.rings, 1.0) if self.rings else found
        for lens in self.lenses:
            whole = lens.scale(whole)
        return whole

    @property
    def rings(self) -> tuple[tuple[Node, float], ...]:
        """The rings of a radius; empty without one."""
        return self.place.rings if self.place is not None else ()

    @property
    def is_plain(self) -> bool:
        """Nothing but quality tells the results apart."""
        return not (self.meant.pieces or self.rings or self.lenses)


def make_plan(
    query: Query,
    words: Words,
    meant: Meant,
    place: PlaceFilter | None,
    places: PlaceReader,
    snapshot: Snapshot,
    as_of: datetime,
    lenses: tuple[Lens, ...] = (),
    lists: tuple[Filter, ...] = (),
    audience: AudienceFilter | None = None,
) -> Plan:
    """The plan of a query on one generation.

    words, meant   what the query's text says, and what that means in this generation
    audience       where the audience must be
    lists          who is on the lists that the query names, or is not

    Raises UnknownValue for a platform, topic, country or region that does not exist.
    """
    filters: list[Filter] = []

    def add(name: str, label: str, node: Node) -> None:
        filters.append(Filter(name, label, node))

    if (asked := meant.filter) is not None:
        add("text", f"words: {query.text.strip()}", asked)
    if place is not None:
        add("place", place.label, place.node)
    if query.country:
        codes = tuple(UNKNOWN if c == UNKNOWN else places.country(c) for c in query.country)
        add("country", f"country: {', '.join(codes)}", Terms("country", codes))
    if query.region:
        codes = tuple(places.region(r) for r in query.region)
        add("region", f"region: {', '.join(codes)}", Terms("admin1", codes))
    if audience is not None:
        add("audience_place", audience.label, audience.node)
    if query.platform:
        _check_platforms(query.platform, snapshot)
        add("platform", f"platform: {', '.join(query.platform)}", Terms("platform", query.platform))
    if query.language:
        add("language", f"language: {', '.join(query.language)}", Terms("language", query.language))
    if query.topic:
        topics = _known_topics(query.topic, snapshot)
        add("topic", f"topic: {', '.join(topics)}", Terms("topic", topics))
    for name, label, field, low, high in (
        ("followers", "followers", "followers", query.followers_min, query.followers_max),
        ("engagement", "engagement", "engagement", query.engagement_min, query.engagement_max),
    ):
        if low is not None or high is not None:
            add(name, f"{label} {_between(name, low, high)}", Range(field, low, high))
    if query.influence_min is not None:
        add(
            "influence_min",
            f"influence from the {ordinal(query.influence_min)} percentile of the size",
            Range("influence", query.influence_min, None),
        )
    if query.closeness_min is not None:
        add(
            "closeness_min",
            f"closeness from {query.closeness_min:.3g}",
            Range("closeness", query.closeness_min, None),
        )
    if query.active_within_days is not None:
        since = as_of - timedelta(days=min(query.active_within_days, 700_000))
        add(
            "active_within_days",
            f"posted within {query.active_within_days} days",
            Range("last_post", max(0, int(since.timestamp())), None),
        )
    if query.posts_per_week_min is not None:
        add(
            "posts_per_week_min",
            f"at least {query.posts_per_week_min:g} posts a week",
            Range("posts_per_week", query.posts_per_week_min, None),
        )
    if query.account_days_min is not None:
        until = as_of - timedelta(days=min(query.account_days_min, 700_000))
        add(
            "account_days_min",
            f"account at least {query.account_days_min:,} days old",
            Range("created", None, int(until.timestamp())),
        )
    if query.growth_min is not None:
        months = query.growth_months
        add(
            "growth_min",
            f"{_grown(query.growth_min)} in {months} month{'s' if months > 1 else ''}",
            Range(f"growth_{months}m", 1.0 + query.growth_min, None),
        )
    if query.has_contact:
        add("has_contact", "with a contact for business", Term("contact", PUBLISHED))
    if query.bought_share_max is not None:
        add(
            "bought_share_max",
            f"at most {query.bought_share_max:.3g} of the followers look bought",
            Range("bought_high", None, query.bought_share_max),
        )
    for name in ("lockstep", "engagement_anomaly"):
        words_asked: tuple[str, ...] = getattr(query, name)
        if words_asked:
            add(
                name,
                f"{name.replace('_', ' ')}: {', '.join(words_asked)}",
                Terms(name, words_asked),
            )
    if query.followers_seen_min is not None:
        add(
            "followers_seen_min",
            f"at least {query.followers_seen_min:,} followers seen",
            Range("followers_seen", query.followers_seen_min, None),
        )
    for lens in lenses:
        for name, label, node in lens.filters:
            add(name, label, node)
    for name, left_out in LEFT_OUT.items():
        chosen: tuple[str, ...] = getattr(query, name)
        if chosen:
            add(name, f"{name}: {', '.join(chosen)}", Terms(name, chosen))
        elif not query.everything:
            add(name, f"{name}: not {', '.join(left_out)}", Not(Terms(name, left_out)))
    if query.exclude:
        nodes = tuple(person(e) for e in query.exclude)
        add("exclude", f"without {len(nodes)} left out by name", Not(Or(nodes)))
    filters += lists
    return Plan(query, words, meant, place, tuple(filters), lenses, audience)


def _grown(least: float) -> str:
    return f"lost at most {-least:.3g}" if least < 0 else f"grew by {least:.3g} or more"


def _between(name: str, low: float | None, high: float | None) -> str:
    def shown(number: float | None) -> str:
        if number is None:
            return ""
        return f"{number:.3g}" if name == "engagement" else f"{number:,}"

    if low is None:
        return f"up to {shown(high)}"
    if high is None:
        return f"from {shown(low)}"
    return f"{shown(low)} to {shown(high)}"


def ordinal(number: float) -> str:
    """A percentile as it is said.

    >>> ordinal(90), ordinal(92), ordinal(11), ordinal(99.5)
    ('90th', '92nd', '11th', '99.5th')
    """
    whole = int(number)
    if whole != number:
        return f"{number:.3g}th"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th") if whole // 10 % 10 != 1 else "th"
    return f"{whole}{ending}"


def _check_platforms(asked: tuple[str, ...], snapshot: Snapshot) -> None:
    strange = [p for p in asked if p not in PLATFORMS]
    if strange:
        held = snapshot.values(Anyone(), ("platform",))["platform"]
        for platform in strange:
            if platform not in held:
                raise UnknownValue("platform", platform, {*PLATFORMS, *held})


def _known_topics(asked: tuple[str, ...], snapshot: Snapshot) -> tuple[str, ...]:
    held = snapshot.values(Anyone(), ("topic",))["topic"]
    by_fold = {fold(t): t for t in sorted(held, reverse=True)}
    found: list[str] = []
    for topic in asked:
        known = topic if topic in held else by_fold.get(fold(topic))
        if known is None:
            raise UnknownValue("topic", topic, held)
        found.append(known)
    return tuple(dict.fromkeys(found))


def creator_parts(
    creator: dict[str, Any], edges: dict[str, list[float]], said: Points, place: float | None
) -> dict[str, float]:
    """name -> factor, in the order of the product."""
    parts = {"words": 1.0}
    if said.pieces:
        parts = {"words": said.words, "focus": said.focus}
    if place is not None:
        parts["place"] = place
    state = creator.get("activity_state") or UNKNOWN
    parts["activity"] = ACTIVITY_FACTORS.get(state, ACTIVITY_FACTORS[UNKNOWN])
    parts["attention"] = attended(creator, edges).factor
    return parts


def attended(creator: dict[str, Any], edges: dict[str, list[float]]) -> Attention:
    """The part `attention` of a creator's score, and what it was read from."""
    return attention(
        creator.get("influence_percentile"),
        creator.get("engagement_rate"),
        creator["platform"],
        edges,
    )
