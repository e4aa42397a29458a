"""How often the methods err: figures taken from what the benchmarks wrote, by name.

A row here names a figure; the number is read. A figure that the benchmark no longer writes stops
`make docs` with its name, so a sentence cannot outlive its measurement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Rate(NamedTuple):
    """One number: what it says, where it is found, and on what it was measured."""

    says: str
    figure: dict[str, Any]
    on: str
    is_share: bool = True


def rates(root: Path) -> str:
    """The page; raises SystemExit naming a figure that is not there."""
    folder = root / "docs" / "benchmarks"
    lines = [
        "# Error rates",
        "",
        "How often each answer is wrong, as it was measured last, with 95 % intervals where the",
        "benchmark gives one. Every number is read from the files beside the pages that it links",
        "to; those pages say how it was measured, on what, and what the set cannot show. Worlds",
        "are invented, with a truth that is known; whoever reads such a figure as one about real",
        "people reads too much into it.",
        "",
    ]
    for title, page, words, rows in _sections(folder):
        lines += [f"## {title}", "", f"{words} ([figures](../benchmarks/{page}))", ""]
        lines += ["| what | measured | 95 % interval | on |", "| --- | ---: | ---: | --- |"]
        lines += [_row(rate) for rate in rows]
        lines.append("")
    lines += ["## Goals that were missed", "", *_missed(folder)]
    return "\n".join(lines)


def _sections(folder: Path) -> Iterator[tuple[str, str, str, list[Rate]]]:
    places = _read(folder, "places.json")["sets"]
    yield (
        "Places",
        "places.md",
        "Of strings and bios that people wrote, labelled by hand.",
        [
            Rate(f"{says}, {about}", _own(places, name, key), f"{_own(places, name, key)['n']} {n}")
            for name, about, n in (
                ("strings", "location fields", "strings"),
                ("bios", "bios", "bios"),
            )
            for key, says in (
                ("country", "country right, of those who say where they are"),
                ("precision", "answers that are right"),
                ("rejected", "nothing answered where nothing is said"),
                ("city_40", "city right within 40 km, of those who name one"),
            )
        ],
    )
    vetting = _figures(folder, "vetting.json")
    yield (
        "Audiences that look bought",
        "vetting.md",
        "From import to verdict on invented worlds, and the test of one follower's profile on "
        "labelled accounts.",
        [
            *(
                Rate(says, _of(vetting, "worlds", name), "invented worlds")
                for name, says in (
                    ("purchases found", "purchases found"),
                    ("clean creators flagged", "clean creators flagged"),
                    ("clean creators who look inflated", "clean creators who look inflated"),
                    (
                        "creators who ordered nothing flagged, unsolicited ones too",
                        "creators who ordered nothing and are flagged, unsolicited ones too",
                    ),
                    ("members of starter packs flagged", "members of starter packs flagged"),
                )
            ),
            Rate(
                "one follower's profile: accuracy",
                _of(vetting, "B1", "all 19 features, accuracy"),
                "bought and genuine accounts of Instagram (Purba et al. 2020)",
            ),
            Rate(
                "share of an audience: mean error, of 500 followers",
                _of(vetting, "b6", "all features, n = 500: mean error, in the mixture"),
                "mixtures of the same set",
            ),
            Rate(
                "its 95 % interval covers the truth",
                _of(vetting, "b6", "all features, n = 500: 95 % interval covers, in the mixture"),
                "mixtures of the same set",
            ),
        ],
    )
    influence = _figures(folder, "influence.json")
    yield (
        "Influence",
        "influence.md",
        "Which of two equally large creators will move more people in the coming 28 days.",
        [
            Rate(
                "the better one is foretold",
                _of(influence, "worlds", "pair accuracy of the score"),
                "invented worlds",
            ),
            Rate(
                "more often than the past mean foretells it, by",
                _of(
                    influence,
                    "worlds",
                    "pair accuracy above the best baseline that the project asks for (past mean)",
                ),
                "invented worlds",
            ),
            Rate(
                "among creators whose influence was shuffled (half is chance)",
                _of(influence, "worlds", "placebo creators, pair accuracy of the score"),
                "invented worlds",
            ),
        ],
    )
    alignment = _read(folder, "alignment.json")["all"]
    yield (
        "Audiences that match a brand",
        "alignment.md",
        "The share of an audience that is the one a brand wants.",
        [
            Rate("mean error of the share", {"value": alignment["mean_error"]}, "invented worlds"),
            Rate(
                "its 95 % interval covers the truth",
                {"value": alignment["covered_by_95_percent"]},
                f"{alignment['creators']:,} creators of invented worlds",
            ),
        ],
    )
    unseen = _read(folder, "relevance-unseen.json")["groups"]["all"]
    ours, theirs = unseen["systems"]["influencr"], unseen["systems"]["sqlite porter"]
    on = f"{unseen['queries']} questions that nobody tuned to, real bios"
    yield (
        "Search",
        "relevance-unseen.md",
        "How good the first ten are, judged by a reader.",
        [
            Rate("nDCG@10", {"value": ours["full"]["ndcg_10"]}, on, is_share=False),
            Rate(
                "the same of stemmed BM25 (SQLite)",
                {"value": theirs["full"]["ndcg_10"]},
                on,
                is_share=False,
            ),
            Rate("of the first ten, relevant", {"value": ours["full"]["precision_10"]}, on),
            Rate("of all relevant ones, in the first 50", {"value": ours["full"]["recall_50"]}, on),
        ],
    )
    planning = _figures(folder, "planning.json")
    yield (
        "Planning",
        "planning.md",
        "People reached by a roster, against the proven best.",
        [
            Rate(
                "people reached over the best possible, mean",
                _of(planning, "optimum", "people reached over the proven best, mean"),
                "50 invented campaigns",
            ),
            Rate(
                "the same, worst campaign",
                _of(planning, "optimum", "the same, worst instance"),
                "50 invented campaigns",
            ),
            Rate(
                "campaigns in which the printed bound holds",
                _of(planning, "optimum", "instances in which the printed bound holds"),
                "50 invented campaigns",
            ),
        ],
    )


def _missed(folder: Path) -> Iterator[str]:
    """Every figure of the benchmarks of methods whose goal was not reached."""
    yield "Everything that these benchmarks wanted and did not get; nothing is left out here."
    yield ""
    yield "| benchmark | figure | measured | wanted |"
    yield "| --- | --- | ---: | ---: |"
    for name in ("vetting", "influence", "planning"):
        for ident, figures in _figures(folder, f"{name}.json").items():
            for title, figure in figures.items():
                if figure.get("reached") is not False:
                    continue
                least = "at least" if figure.get("more_is_better", True) else "at most"
                wanted = figure.get("wanted") or f"{least} {_number(figure['goal'])}"
                value = _number(figure["value"])
                of = f"[{name}](../benchmarks/{name}.md) {ident}"
                yield f"| {of} | {title} | {value} | {wanted} |"


def _read(folder: Path, name: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return held


def _figures(folder: Path, name: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Benchmark -> name of a figure -> the figure, of the newest full run that made it.

    A run may be of one benchmark alone (`--only`), so the newest run need not hold them all.
    """
    runs = [run for run in _read(folder, name)["runs"] if not run.get("quick")]
    if not runs:
        raise SystemExit(f"docs/benchmarks/{name} holds no full run")
    return {
        b["id"]: {f["name"]: f for f in b["figures"]} for run in runs for b in run["benchmarks"]
    }


def _of(read: dict[str, dict[str, dict[str, Any]]], benchmark: str, name: str) -> dict[str, Any]:
    figure = read.get(benchmark, {}).get(name)
    if figure is None:
        raise SystemExit(f"tools/written/rates.py: benchmark {benchmark} tells no {name!r}")
    return figure


def _own(sets: dict[str, Any], name: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = sets[name]["views"]["all"]["systems"]["influencr"][key]
    return found


def _row(rate: Rate) -> str:
    show = _share if rate.is_share else _number
    figure = rate.figure
    low, high = figure.get("low"), figure.get("high")
    told = f"{show(low)} to {show(high)}" if low is not None and high is not None else ""
    return f"| {rate.says} | {show(figure['value'])} | {told} | {rate.on} |"


def _share(value: float | None) -> str:
    if value is None:
        return "unknown"
    percent = 100 * value
    return f"{percent:.1f} %" if abs(percent) >= 1 or percent == 0 else f"{percent:.2g} %"


def _number(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
