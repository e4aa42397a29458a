"""What a brand, or creators to be like, make of a hit: a few lines under it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from influencr.cli._values import share

if TYPE_CHECKING:
    from influencr.search import Hit, Similar
    from influencr.search.brand import BrandHit, BrandRead, Mention

__all__ = ["brand_line", "seen_lines"]

_MOST_WORDS = 8
_MOST_MENTIONS = 2


def brand_line(read: BrandRead) -> str:
    """How the brand was understood, in one line."""
    audience = (
        f"audience unknown: {read.reason}"
        if read.reason is not None
        else f"audience known of {read.n_aligned:,} creators"
    )
    missing = f"; not here: {', '.join(read.missing)}" if read.missing else ""
    return f"Brand {read.name}: {audience}{missing}"


def seen_lines(hit: Hit) -> Iterator[str]:
    """The evidence of fit, alignment, mentions and likeness."""
    if hit.brand is not None:
        yield from _brand(hit.brand)
    if hit.similar is not None:
        yield from _similar(hit.similar)


def _brand(seen: BrandHit) -> Iterator[str]:
    fit = seen.fit
    if fit is not None:
        told = [
            *(w.word if not w.because else f"{w.word} (as {w.as_})" for w in fit.words),
            *(f"topic {topic}" for topic in fit.topics),
            *(f"like {one.example}: {_some((*one.words, *one.topics))}" for one in fit.resembles),
            *((f"writes {fit.language}",) if fit.language else ()),
        ]
        yield f"fit {fit.fit:.2f}: {'; '.join(told) or 'nothing of it found'}"
    audience = seen.alignment
    if audience.share is None:
        yield f"audience unknown: {audience.reason}"
    else:
        low, high = share(audience.low), share(audience.high)
        yield f"audience {share(audience.share)} ({low} to {high}): {audience.reason}"
    for mention in seen.mentions[:_MOST_MENTIONS]:
        yield _mention(mention)


def _mention(mention: Mention) -> str:
    when = f" {mention.at:%Y-%m-%d}" if mention.at else ""
    marked = f" {mention.marked}" if mention.marked else ""
    whom = mention.name if mention.of == "brand" else f"{mention.name} (competitor)"
    return f"names {whom}, {mention.where}{when}{marked}: {mention.passage}"


def _similar(seen: Similar) -> Iterator[str]:
    if seen.by == "content":
        yield f"alike {seen.likeness:.2f}: {_some((*seen.topics, *seen.words))}"
    for one in seen.sharing:
        yield (
            f"alike {seen.likeness:.2f}: {one.n_shared:,} of {one.n_sampled:,} followers of "
            f"{one.of} ({share(one.low)} to {share(one.high)}) follow this one too, "
            f"{one.lift:.1f} times as many as chance"
        )


def _some(words: tuple[str, ...]) -> str:
    more = len(words) - _MOST_WORDS
    return ", ".join(words[:_MOST_WORDS]) + (f" and {more} more" if more > 0 else "")
