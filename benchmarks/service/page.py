"""docs/benchmarks/service.md from the figures."""

from __future__ import annotations

from typing import Any

__all__ = ["page"]


def page(found: dict[str, Any]) -> str:
    """The page as Markdown."""
    here = found["machine"]
    lines = [
        "# How long a member waits for a page",
        "",
        "<!-- Written by `python -m benchmarks service`: do not edit. -->",
        "",
        f"influencr {found['version']}, {found['measured_at']}, {here['cores']} cores of "
        f"{here['processor']}, {here.get('memory_gb', '?')} GB, Python {here['python']}. Load "
        f"{here['load_before']} before, {found['load_after']} after.",
        "",
        f"`influencr serve` as an operator starts it (SQLite, {found['server']['processes']} "
        f"processes), {found['members']} "
        f"signed-in members, an index of {found['creators']:,} invented creators with everything "
        "that a row of results shows. A page is the search page, with facets, histograms, funnel "
        "and 20 rows, rendered, packed (gzip) and received to its last byte through a socket. "
        f"Nothing is cached between pages: the {found['pages']:,} questions are those of the "
        "[search benchmark](search-speed.md) (rare to very common words, one to three of them, "
        "six kinds of filters), one in seven sorted by followers. The members run on the same "
        "cores as the server.",
        "",
        "- **alone**: one member, one page after the other, each question once.",
        f"- **together**: {found['members']} members for {found['seconds']:g} s, each pausing "
        f"{found['think']:g} s on average (exponential) between a page and the next question.",
        f"- **without a pause**: the same members for {found['seconds']:g} s, each asking again as "
        "soon as the page is there: no people, but what the machine can do at most.",
        "",
        "| goal | at most | found | reached |",
        "| --- | ---: | ---: | --- |",
    ]
    for goal in found["goals"]:
        reached = "yes" if goal["reached"] else "**no**"
        lines.append(
            f"| {goal['goal']}, no errors | {goal['at_most']:g} | {goal['found']:g} | {reached} |"
        )
    lines += [
        "",
        "| | pages | errors | p50 ms | p95 | p99 | slowest | pages/s | CPU ms a page | KB a page |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, run in found["runs"].items():
        cells = [f"{run['pages']:,}", str(run["errors"])]
        cells += [f"{run[key]:,g}" for key in ("p50", "p95", "p99", "max", "pages_per_second")]
        cells += [f"{run[key]:g}" for key in ("cpu_ms_per_page", "kb_per_page")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += [
        "",
        f"The server held {found['server']['resident_mb']:,} MB at the end, all processes together "
        "and the mapped index counted by each; "
        f"{found['server']['unshared_mb']:,} MB of it belong to one process alone. "
        f"Building the index took {found['world']['seconds']:g} s, "
        f"{found['world']['bytes'] / 1e6:,.0f} MB.",
        "",
        "```",
        "python -m benchmarks service",
        "```",
    ]
    return "\n".join(lines) + "\n"
