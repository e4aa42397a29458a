"""`bench all`: every benchmark of a checkout, one after the other, and one page of all.

An installed package has only the way of a creator from a file to an answer, which `_measures`
measures.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from influencr.cli._checkout import checkout_of, run_benchmark

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["measure_all", "show_all"]

_WANTED = "bench all"
#: Exit code of the suite when a benchmark failed; the others' figures are there.
_FAILED = 3


def measure_all(
    datasets: Path | None,
    *,
    only: str | None = None,
    quick: bool = False,
    large: bool = False,
    again: bool = False,
    record: bool = False,
    output: Path | None = None,
    quiet: bool = False,
) -> tuple[dict[str, Any], bool]:
    """(the line that was added to history.jsonl with `page` beside it, whether none failed).

    datasets   folder of the data sets; what needs one that is not there is told as not run
    only       names with commas between, as in docs/benchmarks
    quick      small samples, kept apart from whole runs
    large      also what takes an hour or 16 GB
    again      measure anew what an unfinished run has measured already
    record     measure nothing: take what benchmarks wrote by themselves into the history
    output     folder of figures and page; None is docs/benchmarks of the checkout

    Raises UsageError outside of a checkout and for names that are none.
    """
    checkout_of("suite", wanted=_WANTED, holds="the benchmarks are")
    words: list[str] = []
    for option, folder in (("--datasets", datasets), ("--output", output)):
        if folder is not None:
            words += [option, str(folder.resolve())]
    if only is not None:
        words += ["--only", only]
    switches = {
        "--quick": quick,
        "--large": large,
        "--again": again,
        "--record": record,
        "--quiet": quiet,
    }
    words += [word for word, on in switches.items() if on]
    found, code = run_benchmark("benchmarks.suite", words, wanted=_WANTED, allowed=_FAILED)
    return found, code != _FAILED


def show_all(out: Console, line: dict[str, Any]) -> None:
    """One line a benchmark, then the goals that were missed and where the page is."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("benchmark", "", "goals reached", "seconds"):
        table.add_column(heading, justify="right" if heading == "seconds" else "left")
    missed = []
    for name, told in line["benchmarks"].items():
        if told["state"] != "measured":
            table.add_row(name, escape(f"{told['state']}: {told['why']}"), "", "")
            continue
        verdicts = [figure["reached"] for figure in told["figures"]]
        goals = verdicts.count(True) + verdicts.count(False)
        reached = f"{verdicts.count(True)} of {goals}" if goals else "none set"
        seconds = "" if told["seconds"] is None else f"{told['seconds']:,.0f}"
        table.add_row(name, "measured", reached, seconds)
        missed += [(name, one) for one in told["figures"] if one["reached"] is False]
    out.print(table)
    for name, one in missed:
        found = one.get("text") or ("-" if one["value"] is None else f"{one['value']:.4g}")
        sign = ">=" if one.get("more_is_better", True) else "<="
        plain = isinstance(one["goal"], int | float) and "wanted" not in one
        wanted = f"{sign} {one['goal']:g}" if plain else str(one.get("wanted", one["goal"]))
        out.print(escape(f"missed: {name}: {one['name']}: {found}, wanted {wanted}"))
    out.print(escape(f"page: {line['page']}"))
