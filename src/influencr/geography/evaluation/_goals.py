"""The goals of the geography issue, each beside what was found, set by set.

A goal counts as reached by the point estimate; its interval stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Goal", "goals"]

_OURS = "influencr"


@dataclass(slots=True, frozen=True)
class Goal:
    """One line of the table; `reached` is None where nothing was measured."""

    words: str
    wanted: str
    measured_on: str
    found: str
    reached: bool | None


#: Words, metric, bar, stretch (docs: the geography issue).
_STRINGS = (
    ("country", "country", 0.93, 0.96),
    ("region (US, CA, GB)", "admin1", 0.90, 0.94),
    ("city within 40 km", "city_40", 0.87, 0.91),
    ("non-places refused", "rejected", 0.93, 0.97),
)
_NON_ASCII = (("country, non-ASCII", "country", 0.96), ("city, non-ASCII", "city_40", 0.88))
_LEAD = (("lead over Carmen, country", "country", 0.35), ("lead, city", "city_40", 0.45))
_BIOS = (("0.20", 0.88), ("0.30", 0.82))


def goals(result: dict[str, Any], fit: dict[str, Any] | None = None) -> Iterator[Goal]:
    """Every goal, for every set that can tell it: the one labelled later first."""
    for name in ("strings", "locations"):
        views = result["sets"].get(name, {}).get("views", {})
        if not views:
            continue
        seen = f"{name}, seen by now"
        for words, metric, bar, stretch in _STRINGS:
            found = views["all"]["systems"][_OURS][metric]
            yield _share(words, f">= {bar:.2f} ({stretch:.2f})", seen, found, bar)
        if "non-ASCII" in views:
            for words, metric, bar in _NON_ASCII:
                found = views["non-ASCII"]["systems"][_OURS][metric]
                yield _share(words, f">= {bar:.2f}", seen, found, bar)
        for system, of in ((_OURS, "judge"), ("resolver alone", "resolver")):
            if system in views["all"]["systems"]:
                yield from _belief(views["all"]["systems"][system], seen, of)
        for words, metric, bar in _LEAD:
            gap = views["all"]["differences"].get("Carmen 2.0", {}).get(metric)
            if gap:
                value, low, high = (100 * gap[key] for key in ("value", "low", "high"))
                told = f"{value:+.1f} ({low:+.1f} to {high:+.1f})"
                yield Goal(words, f">= {100 * bar:.0f} points", seen, told, gap["value"] >= bar)
    yield from _bios(result)
    if fit:
        ece = fit["results"][fit["chosen"]]["ece_mass"]
        found_words = f"{ece['mean']:.3f} ({ece['low']:.3f}-{ece['high']:.3f})"
        where = "locations, cross-validated"
        yield Goal(
            "calibration error, resolver", "<= 0.05", where, found_words, ece["mean"] <= 0.05
        )
    yield from _speed(result.get("speed"))


def _belief(scores: dict[str, Any], seen: str, of: str) -> Iterator[Goal]:
    c = scores.get("calibration")
    if c:
        words = f"{c['ece_mass']:.3f} ({c['ece_low']:.2f}-{c['ece_high']:.2f})"
        yield Goal(f"calibration error, {of}", "<= 0.05", seen, words, c["ece_mass"] <= 0.05)
    point = scores.get("precision_at_recall")
    wanted = "precision >= 0.98 at recall >= 0.75"
    if point is None:
        yield Goal(f"surest answers, {of}", wanted, seen, "recall not reached", False)
        return
    yield _share(
        f"surest answers, {of}",
        wanted,
        seen,
        point["precision"],
        0.98,
        extra=f" at {point['recall']['value']:.2f}",
    )


def _bios(result: dict[str, Any]) -> Iterator[Goal]:
    views = result["sets"].get("tiktok", {}).get("views", {})
    for view in ("unseen", "all", "development"):
        if view not in views:
            continue
        for coverage, bar in _BIOS:
            point = views[view]["systems"][_OURS].get("at_coverage", {}).get(coverage)
            found = (
                f"{point['agreement']:.3f} ({point['low']:.2f}-{point['high']:.2f})"
                if point
                else "coverage not reached"
            )
            yield Goal(
                f"bios, at coverage {coverage}",
                f">= {bar:.2f}",
                f"tiktok, {view}",
                found,
                bool(point) and point["agreement"] >= bar,
            )
    told = result["sets"].get("bios", {}).get("views", {}).get("all")
    if told:
        scores = told["systems"][_OURS]
        yield _share(
            "bios, right of answers", ">= 0.95", "bios, seen by now", scores["precision"], 0.95
        )
        yield _share(
            "bios, stated places found", ">= 0.70", "bios, seen by now", scores["country"], 0.70
        )


def _speed(speed: dict[str, Any] | None) -> Iterator[Goal]:
    if not speed:
        return
    ours = speed["influencr"]
    for words, wanted, figure, bar, more_is_better in (
        ("strings a second, one core, cold", ">= 5,000", "strings_per_s", 5_000, True),
        ("seconds to load", "<= 1", "load_s", 1.0, False),
        ("megabytes resident", "<= 200", "peak_mb", 200, False),
        ("autocomplete, 95th percentile ms", "<= 5", "suggest_p95_ms", 5.0, False),
    ):
        if figure not in ours:
            continue
        value = ours[figure]["median"]
        places = 0 if value >= 100 else 2
        yield Goal(
            words,
            wanted,
            "this machine",
            f"{value:,.{places}f}",
            value >= bar if more_is_better else value <= bar,
        )


def _share(
    words: str, wanted: str, seen: str, found: dict[str, Any], bar: float, extra: str = ""
) -> Goal:
    if found["value"] is None:
        return Goal(words, wanted, seen, "-", None)
    text = f"{found['value']:.3f} ({found['low']:.2f}-{found['high']:.2f}){extra}"
    return Goal(words, wanted, seen, text, found["value"] >= bar)
