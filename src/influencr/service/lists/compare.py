"""Up to six creators side by side: every number with its interval, the best of a row only bold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from influencr.search import Hit
from influencr.service.lists.page import bought, last_post
from influencr.service.web import numbers, words
from influencr.service.web.brand_facts import BrandFacts, brand_facts
from influencr.service.web.figures import Bar, axis, cadence, figures
from influencr.service.web.marked import initials, plain
from influencr.service.web.row import Verdict, dossier_path, verdict_of

__all__ = ["MOST", "Cell", "Column", "Comparison", "Line", "comparison"]

#: Creators side by side, at most (interface.md).
MOST = 6
_NBSP = "\N{NO-BREAK SPACE}"
_TOPICS_SHOWN = 4
_HINTS = ("people moved per post", "replies answered in time", "median of posts")


class Column(NamedTuple):
    """A creator at the head of a column."""

    key: str
    href: str
    initials: str
    name: str
    handle: str
    platform: str
    without: str
    verdict: Verdict


class Cell(NamedTuple):
    """A value with what stands behind it; `value` is empty where it is unknown."""

    value: str
    unit: str
    note: str
    spoken: str
    bar: Bar | None
    best: bool


class Line(NamedTuple):
    """A row of the table."""

    name: str
    hint: str
    cells: tuple[Cell, ...]


class Comparison(NamedTuple):
    """The table."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


def comparison(
    rows: Sequence[Mapping[str, Any]],
    hits: Mapping[str, Hit],
    as_of: datetime,
    without: Callable[[str], str],
) -> Comparison:
    """The table of some creators.

    rows      of the index, in the order of the columns
    hits      the same as hits of a search with a brand; empty without one
    without   the address without one of them
    """
    creators = [dict(row) for row in rows]
    shared = axis(creators)
    drawn = [figures(row, shared) for row in creators]
    lines = [
        _figures("Influence", _HINTS[0], [d[0] for d in drawn], creators, "influence"),
        _figures("Closeness", _HINTS[1], [d[1] for d in drawn], creators, "closeness"),
        _figures("Engagement", _HINTS[2], [d[2] for d in drawn], creators, "engagement_rate"),
        *_of_brand(
            [
                brand_facts(hits[r["profile_id"]]) if r["profile_id"] in hits else None
                for r in creators
            ]
        ),
        _bought(creators),
        # Reach is not the point: whoever has most of it is not the best.
        _figures("Followers", "", [d[3] for d in drawn], creators, None),
        _figures("Posts a week", "", [cadence(r) for r in creators], creators, None),
        _texts("Last post", [last_post(r, as_of) for r in creators]),
        _texts("Place", [plain(r.get("place_label") or "") for r in creators]),
        _texts(
            "Language",
            [words.language(r["language"]) if r.get("language") else "" for r in creators],
        ),
        _texts(
            "Topics", [plain(", ".join((r.get("topics") or ())[:_TOPICS_SHOWN])) for r in creators]
        ),
    ]
    return Comparison(tuple(_column(row, without) for row in creators), tuple(lines))


def _column(row: Mapping[str, Any], without: Callable[[str], str]) -> Column:
    handle = row.get("handle")
    name = plain(row.get("display_name") or handle or row["profile_id"])
    return Column(
        key=row["profile_id"],
        href=dossier_path(row["platform"], handle, row["profile_id"]),
        initials=initials(name, handle),
        name=name,
        handle=plain(handle or ""),
        platform=words.platform(row["platform"]),
        without=without(row["profile_id"]),
        verdict=verdict_of(dict(row)),
    )


def _figures(
    name: str,
    hint: str,
    found: Sequence[Any],
    rows: Sequence[Mapping[str, Any]],
    best_of: str | None,
) -> Line:
    best = _best([row.get(best_of) for row in rows]) if best_of else ()
    return Line(
        name,
        hint,
        tuple(
            Cell(
                one.value or "",
                one.unit if one.value else "",
                one.note if one.value else "",
                one.spoken if one.value else "",
                one.bar,
                i in best,
            )
            for i, one in enumerate(found)
        ),
    )


def _bought(rows: Sequence[Mapping[str, Any]]) -> Line:
    least = _best([None if (v := r.get("bought_high")) is None else -v for r in rows])
    return Line(
        "Followers that look bought",
        "95 % interval",
        tuple(
            Cell(
                value=bought(row),
                unit="",
                note=f"{numbers.count(seen)} seen" if (seen := row.get("followers_seen")) else "",
                spoken="",
                bar=None,
                best=i in least,
            )
            for i, row in enumerate(rows)
        ),
    )


def _of_brand(found: Sequence[BrandFacts | None]) -> list[Line]:
    if not any(found):
        return []
    fit = [one.fit if one else "" for one in found]
    share = [one.share if one else "" for one in found]
    return [
        Line(
            "Fit of content",
            "with the brand",
            tuple(
                Cell(value, "%" if value else "", "", "", None, i in _best(_numbers(fit)))
                for i, value in enumerate(fit)
            ),
        ),
        Line(
            "Audience aligned",
            "share that matches the target",
            tuple(
                Cell(
                    value,
                    "%" if value else "",
                    one.interval if one and value else "",
                    "",
                    None,
                    i in _best(_numbers(share)),
                )
                for i, (value, one) in enumerate(zip(share, found, strict=True))
            ),
        ),
    ]


def _beside(hit: Hit | None) -> BrandFacts | None:
    return None if hit is None else brand_facts(hit)


def _topics(row: Mapping[str, Any]) -> str:
    return plain(", ".join((row.get("topics") or ())[:_TOPICS_SHOWN]))


def _texts(name: str, values: Sequence[str]) -> Line:
    return Line(name, "", tuple(Cell(value, "", "", "", None, False) for value in values))


def _numbers(written: Sequence[str]) -> list[float | None]:
    return [float(w.lstrip("<").replace(",", "")) if w else None for w in written]


def _best(values: Sequence[float | None]) -> tuple[int, ...]:
    """Where the highest are; nowhere when fewer than two are known or all are the same."""
    known = [value for value in values if value is not None]
    if len(known) < 2 or min(known) == max(known):
        return ()
    return tuple(i for i, value in enumerate(values) if value == max(known))
