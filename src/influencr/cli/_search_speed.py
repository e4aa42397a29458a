"""`bench search`: our index beside other engines, measured by the benchmark of a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from influencr.cli._checkout import checkout_of, run_benchmark

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["measure_search_speed", "show_search_speed"]

_WANTED = "bench search"
#: Exit code of the benchmark when the engines did not give the same counts.
_DISAGREED = 3


def measure_search_speed(
    *,
    creators: int,
    engines: str | None,
    passes: int,
    folder: Path | None,
    output: Path | None,
    freshness: bool,
    quiet: bool = False,
) -> tuple[dict[str, Any], bool]:
    """(the figures of one run, as in docs/benchmarks/search-speed.json; do the engines agree).

    Raises UsageError outside of a checkout and for options that mean nothing.
    """
    checkout_of("search_speed", wanted=_WANTED, holds="what ours is compared with is")
    words = ["--creators", str(creators), "--passes", str(passes)]
    if engines is not None:
        words += ["--engines", engines]
    for option, value in (("--folder", folder), ("--output", output)):
        if value is not None:
            words += [option, str(value.resolve())]
    words += [word for word, on in (("--freshness", freshness), ("--quiet", quiet)) if on]
    found, code = run_benchmark(
        "benchmarks.search_speed", words, wanted=_WANTED, allowed=_DISAGREED
    )
    return found, code != _DISAGREED


def show_search_speed(out: Console, found: dict[str, Any]) -> None:
    """The table for a person, what is missing, and the goals."""
    from rich.table import Table

    if "engines" in found:
        out.print(
            f"{found['creators']:,} creators, {found['questions']} questions, "
            f"{found['without_matches']} of them without a match; load {found['load'][0]}"
        )
        for engine, sentence in found["missing"].items():
            out.print(f"missing: {engine} ({sentence})")
        for sentence in found["differences"]["first"]:
            out.print(f"not equal: {sentence}")
        rows: dict[str, tuple[float, ...]] = {
            name: (*told["wall"].values(), told["cpu"]["p95"])
            for name, told in found["engines"].items()
        }
        headings: tuple[str, ...] = ("p50 ms", "p95", "p99", "mean", "CPU p95")
    else:
        out.print(
            f"{found['upserted']:,} creators put in at {found['upserts_per_second']:g} a second, "
            f"{found['deleted']} taken out, {found['errors']['number']} errors"
        )
        rows = {
            f"search, {phase}": (told["p50"], told["p95"], told["p99"])
            for phase, told in found["searches"].items()
        }
        spread = {f"visible after, {k}": told for k, told in found["visible_after_s"].items()}
        for name, told in {**spread, "commit": found["commits"]}.items():
            rows[name] = tuple(told[p] * 1_000 for p in ("p50", "p95", "max"))
        headings = ("p50 ms", "p95", "p99 or slowest")
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    for heading in headings:
        table.add_column(heading, justify="right")
    for name, values in rows.items():
        table.add_row(
            name, *(f"{value:,.3g}" if value < 100 else f"{value:,.0f}" for value in values)
        )
    out.print(table)
    for goal in found["goals"]:
        told = {True: "reached", False: "not reached", None: "not measured"}[goal["reached"]]
        value = "-" if goal["found"] is None else f"{goal['found']:.3g}"
        out.print(f"{goal['goal']}: {value}, at most {goal['at_most']:g}: {told}")
