"""What is being asked, as chips: each filter with a link that lifts it, defaults included."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from influencr.search import Query, Results, ordinal
from influencr.service.web import numbers, words
from influencr.service.web.address import Address
from influencr.service.web.pieces import pieces
from influencr.service.web.rail import BRAND

__all__ = ["MANY", "Chip", "audience", "chips", "hidden", "ranges", "values"]

# Fields that OR their values: each value gets its own chip.
MANY = (
    *("platform", "country", "region", "language", "topic", "verdict", "activity", "label"),
    *("lockstep", "engagement_anomaly"),
)


class Chip(NamedTuple):
    """One filter; following `href` lifts it."""

    field: str
    value: str
    href: str
    action: str


def chips(query: Query, results: Results | None, address: Address) -> list[Chip]:
    """The chips in the order of the query's fields, the default exclusions last."""
    found: list[Chip] = []

    def add(field: str, value: str, lifted: Address, action: str = "Remove") -> None:
        found.append(Chip(field, value, lifted.href, action))

    for piece in pieces(query.text):
        add(piece.kind, piece.shown, address.with_({"text": [piece.rest]}))
    if query.words_only:
        add("place", "none taken from the words", address.without("words_only"))
    if query.place:
        lifted = address.without("place", "within_km", "include_region_level")
        add("place", _place(query.place, results), lifted)
    if query.near:
        lifted = address.without("near", "within_km", "include_region_level")
        add("near", _place(query.near, results), lifted)
    if query.include_region_level:
        add("also", "people known only to the region", address.without("include_region_level"))
    for field in MANY:
        for value in getattr(query, field):
            add(words.FIELDS[field], _label(field, value, results), _less(address, field, value))
    for value in query.audience_place:
        lifted = _less(address, "audience_place", value)
        if len(query.audience_place) == 1:
            lifted = lifted.without("audience_share_min")
        add("audience", audience(value, query), lifted)
    if query.has_contact:
        add("contact", "published for business", address.without("has_contact"))
    found += ranges(query, address)
    for value in query.similar:
        lifted = _less(address, "similar", value)
        if len(query.similar) == 1:
            lifted = lifted.without("similar_by")
        add("like", f"{value}, by {query.similar_by}", lifted)
    found += _of_brand(query, address)
    for value in query.exclude:
        add("without", value, _less(address, "exclude", value))
    for field in ("on_list", "not_on_list"):
        for value in getattr(query, field):
            add(words.FIELDS[field], value, _less(address, field, value))
    if query.everything:
        add("shown", "everybody", address.without("everything"), "Hide the usual exclusions again:")
    elif out := hidden(query):
        lifted = address.with_({"everything": ["true"]})
        add("hidden", ", ".join(out), lifted, "Show")
    return found


def audience(place: str, query: Query) -> str:
    """An audience's place with the share asked for."""
    least = query.audience_share_min
    return place if least is None else f"{place} ≥ {_percent(least)}"


def _of_brand(query: Query, address: Address) -> list[Chip]:
    """The chips of a brand: lifting it lifts its two filters, too."""
    if not query.brand:
        return []
    found = [Chip("brand", query.brand, address.without(*BRAND).href, "Remove")]
    for name in BRAND[1:]:
        if (least := getattr(query, name)) is not None:
            value = f"≥ {_percent(least)}"
            field = words.FIELDS[name].removesuffix(" from")
            found.append(Chip(field, value, address.without(name).href, "Remove"))
    return found


def hidden(query: Query) -> list[str]:
    """The default exclusions in force, in words."""
    if query.everything:
        return []
    out = []
    if not query.verdict:
        out.append("inflated audience")
    if not query.activity:
        out.append("dormant")
    if not query.label:
        out += ["celebrity", "brand", "bot"]
    return out


def ranges(query: Query, address: Address) -> list[Chip]:
    """The chips of the numbers asked for."""
    found = []
    low, high = query.followers_min, query.followers_max
    if low is not None or high is not None:
        text = _range(low, high, numbers.count)
        lifted = address.without("followers_min", "followers_max")
        found.append(Chip("followers", text, lifted.href, "Remove"))
    if query.engagement_min is not None or query.engagement_max is not None:
        text = _range(query.engagement_min, query.engagement_max, _percent)
        lifted = address.without("engagement_min", "engagement_max")
        found.append(Chip("engagement", text, lifted.href, "Remove"))
    if query.influence_min is not None:
        text = f"≥ {ordinal(query.influence_min)} percentile of the size"
        found.append(Chip("influence", text, address.without("influence_min").href, "Remove"))
    if query.closeness_min is not None:
        text = f"≥ {_percent(query.closeness_min)}"
        found.append(Chip("closeness", text, address.without("closeness_min").href, "Remove"))
    if query.active_within_days is not None:
        text = numbers.plural(query.active_within_days, "day", "days")
        found.append(
            Chip("posted within", text, address.without("active_within_days").href, "Remove")
        )
    if query.posts_per_week_min is not None:
        text = f"≥ {query.posts_per_week_min:g}"
        found.append(
            Chip("posts a week", text, address.without("posts_per_week_min").href, "Remove")
        )
    if query.account_days_min is not None:
        text = f"≥ {numbers.plural(query.account_days_min, 'day', 'days')}"
        lifted = address.without("account_days_min")
        found.append(Chip("account age", text, lifted.href, "Remove"))
    if query.growth_min is not None:
        months = numbers.plural(query.growth_months, "month", "months")
        text = f"≥ {_percent(query.growth_min)} in {months}"
        found.append(
            Chip("growth", text, address.without("growth_min", "growth_months").href, "Remove")
        )
    if query.bought_share_max is not None:
        text = f"≤ {_percent(query.bought_share_max)}"
        lifted = address.without("bought_share_max")
        found.append(Chip("look bought", text, lifted.href, "Remove"))
    if query.followers_seen_min is not None:
        text = f"≥ {numbers.count(query.followers_seen_min)}"
        lifted = address.without("followers_seen_min")
        found.append(Chip("followers seen", text, lifted.href, "Remove"))
    return found


def _range[N: (int, float)](low: N | None, high: N | None, write: Callable[[N], str]) -> str:
    if low is None:
        return f"≤ {write(high)}" if high is not None else ""
    return f"≥ {write(low)}" if high is None else f"{write(low)}–{write(high)}"


def _percent(rate: float) -> str:
    return f"{rate * 100:.3g}\N{NO-BREAK SPACE}%"


def _place(asked: str, results: Results | None) -> str:
    place = results.place if results else None
    if place is None:
        return asked
    if place.within_km:
        return f"within {numbers.km(place.within_km)} of {place.label}"
    return place.label


def values(field: str, query: Query, results: Results | None) -> str:
    """All values of a filter in one line."""
    return ", ".join(_label(field, value, results) for value in getattr(query, field))


def _label(field: str, value: str, results: Results | None) -> str:
    for known in results.facets.get(field, ()) if results else ():
        if known.value == value:
            return words.word_of(field, value, known.label)
    return words.word_of(field, value, value)


def _less(address: Address, field: str, value: str) -> Address:
    # The address may spell a value in another way than the query does ("France" for "FR").
    if value in address.values(field):
        return address.toggled(field, value)
    return address.without(field)
