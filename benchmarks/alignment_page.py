"""docs/benchmarks/alignment.md, from what bench_alignment.py measured."""

from __future__ import annotations

from typing import Any

__all__ = ["page"]

_COLUMNS = (
    "creators",
    "mean_truth",
    "mean_error",
    "spearman",
    "covered_by_95_percent",
    "mean_width",
)
_HEADINGS = (
    "creators",
    "true share, mean",
    "error, mean",
    "Spearman",
    "95 % intervals hold",
    "width",
)


def page(result: dict[str, Any]) -> str:
    """The page."""
    whole, world = result["all"], result["world"]
    lines = [
        "# Aligned audience, measured",
        "",
        "Written by `python -m benchmarks alignment`; how it works is in "
        "[brand-fit.md](../algorithms/brand-fit.md).",
        "",
        f"Over {len(result['seeds'])} invented worlds (seeds {_span(result['seeds'])}), "
        f"{world['n_creators']:,} creators and {world['n_audience']:,} others each, in which it is "
        "planted where everybody lives, what they speak, and who is devoted to a subject. Files go "
        "through import and refresh; brands are then asked for, and the share stated of every "
        f"creator with enough known followers ({whole['creators']:,} figures) is compared with the "
        "share of *all* their followers who match by what was planted, silent ones among them.",
        "",
        f"- Spearman correlation with the planted share: **{whole['spearman']:.3f}** (goal 0.9), "
        "over all brands and creators together; within one kind of brand it is lower where the "
        "true shares are all small.",
        f"- 95 % intervals that hold: **{whole['covered_by_95_percent']:.1%}** (goal 94 to 96 %).",
        f'- Told as "fewer than five": {result["told_as_few"]:.0%} of the figures. Hidden numbers '
        "cost correlation, on purpose.",
        f"- One brand over all creators of a world: {result['milliseconds_per_brand']:.0f} ms.",
        "",
        "Homophily is planted, and who tells a place does so without regard to where it is: this "
        "shows that counting, sampling, judging and intervals do what they say, not how people "
        "behave. Topics of creators are judged from their texts, so a topic alone is the hardest.",
        "",
        "## By what the brand states",
        "",
        *_table("states", [(row["kind"], row) for row in result["by_kind"]]),
        "",
        "## By followers of whom everything asked is known",
        "",
        *_table("known", [(row["known_followers"], row) for row in result["by_known"]]),
        "",
        "## By world",
        "",
        *_table("seed", [(str(row["seed"]), row) for row in result["by_seed"]]),
        "",
        "## Which interval",
        "",
        "Share of intervals that hold, of the counts as they are (nothing hidden); the last column "
        "is what is stated, with small numbers hidden. *finite* = with the finite-population "
        "factor; *chosen* adds what judging adds, fitted on other seeds.",
        "",
    ]
    methods = list(next(iter(result["methods"].values())))
    lines += ["| states | " + " | ".join(methods) + " |", "| --- |" + " ---: |" * len(methods)]
    for kind, held in result["methods"].items():
        lines.append(f"| {kind} | " + " | ".join(f"{held[m]:.1%}" for m in methods) + " |")
    lines += [
        "",
        "## What judging adds",
        "",
        "Fitted on seeds of their own (`benchmarks/bench_alignment.py --fit`).",
        "",
        "| states | variance | only seem to match |",
        "| --- | ---: | ---: |",
    ]
    for kind, adds in result["judging"].items():
        lines.append(f"| {kind} | {adds['variance']:.4f} | {adds['seeming']:.3f} |")
    lines += ["", "## Planted subjects", "", "| planted | judged as | share of the audience |"]
    lines += ["| --- | --- | ---: |"]
    for subject in result["subjects"]:
        planted, topics = ", ".join(subject["planted"]), ", ".join(subject["topics"])
        lines.append(f"| {planted} | {topics} | {subject['share']:.0%} |")
    return "\n".join(lines) + "\n"


def _table(first: str, rows: list[tuple[str, dict[str, Any]]]) -> list[str]:
    lines = [f"| {first} | " + " | ".join(_HEADINGS) + " |", "| --- |" + " ---: |" * len(_HEADINGS)]
    for name, row in rows:
        lines.append(f"| {name} | " + " | ".join(_cell(c, row[c]) for c in _COLUMNS) + " |")
    return lines


def _cell(column: str, value: float | None) -> str:
    if value is None:
        return "-"
    if column == "creators":
        return f"{value:,.0f}"
    if column == "spearman":
        return f"{value:.3f}"
    return f"{value:.1%}"


def _span(seeds: list[int]) -> str:
    return f"{seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else str(seeds[0])
