"""A creator beside a brand: fit and alignment apart, each with its reasons, and who is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from influencr.search import Hit
from influencr.search.brand import Alignment, BrandRead, Fit, Mention
from influencr.service.web import numbers, words
from influencr.service.web.marked import from_match, marked, plain

__all__ = ["BrandFacts", "Named", "Understood", "brand_facts", "understood"]

_NBSP = "\N{NO-BREAK SPACE}"
# Length of a whole bar in the units of its drawing (parts/brand_facts.html).
_FULL = 100.0
_MENTIONS_SHOWN = 2
_WORDS_SHOWN = 6
_PASSAGE_BEFORE = 48


class Named(NamedTuple):
    """A passage that names the brand or a competitor."""

    who: str
    where: str
    passage: SafeString
    marked: str


class BrandFacts(NamedTuple):
    """What a row shows of a brand.

    fit        percent without sign, empty where the brand gives nothing to ask
    reasons    what the content has of the brand, a phrase each
    share      the aligned share of the audience, percent without sign; empty when it is unknown
    interval   95 % interval, written
    low, high, middle   the same in units of the drawing
    counts     who matches, who does not, of whom it is unknown, in words; or why it is unknown
    """

    fit: str
    fit_bar: float
    reasons: tuple[str, ...]
    share: str
    interval: str
    low: float
    high: float
    middle: float
    counts: str
    unknown: str
    mentions: tuple[Named, ...]
    more_mentions: str


class Understood(NamedTuple):
    """How a brand was understood in this home, as labelled lists of words, and what is missing."""

    name: str
    lines: tuple[tuple[str, str], ...]
    audience: str
    missing: tuple[str, ...]


def brand_facts(hit: Hit) -> BrandFacts | None:
    """What is known of a hit beside the brand of the question; None without a brand."""
    found = hit.brand
    if found is None:
        return None
    fit, aligned = found.fit, found.alignment
    known = aligned.share is not None
    more = len(found.mentions) - _MENTIONS_SHOWN
    return BrandFacts(
        fit="" if fit is None else numbers.percent(fit.fit),
        fit_bar=0.0 if fit is None else round(_FULL * fit.fit, 1),
        reasons=() if fit is None else _reasons(fit),
        share=numbers.percent(aligned.share or 0) if known else "",
        interval=_interval(aligned) if known else "",
        low=round(_FULL * (aligned.low or 0), 1),
        high=round(_FULL * (aligned.high or 0), 1),
        middle=round(_FULL * (aligned.share or 0), 1),
        counts=_counts(aligned) if known else "",
        unknown="" if known else plain(aligned.reason),
        mentions=tuple(_named(one) for one in found.mentions[:_MENTIONS_SHOWN]),
        more_mentions=numbers.plural(more, "more passage", "more passages") if more > 0 else "",
    )


def understood(read: BrandRead, places: Sequence[str] = ()) -> Understood:
    """How a brand was read: what creators are asked for, and by what audiences are judged.

    places   how the places of its audience were read
    """
    lines = (
        ("says", read.words),
        ("is about", read.topics),
        ("like", read.examples),
        ("in the examples’ words", read.example_words),
        ("and whose audience is in", places),
    )
    if read.reason:
        audience = f"Audiences unknown: {plain(read.reason)}."
    else:
        audience = (
            f"Audiences of {numbers.plural(read.n_aligned, 'creator', 'creators')} are known well "
            f"enough, by {' and '.join(read.pieces)}."
        )
    return Understood(
        name=plain(read.name),
        lines=tuple(
            (label, ", ".join(plain(v) for v in values)) for label, values in lines if values
        ),
        audience=audience,
        missing=tuple(plain(name) for name in read.missing),
    )


def _reasons(fit: Fit) -> tuple[str, ...]:
    told = []
    if fit.words:
        said = [f"“{plain(w.as_)}”{_because(w.because)}" for w in fit.words[:_WORDS_SHOWN]]
        more = len(fit.words) - _WORDS_SHOWN
        told.append(f"says {', '.join(said)}" + (f" and {more} more" if more > 0 else ""))
    if fit.topics:
        told.append(f"is about {', '.join(plain(t) for t in fit.topics)}")
    for one in fit.resembles[:1]:
        common = [*one.words[:4], *one.topics[:2]]
        told.append(f"is like {plain(one.example)} ({', '.join(plain(w) for w in common)})")
    if fit.language:
        told.append(f"writes in {words.language(fit.language)}")
    return tuple(told) or ("has nothing of what the brand asks for",)


def _because(text: str) -> str:
    return f" ({plain(text)})" if text and text != "as typed" else ""


def _interval(aligned: Alignment) -> str:
    low, high = numbers.percent(aligned.low or 0), numbers.percent(aligned.high or 0)
    return f"95{_NBSP}% interval {low}–{high}{_NBSP}%"


def _counts(aligned: Alignment) -> str:
    """Few people are never counted one by one; the engine's sentence then says so."""
    if aligned.n_match is None or aligned.n_not is None:
        return plain(aligned.reason)
    unknown = aligned.n_unknown / aligned.n_sampled if aligned.n_sampled else 0
    return (
        f"{numbers.count(aligned.n_match)} match, {numbers.count(aligned.n_not)} do not; "
        f"too little is known of the other {numbers.count(aligned.n_unknown)} "
        f"({numbers.percent(unknown)}{_NBSP}%) sampled"
    )


def _named(one: Mention) -> Named:
    name = f"names {plain(one.name)}"
    if one.of == "competitor":
        name = f"names the competitor {plain(one.name)}"
    where = "in the bio" if one.at is None else f"in a post of {numbers.day(one.at)}"
    text, spans = from_match(one.passage, [(one.start, one.end)], before=_PASSAGE_BEFORE)
    label = f"marked as advertising ({plain(one.marked)})" if one.marked else ""
    return Named(name, where, marked(text, spans), label)
