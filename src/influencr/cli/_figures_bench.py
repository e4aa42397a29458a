"""`bench vetting` and `bench influence`: the benchmarks of a checkout, each run in a process of its
own.

Labelled sets, simulations, baselines and the comparison with planted truth are no part of the
installed package.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from influencr.cli._checkout import checkout_of, run_benchmark
from influencr.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["measure_figures", "show_figures"]


def measure_figures(
    name: str,
    datasets: Path | None,
    *,
    only: str | None = None,
    quick: bool = False,
    scale: int | None = None,
    seeds: str | None = None,
    output: Path | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """The figures of one run, as in docs/benchmarks/NAME.json.

    name       vetting or influence
    datasets   folder of the data sets; what is missing in it is named and left out
    only       ids with commas between: b1, b7, worlds (vetting); worlds, posts (influence)
    quick      smaller samples and one small world; for trying, not for the page
    scale      judge a world of so many follows (vetting) or acts (influence) and tell time and
               memory
    seeds      of the invented worlds, with commas between
    output     folder for NAME.json and NAME.md; None writes nothing

    Raises UsageError outside of a checkout and for what the benchmark refuses.
    """
    wanted = f"bench {name}"
    if datasets is not None and not datasets.is_dir():
        raise UsageError(f"--datasets: {datasets} is not a folder.", field="--datasets")
    checkout_of(name, wanted=wanted, holds=f"the benchmarks of {name} are")
    words = [] if datasets is None else [str(datasets.resolve())]
    for option, value in (("--only", only), ("--scale", scale), ("--seeds", seeds)):
        if value is not None:
            words += [option, str(value)]
    if output is not None:
        words += ["--output", str(output.resolve())]
    words += [word for word, on in (("--quick", quick), ("--quiet", quiet)) if on]
    found, _ = run_benchmark(f"benchmarks.{name}", words, wanted=wanted)
    return found


def show_figures(out: Console, found: dict[str, Any]) -> None:
    """A table of figures per benchmark, with goals; what is missing; a last line that counts."""
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    reached = []
    for one in found["benchmarks"]:
        out.print(Text(f"{one['id']}  {one['title']}", style="bold"))
        if "missing" in one:
            out.print(escape(f"not measured: {one['missing']}"))
            continue
        table = Table(box=None, padding=(0, 2, 0, 0))
        for heading, side in (("", "left"), ("value", "right"), ("interval", "left"), ("", "left")):
            table.add_column(heading, justify="right" if side == "right" else "left")
        for figure in one["figures"]:
            low, high, goal = figure["low"], figure["high"], figure["goal"]
            told = ""
            if goal is not None:
                sign = ">=" if figure.get("more_is_better", True) else "<="
                wanted = figure.get("wanted", f"{sign} {goal}")
                word = {True: "reached", False: "not reached", None: "not measured"}
                told = f"{wanted} {word[figure['reached']]}"
                reached.append(figure["reached"])
            table.add_row(
                escape(figure["name"]),
                "-" if figure["value"] is None else f"{figure['value']:.4g}",
                "" if low is None or high is None else f"{low:.4g} to {high:.4g}",
                told,
            )
        out.print(table)
    out.print(
        f"{reached.count(True)} of {len(reached)} goals reached, {reached.count(False)} not, "
        f"{reached.count(None)} not measured"
    )
