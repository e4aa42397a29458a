"""docs/benchmarks/programs.md from the figures."""

from __future__ import annotations

from typing import Any

__all__ = ["page"]


def page(found: dict[str, Any]) -> str:
    """The page as Markdown."""
    here, looked = found["machine"], found["look_up"]
    some = next(iter(looked.values()))
    lines = [
        "# How long a program waits",
        "",
        "<!-- Written by `python -m benchmarks.programs`: do not edit. -->",
        "",
        f"influencr {found['version']}, {found['measured_at']}, {here['cores']} cores of "
        f"{here['processor']}, {here.get('memory_gb', '?')} GB, Python {here['python']}. Load "
        f"{here['load_before']} before, {found['load_after']} after.",
        "",
        f"`influencr serve` as an open instance over {found['creators']:,} invented creators, one "
        "after the other over a socket of the same machine. Memory is what the server held at most "
        "meanwhile over what it held before (anonymous memory, looked at 20 times a second; pages "
        "of the mapped index are the system's).",
        "",
        "| goal | at most | found | reached |",
        "| --- | ---: | ---: | --- |",
    ]
    for goal in found["goals"]:
        reached = "yes" if goal["reached"] else "**no**"
        lines.append(f"| {goal['goal']} | {goal['at_most']:g} | {goal['found']:g} | {reached} |")
    lines += [
        "",
        f"**Look-up** of {some['names']:,} names in one call ({some['found']:,} are there), "
        f"{some['times']} times:",
        "",
        "| | median s | slowest s | CPU s | MB of answer | memory MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {what} | {told['median_seconds']:g} | {told['slowest_seconds']:g} | "
            f"{told['cpu_seconds']:g} | {told['megabytes']:g} | {told['grown_mb']:g} |"
            for what, told in looked.items()
        ),
        "",
        "**Files** of everybody:",
        "",
        "| | rows | MB | first byte s | last byte s | rows/s | CPU s | memory MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for form, told in found["files"].items():
        cells = [f"{told['rows']:,}", f"{told['megabytes']:,g}"]
        cells += [f"{told[key]:g}" for key in ("first_byte_seconds", "seconds")]
        cells += [f"{told['rows_per_second']:,}", f"{told['cpu_seconds']:g}"]
        cells.append(f"{told['grown_mb']:g}")
        lines.append(f"| {form} | {' | '.join(cells)} |")
    lines += ["", "```", "python -m benchmarks.programs", "```", ""]
    return "\n".join(lines)
