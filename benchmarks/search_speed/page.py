"""The figures as a page for people: docs/benchmarks/search-speed.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.search_speed.compare import GOALS
from benchmarks.search_speed.questions import CLASSES, FILTERS, SHAPES

__all__ = ["page"]

_INTRODUCTION = """\
The same invented creators in every engine, the same questions to all of them, question by question
in random order, each engine in a process of its own, one core per question, caches warm, no
question asked twice. An answer is: the exact count, four facets (country, language, the 20 most
frequent topics, sizes), the funnel (who is left after each filter, who would be there without it)
and the best 20 by text score x quality. **A figure counts only where all engines give the same
counts, facets and funnels.** The order of the best 20 is not compared: each engine has a text score
of its own.

Questions: words ({classes}) x shapes ({shapes}) x filters ({filters}).
The conditions are platform, followers, engagement, last post, posts a week and verdict together.
What each engine was given is at the end.

Other work on the machine makes all times longer, and those of short questions unevenly so: wall
times are then those of the scheduler. They take turns, so ratios hold better than milliseconds, and
CPU time better than wall time. CPU is that of the engine's own threads; for Java it includes the
compiler's and the collector's."""


def page(result: dict[str, Any]) -> str:
    """The whole page, from what stands in search-speed.json."""
    lines = [
        "# How fast a search is",
        "",
        "<!-- Written by `influencr bench search`: do not edit. -->",
        "",
    ]
    lines += [
        _INTRODUCTION.format(
            classes=", ".join(CLASSES), shapes=", ".join(SHAPES), filters=", ".join(FILTERS)
        )
    ]
    runs = sorted(result.get("runs", {}).values(), key=lambda run: run["creators"])
    for run in runs:
        lines += ["", f"## {run['creators']:,} creators", "", *_run(run)]
    for size in sorted({goal[1] for goal in GOALS} - {run["creators"] for run in runs}):
        wanted = "; ".join(f"{goal[0]}: at most {goal[4]:g}" for goal in GOALS if goal[1] == size)
        lines += ["", f"## {size:,} creators", "", f"**Not measured.** Goals: {wanted}."]
    for told in sorted(result.get("freshness", {}).values(), key=lambda run: run["creators"]):
        lines += ["", f"## Freshness, {told['creators']:,} creators", "", *_freshness(told)]
    lines += ["", "## How the engines were set up", ""]
    settings = {name: told for run in runs for name, told in run["engines"].items()}
    for name, told in settings.items():
        lines.append(f"- **{name}**: {'; '.join(told['settings'])}.")
    lines += ["", "```", "influencr bench search --output docs/benchmarks", "```"]
    return "\n".join(lines) + "\n"


def _run(run: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{_measured(run)} {run['questions']} questions, {run['without_matches']} of them without "
        f"a match. Load {run['load'][0]} before, {run['load'][1]} after."
    )
    yield ""
    differences = run["differences"]["questions"]
    compared = ", ".join(run["compared"])
    if len(run["compared"]) > 1:
        yield (
            f"Equal counts, facets and funnels of {compared}: "
            + ("**all**." if not differences else f"**not at {differences} questions**.")
        )
    for engine, sentence in run["missing"].items():
        yield f"\n**Missing: {engine}** ({sentence})."
    if run["goals"]:
        yield ""
        yield from _goals(run["goals"])
    yield ""
    yield "| ms | wall p50 | p95 | p99 | mean | CPU p50 | p95 | p99 | mean |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name, told in run["engines"].items():
        figures = [told[kind][p] for kind in ("wall", "cpu") for p in ("p50", "p95", "p99", "mean")]
        yield f"| {name} | {' | '.join(map(_ms, figures))} |"
    if run["ratios"]:
        yield ""
        yield "| ours / theirs | wall p95 | wall mean | CPU p95 | CPU mean |"
        yield "| --- | ---: | ---: | ---: | ---: |"
        for name, told in run["ratios"].items():
            cells = [_ratio(told[kind][of]) for kind in ("wall", "cpu") for of in ("p95", "mean")]
            yield f"| {name} | {' | '.join(cells)} |"
        yield ""
        yield "In brackets 95 % intervals, a bootstrap over questions in pairs."
    for kind in ("frequency", "shape", "filter"):
        yield ""
        yield from _by(run, kind)
    yield ""
    yield from _costs(run)


def _measured(run: dict[str, Any]) -> str:
    here = run["machine"]
    return (
        f"influencr {run['version']}, {run['measured_at']}, {here['cores']} cores of "
        f"{here['processor']}, {here.get('memory_gb', '?')} GB, Python {here['python']}."
    )


def _goals(goals: list[dict[str, Any]]) -> Iterator[str]:
    yield "| goal | at most | found | reached | by CPU time |"
    yield "| --- | ---: | ---: | --- | ---: |"
    for goal in goals:
        reached = {True: "yes", False: "**no**", None: "not measured"}[goal["reached"]]
        yield (
            f"| {goal['goal']} | {goal['at_most']:g} | {_plain(goal['found'])} | {reached} | "
            f"{_plain(goal.get('by_cpu'))} |"
        )


def _by(run: dict[str, Any], kind: str) -> Iterator[str]:
    first = next(iter(run["engines"].values()))["by"][kind]
    yield f"| wall p50 / p95 in ms by {kind} | {' | '.join(first)} |"
    yield f"| --- |{' ---: |' * len(first)}"
    for name, told in run["engines"].items():
        walls = [told["by"][kind][one]["wall"] for one in first]
        cells = [f"{_ms(wall['p50'])} / {_ms(wall['p95'])}" for wall in walls]
        yield f"| {name} | {' | '.join(cells)} |"


def _costs(run: dict[str, Any]) -> Iterator[str]:
    heaviest = [told["heaviest"] for told in run["engines"].values() if told["heaviest"]]
    matches = f"{heaviest[0]['matches']:,}" if heaviest else "no"
    yield (
        f"| | ns per match of the heaviest word ({matches} matches), wall | CPU | build s | "
        "build CPU s | MB on disk | MB resident | of it no file's |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name, told in run["engines"].items():
        most = told["heaviest"] or {"wall_ns": None, "cpu_ns": None}
        cells = [
            *(_plain(most["wall_ns"]), _plain(most["cpu_ns"])),
            *(f"{told['build']['seconds']:,.0f}", f"{told['build']['cpu_seconds']:,.0f}"),
            f"{told['build']['bytes'] / 1e6:,.0f}",
            *(f"{told['memory'][kind] / 1e6:,.0f}" for kind in ("resident", "anonymous")),
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def _freshness(told: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{_measured(told)} {told['rate']} creators a second arrive for {told['seconds']:g} s, "
        f"half of them new, half in place of older ones; some are taken out with every commit "
        f"({told['deleted']} in all). {told['readers']} reader processes ask "
        f"{told['questions_per_second']} questions a second together, with and without the writer, "
        "and look for the oldest creator of each commit: visible after is seen by another process "
        f"minus arrived. Load {told['load'][0]} before, {told['load'][1]} after."
    )
    yield ""
    yield from _goals(told["goals"])
    yield ""
    yield "| | p50 | p95 | p99 or slowest |"
    yield "| --- | ---: | ---: | ---: |"
    for phase, found in told["searches"].items():
        yield (
            f"| search, {phase}, ms ({found['questions']:,} questions) | {_ms(found['p50'])} | "
            f"{_ms(found['p95'])} | {_ms(found['p99'])} |"
        )
    spread = {f"visible after, {kind}, s": one for kind, one in told["visible_after_s"].items()}
    spread[f"commit, s ({told['commits']['number']:,})"] = told["commits"]
    for name, found in spread.items():
        yield f"| {name} | {found['p50']:.2f} | {found['p95']:.2f} | {found['max']:.2f} |"
    yield ""
    yield (
        f"{told['upserted']:,} creators put in at {told['upserts_per_second']:g} a second; "
        f"{told['errors']['number']} errors."
    )


def _ms(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _plain(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _ratio(found: dict[str, float]) -> str:
    return f"{found['ratio']:.3g} ({found['low']:.3g}-{found['high']:.3g})"
