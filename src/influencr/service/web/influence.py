"""Influence, not reach: what the dossier says about whom somebody moves, each number opened.

The score stands as the parts that multiply to it; every other number with its interval, how many
posts or replies it rests on, and what it means. What is unknown says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from influencr.influence import closeness
from influencr.search import ordinal
from influencr.service.web import charts, numbers, words
from influencr.service.web.growth import Growth, growth
from influencr.service.web.marked import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from influencr.engine import Cohort
    from influencr.engine import Influence as Measured
    from influencr.pipeline.vetting import Vetted

__all__ = ["Fact", "Influence", "Label", "Step", "influence"]

_NBSP = "\N{NO-BREAK SPACE}"
_DASH = "\N{EN DASH}"


class Step(NamedTuple):
    """One part of the score: its factor and its sentence."""

    name: str
    factor: str
    sentence: str


class Fact(NamedTuple):
    """One number: value with unit, "" where unknown; interval, what it rests on, what it means.

    why   why it is unknown
    """

    name: str
    value: str
    interval: str
    rests_on: str
    meaning: str
    why: str


class Label(NamedTuple):
    """Who is behind it, how surely, and what says so."""

    word: str
    sure: str
    reason: str
    signs: tuple[str, ...]


class Influence(NamedTuple):
    """The section; `value` is "" where there is no score, and `reason` says why.

    table       the cohort as numbers: (followers, a tenth below, median, a tenth above)
    attention   the drawing of the engagement of creators by size; `attention_says` its sentence
    """

    value: str
    interval: str
    place: str
    per_1000: str
    reason: str
    parts: tuple[Step, ...]
    plot: charts.Chart | None
    plot_says: str
    table: tuple[tuple[str, str, str, str], ...]
    attention: charts.Chart | None
    attention_says: str
    attention_table: tuple[tuple[str, str, str, str], ...]
    engagement: tuple[Fact, ...]
    closeness: tuple[Fact, ...]
    growth: Growth
    label: Label
    version: str
    as_of: str


def influence(
    creator: dict[str, Any], measured: Measured | None, vetted: Vetted | None = None
) -> Influence | None:
    """The section of a creators row; None where no act was read in this home yet.

    vetted   the tests of the audience, which name what brought a jump of followers
    """
    if measured is None:
        return None
    facts = measured.facts
    value = facts.get("influence_per_post")
    plot, says = _plot(creator, facts, measured.cohort)
    attention, attention_says = _attention(creator, measured.engagement)
    as_of = facts.get("as_of")
    return Influence(
        value="" if value is None else numbers.amount(value),
        interval=_interval(facts, "influence_per_post", numbers.amount),
        place=_place(facts),
        per_1000=_per_1000(facts),
        reason=plain(facts.get("influence_reason") or ""),
        parts=tuple(
            Step(plain(p["name"]), numbers.factor(p["factor"]), plain(p["sentence"]))
            for p in facts.get("influence_parts") or ()
        ),
        plot=plot,
        plot_says=says,
        table=_table(measured.cohort, numbers.amount) if plot is not None else (),
        attention=attention,
        attention_says=attention_says,
        attention_table=_table(measured.engagement, _percent) if attention is not None else (),
        engagement=_engagement(facts),
        closeness=_closeness(facts),
        growth=growth(facts, vetted),
        label=_label(creator, facts),
        version=str(facts.get("influence_version") or ""),
        as_of=numbers.instant(as_of) if as_of else "",
    )


# The score.


def _interval(facts: dict[str, Any], name: str, write: Callable[[float], str]) -> str:
    low, high = facts.get(f"{name}_low"), facts.get(f"{name}_high")
    if low is None or high is None:
        return ""
    return f"{write(low)}{_DASH}{write(high)}"


def _place(facts: dict[str, Any]) -> str:
    percentile = facts.get("influence_percentile")
    if percentile is None:
        return ""
    low, high = facts.get("influence_percentile_low"), facts.get("influence_percentile_high")
    text = f"{ordinal(round(percentile))} percentile of its size"
    if low is not None and high is not None:
        text += f" (95{_NBSP}% interval {low:.0f}{_DASH}{high:.0f})"
    n = facts.get("influence_cohort_n")
    return f"{text}, among {numbers.plural(n, 'creator', 'creators')}" if n else text


def _per_1000(facts: dict[str, Any]) -> str:
    value = facts.get("influence_per_1000")
    if value is None:
        return ""
    interval = _interval(facts, "influence_per_1000", numbers.amount)
    return f"{numbers.amount(value)} per 1,000 followers" + (f" ({interval})" if interval else "")


def _plot(
    creator: dict[str, Any], facts: dict[str, Any], cohort: Cohort | None
) -> tuple[charts.Chart | None, str]:
    """The cohort with this creator in it, and what it shows in a sentence."""
    value, followers = facts.get("influence_per_post"), creator.get("followers")
    if cohort is None or not value or not followers:
        return None, ""
    platform = words.platform(creator["platform"])
    band = tuple(zip(cohort.sizes, cohort.low, cohort.usual, cohort.high, strict=True))
    percentile = facts.get("influence_percentile")
    text = numbers.amount(value) + ("" if percentile is None else f", p{percentile:.0f}")
    says = (
        f"{numbers.count(cohort.n)} creators on {platform} by followers and acts a post; "
        f"{numbers.count(len(cohort.points))} of them drawn. The triangle is this creator"
    )
    if facts.get("influence_per_post_low") is not None:
        says += f", its line the 95{_NBSP}% interval"
    mark = charts.Mark(
        float(followers),
        value,
        facts.get("influence_per_post_low"),
        facts.get("influence_per_post_high"),
        text,
    )
    return charts.cohort(cohort.points, band, mark, f"{says}."), f"{says}."


def _attention(creator: dict[str, Any], cohort: Cohort | None) -> tuple[charts.Chart | None, str]:
    """The engagement of creators by size with this one in it, and what it shows in a sentence."""
    rate, followers = creator.get("engagement_rate"), creator.get("followers")
    if cohort is None or not rate or not followers:
        return None, ""
    points = [(size, 100 * value) for size, value in cohort.points]
    band = [
        (size, 100 * low, 100 * usual, 100 * high)
        for size, low, usual, high in zip(
            cohort.sizes, cohort.low, cohort.usual, cohort.high, strict=True
        )
    ]
    percentile = creator.get("engagement_percentile")
    text = _percent(rate) + ("" if percentile is None else f", p{percentile:.0f}")
    says = (
        f"{numbers.count(cohort.n)} creators on {words.platform(creator['platform'])} by followers "
        f"and by the share of them who react to a usual post; {numbers.count(len(points))} of them "
        "drawn. The triangle is this creator"
    )
    if percentile is not None:
        says += f", at the {ordinal(round(percentile))} percentile of its size"
    mark = charts.Mark(float(followers), 100 * rate, None, None, text)
    return charts.cohort(points, band, mark, f"{says}.", f"{_NBSP}%"), f"{says}."


def _table(
    cohort: Cohort | None, write: Callable[[float], str]
) -> tuple[tuple[str, str, str, str], ...]:
    if cohort is None:
        return ()
    rows = zip(cohort.sizes, cohort.low, cohort.usual, cohort.high, strict=True)
    return tuple(
        (
            numbers.count(round(size)),
            write(low),
            write(usual),
            write(high),
        )
        for size, low, usual, high in rows
    )[::3]


# Facts.


def _fact(
    facts: dict[str, Any],
    column: str,
    name: str,
    meaning: str,
    of: str,
    write: Callable[[float], str],
) -> Fact:
    """One number of the facts; `of` is what `_n` counts, in the plural."""
    value, n = facts.get(column), facts.get(f"{column}_n")
    reason = plain(facts.get(f"{column}_reason") or "")
    if value is None:
        return Fact(name, "", "", "", meaning, reason or "not enough is known to say")
    rests_on = f"{numbers.count(n)}{_NBSP}{of}" if n else ""
    interval = _shares(facts, column) if write is _percent else _interval(facts, column, write)
    return Fact(name, write(value), interval, rests_on, meaning, "")


def _shares(facts: dict[str, Any], column: str) -> str:
    text = _interval(facts, column, numbers.percent)
    return f"{text}{_NBSP}%" if text else ""


def _percent(share: float) -> str:
    return f"{numbers.percent(share)}{_NBSP}%"


def _hours(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.0f}{_NBSP}min"
    return f"{numbers.amount(hours)}{_NBSP}h" if hours < 48 else f"{hours / 24:.1f}{_NBSP}d"


def _times(ratio: float) -> str:
    return f"{numbers.factor(ratio)}{_NBSP}×"


def _engagement(facts: dict[str, Any]) -> tuple[Fact, ...]:
    asked: tuple[tuple[str, str, str, Callable[[float], str]], ...] = (
        (
            "effortful",
            "People who act on a post",
            "different accounts, not flagged, that repost, quote or really reply",
            numbers.amount,
        ),
        (
            "median",
            "Reactions to a post",
            "likes, replies, reposts and quotes that every other usual post passes",
            numbers.amount,
        ),
        ("per_follower", "Per follower", "those reactions over all followers", _percent),
        ("per_view", "Per view", "reactions of the middle post over its views", _percent),
        (
            "acts",
            "Replies, reposts and quotes",
            "of a usual post, as the network counts them, whoever made them",
            numbers.amount,
        ),
        (
            "sponsored_ratio",
            "Sponsored posts",
            "their reactions over those of the usual ones, which are counted apart",
            _times,
        ),
    )
    return tuple(
        _fact(facts, f"engagement_{column}", name, meaning, "posts", write)
        for column, name, meaning, write in asked
    )


def _closeness(facts: dict[str, Any]) -> tuple[Fact, ...]:
    prompt = f"{closeness.PROMPT_HOURS:.0f}{_NBSP}hours"
    asked: tuple[tuple[str, str, str, str, Callable[[float], str]], ...] = (
        ("", "Closeness", f"chance that a reply is answered within {prompt}", "replies", _percent),
        ("_answered", "Replies answered", "the first part of closeness", "replies", _percent),
        (
            "_within_day",
            f"Of these within {prompt}",
            "the other part: both multiply to closeness",
            "answers",
            _percent,
        ),
        ("_answer_hours", "Time to answer", "of the middle answer", "answers", _hours),
        (
            "_mutual",
            "Conversations both ways",
            f"repliers with whom it went both ways on {closeness.MIN_MUTUAL} posts or more",
            "repliers",
            _percent,
        ),
        (
            "_repeat",
            "Who comes back",
            f"repliers who replied to {closeness.MIN_REPEAT} posts or more",
            "repliers",
            _percent,
        ),
    )
    return tuple(
        _fact(facts, f"closeness{column}", name, meaning, of, write)
        for column, name, meaning, of, write in asked
    )


# Who is behind it.


def _label(creator: dict[str, Any], facts: dict[str, Any]) -> Label:
    label = creator.get("label") or "unknown"
    p = facts.get("label_p")
    signs = tuple(plain(sign.get("sentence") or "") for sign in facts.get("label_reasons") or ())
    return Label(
        word=words.LABEL.get(label, label),
        sure="" if p is None or label == "unknown" else _percent(p),
        reason=plain(creator.get("label_reason") or ""),
        signs=tuple(sign for sign in signs if sign),
    )
