"""Why is this creator found or not, and why does one stand above another?

Every filter is asked of the index for this one creator, so the answer cannot differ from the
results; the score is made of the same parts as any hit's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from influencr.index import UNKNOWN, And, Snapshot, Term, document, tie
from influencr.search._plan import Plan
from influencr.search._points import Said
from influencr.search._query import Query
from influencr.search._results import Compared, Explained, FilterCheck, Hit, PartRatio

__all__ = ["compared", "explained"]


def explained(plan: Plan, snapshot: Snapshot, hit: Hit) -> Explained:
    """Why the creator of a hit, found or not, is or is not among the results of a plan."""
    who = Term("uid", hit.profile_id)
    checks = tuple(
        FilterCheck(
            filter=f.name,
            label=f.label,
            passed=snapshot.count(And((who, f.node))) > 0,
            value=_value(f.name, hit, plan),
        )
        for f in plan.filters
    )
    missing = tuple(p.piece for p in hit.words if not p.found)
    return Explained(
        profile_id=hit.profile_id,
        platform=hit.platform,
        handle=hit.handle,
        found=all(check.passed for check in checks),
        because=_because(hit, checks, missing),
        filters=checks,
        missing=missing,
        hit=hit,
    )


def compared(plan: Plan, one: Explained, other: Explained) -> Compared:
    """Which of two creators stands above the other, and what decides."""
    upper, lower = sorted((one, other), key=_rank(plan))
    if one.profile_id == other.profile_id:
        return Compared(
            upper=one, lower=other, parts=(), decides="tie", because="They are the same creator."
        )
    parts = _ratios(upper, lower)
    decides, because = _decided(plan, upper, lower, parts)
    return Compared(upper=upper, lower=lower, parts=parts, decides=decides, because=because)


def _because(hit: Hit, checks: tuple[FilterCheck, ...], missing: tuple[str, ...]) -> str:
    name = _name(hit)
    failed = [check for check in checks if not check.passed]
    if not failed:
        lacks = f", without {_listed(missing)}" if missing else ""
        return f"{name} is found with a score of {hit.score:.2f}{lacks}."
    told = "; ".join(f"{check.label} (has: {check.value})" for check in failed)
    filters = "filter" if len(failed) == 1 else "filters"
    return f"{name} is not found: {len(failed)} {filters} not passed: {told}."


def _name(of: Hit | Explained) -> str:
    return f"{of.platform}:@{of.handle}" if of.handle else of.profile_id


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


# Which value of a creator a filter looked at.


def _value(name: str, hit: Hit, plan: Plan) -> str:
    row = hit.creator
    read = _VALUES.get(name)
    if read is not None:
        return read(row)
    if name == "text":
        said = sum(bool(p.found) for p in hit.words)
        told = f"{said} of {len(hit.words)} words said" if hit.words else "no words asked for"
        creator = Said(row)
        out = tuple(item.typed for item in plan.meant.excluded if creator.holds(item))
        return f"{told}, and says {_listed(out)}" if out else told
    if name == "place":
        label = row.get("place_label") or row.get("place_name") or UNKNOWN
        return label if hit.distance_km is None else f"{label}, {hit.distance_km:,.0f} km away"
    if name == "audience_place" and plan.audience is not None:
        return plan.audience.told(row) or UNKNOWN
    if name == "growth_min":
        return _number(f"growth_{plan.query.growth_months}m_relative", ".3g")(row)
    if name == "fit_min" and hit.brand is not None and hit.brand.fit is not None:
        return f"{hit.brand.fit.fit:.2f}"
    if name == "alignment_min" and hit.brand is not None:
        aligned = hit.brand.alignment
        return UNKNOWN if aligned.share is None else f"{aligned.share:.2f}"
    if name == "similar" and hit.similar is not None:
        return f"{hit.similar.likeness:.2f}"
    return hit.profile_id


def _text(column: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: str(row.get(column) or UNKNOWN)


def _number(column: str, shown: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: UNKNOWN if row.get(column) is None else format(row[column], shown)


def _day(column: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: UNKNOWN if row.get(column) is None else f"{row[column]:%Y-%m-%d}"


_VALUES: dict[str, Callable[[dict[str, Any]], str]] = {
    "country": _text("country"),
    "region": _text("admin1"),
    "platform": _text("platform"),
    "language": _text("language"),
    "topic": lambda row: ", ".join(row.get("topics") or ()) or "none",
    "followers": _number("followers", ","),
    "engagement": _number("engagement_rate", ".3g"),
    "influence_min": _number("influence_percentile", ".3g"),
    "closeness_min": _number("closeness", ".3g"),
    "active_within_days": _day("last_post_at"),
    "account_days_min": _day("account_created_at"),
    "posts_per_week_min": _number("posts_per_week", ".3g"),
    "verdict": _text("verdict"),
    "label": _text("label"),
    "activity": _text("activity_state"),
    "has_contact": lambda row: "published" if row.get("contact_email") else UNKNOWN,
    "bought_share_max": _number("bought_high", ".3g"),
    "lockstep": _text("lockstep"),
    "engagement_anomaly": _text("engagement_anomaly"),
    "followers_seen_min": lambda row: f"{row.get('followers_seen') or 0:,}",
}

# Who stands above.

#: sort -> (column, how it is told); all but the name and the share that looks bought fall, unknown
#: comes last.
_SORTED = {
    "followers": ("followers", ","),
    "influence": ("influence_percentile", ".3g"),
    "engagement": ("engagement_rate", ".3g"),
    "last_post": ("last_post_at", "%Y-%m-%d"),
    "posts_per_week": ("posts_per_week", ".3g"),
    "closeness": ("closeness", ".3g"),
    "bought_share": ("bought_high", ".3g"),
}


def _rank(plan: Plan) -> Callable[[Explained], tuple[Any, ...]]:
    """As the results are ordered: found first, then the sort, then the fixed shuffle."""

    def key(of: Explained) -> tuple[Any, ...]:
        last = tie(of.profile_id)
        if of.hit is None:
            return (2, 0.0, last)
        if not of.found:
            return (1, -of.hit.score, last)
        return (0, _sort_value(plan, of.hit), last)

    return key


def _sorted(query: Query) -> tuple[str, str]:
    """(column, how it is told) of the sort of a query."""
    if query.sort == "growth":
        return f"growth_{query.growth_months}m_relative", ".3g"
    return _SORTED[query.sort]


def _sort_value(plan: Plan, hit: Hit) -> Any:
    if plan.query.sort == "relevance":
        return -hit.score
    if plan.query.sort == "name":
        return document(hit.creator, {})["sort_name"]
    value = hit.creator.get(_sorted(plan.query)[0])
    if isinstance(value, datetime):
        value = int(value.timestamp())
    if value is None:
        return float("inf")
    return value - 1.0 if plan.query.sort == "bought_share" else -value


def _ratios(upper: Explained, lower: Explained) -> tuple[PartRatio, ...]:
    if upper.hit is None or lower.hit is None:
        return ()
    high, low = upper.hit.parts, lower.hit.parts
    return tuple(
        PartRatio(
            part=part,
            upper=high[part],
            lower=low[part],
            ratio=high[part] / low[part] if low[part] else None,
        )
        for part in high
    )


def _decided(
    plan: Plan, upper: Explained, lower: Explained, parts: tuple[PartRatio, ...]
) -> tuple[str, str]:
    """(what decides, one sentence)."""
    above, below = _name(upper), _name(lower)
    if not lower.found:
        failed = next((check for check in lower.filters if not check.passed), None)
        which = failed.filter if failed is not None else "index"
        also = "" if upper.found else f" {above} is not found either."
        return which, f"{lower.because}{also}"
    if upper.hit is None or lower.hit is None:
        return "index", lower.because
    if plan.query.sort != "relevance":
        first, second = _sort_value(plan, upper.hit), _sort_value(plan, lower.hit)
        if first != second:
            told = [_told(plan, hit) for hit in (upper.hit, lower.hit)]
            return plan.query.sort, (
                f"{above} stands above {below}: results are sorted by "
                f"{plan.query.sort.replace('_', ' ')}, {told[0]} before {told[1]}."
            )
    elif upper.hit.score != lower.hit.score:
        part = max(parts, key=lambda p: p.ratio if p.ratio is not None else float("inf"))
        times = "" if part.ratio is None else f", {part.ratio:.2f} times as much"
        if part.part == "words" and (piece := _most(upper.hit, lower.hit)):
            times += f", most of it by {piece!r}"
        against = [p.part for p in parts if p.ratio is not None and p.ratio < 1]
        despite = f", in spite of {' and '.join(against)}" if against else ""
        return part.part, (
            f"{above} stands above {below} by {part.part}: {part.upper:.2f} against "
            f"{part.lower:.2f}{times}{despite}."
        )
    return "tie", (
        f"{above} and {below} are worth the same; equals stand in a fixed shuffle, which puts "
        f"{above} first."
    )


def _most(upper: Hit, lower: Hit) -> str:
    """The piece by which one says more than the other, "" when none does."""
    leads = [
        (one.points - other.points, one.piece)
        for one, other in zip(upper.words, lower.words, strict=True)
    ]
    lead, piece = max(leads, key=lambda each: each[0], default=(0.0, ""))
    return piece if lead > 0 else ""


def _told(plan: Plan, hit: Hit) -> str:
    if plan.query.sort == "name":
        return f'"{hit.creator.get("display_name") or hit.handle or hit.profile_id}"'
    column, shown = _sorted(plan.query)
    value = hit.creator.get(column)
    return UNKNOWN if value is None else format(value, shown)
