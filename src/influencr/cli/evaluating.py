"""`places eval`: how good the places are, on labelled sets, beside what others offer."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli._session import console, note
from influencr.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["evaluate"]

_BIO_SETS = ("bios", "tiktok")
_COLUMNS = (
    ("coverage", "Answered"),
    ("country", "Country"),
    ("precision", "Right of answers"),
    ("rejected", "Refused"),
    ("admin1", "Region"),
    ("city_40", "City 40 km"),
    ("city_161", "161 km"),
)


def evaluate(
    datasets: Annotated[
        Path,
        typer.Option(
            "--datasets", metavar="FOLDER", help="Where the data sets lie, one folder each."
        ),
    ],
    set_: Annotated[
        str,
        typer.Option(
            "--set",
            metavar="NAME",
            help="locations (seen while the rules were written), strings, bios, tiktok, or all.",
        ),
    ] = "locations",
    half: Annotated[
        str,
        typer.Option(
            "--half",
            metavar="NAME",
            help="Of tiktok: development, unseen, or all (both, and the whole). Look at the unseen "
            "half once, when nothing changes any more.",
        ),
    ] = "development",
    gold: Annotated[
        Path | None,
        typer.Option(
            "--gold",
            metavar="FOLDER",
            help="Labels by row key: locations.csv, bios.csv, tiktok-disagreements.csv "
            "(benchmarks/gold in a checkout).",
        ),
    ] = None,
    carmen: Annotated[
        bool, typer.Option("--carmen", help="Run Carmen 2.0 on the same rows, where installed.")
    ] = False,
    carmen_python: Annotated[
        Path | None,
        typer.Option(
            "--carmen-python", metavar="FILE", help="The interpreter that has it; default this one."
        ),
    ] = None,
    speed: Annotated[
        bool, typer.Option("--speed", help="Measure speed and memory too, in fresh processes.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write all figures and curves as JSON."),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            "--disagreements",
            metavar="N",
            help="Only show N bios of tiktok that disagree with the country of registration.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Which sample of disagreements.")
    ] = 1,
    quiet: opt.Quiet = False,
) -> None:
    """Evaluate places on labelled sets, with intervals, beside simple rules and Carmen 2.0.

    Nothing of the sets is kept but counts, shares and checksums.
    """
    from influencr.geography.evaluation import SETS
    from influencr.geography.evaluation import evaluate as run

    if not datasets.is_dir():
        raise UsageError(f"--datasets: {datasets} is not a folder.", field="--datasets")
    if sample is not None:
        _show_disagreements(datasets, sample, seed=seed, half=half)
        return
    say = (lambda _: None) if quiet else note
    here = _machine()
    wanted = SETS if set_ == "all" else (set_,)
    result = run(
        datasets,
        wanted=wanted,
        half=half,
        gold=gold if gold is not None else _labels(),
        carmen=carmen or carmen_python is not None,
        carmen_python=carmen_python,
        say=say,
    )
    if speed:
        result["speed"] = _speed(datasets, carmen or carmen_python is not None, carmen_python, say)
    result = here | result
    if output is not None:
        text = json.dumps(_rounded(result), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        output.write_text(text, encoding="utf-8")
    out = console()
    for name, told in result["sets"].items():
        for view, found in told["views"].items():
            _print_view(out, name, view, found)
    if speed:
        _print_speed(out, result["speed"])
    for sentence in result["left_out"]:
        note(sentence)


def _rounded(value: Any) -> Any:
    """Six digits: more than any figure here is worth, and half the bytes."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return value


def _labels() -> Path | None:
    """The labels of a checkout, when the command is run in one."""
    folder = Path("benchmarks", "gold")
    return folder if folder.is_dir() else None


def _machine() -> dict[str, Any]:
    from datetime import UTC, datetime

    from influencr import __version__
    from influencr.cli._measures import machine

    return {
        "version": __version__,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
    }


def _speed(datasets: Path, carmen: bool, python: Path | None, say: Any) -> dict[str, Any]:
    from influencr.geography.evaluation import measure_speed
    from influencr.geography.evaluation._carmen import Carmen, CarmenAbsent
    from influencr.geography.evaluation._sets import MissingSet, distinct_strings, tiktok
    from influencr.geography.evaluation._speed import invented_strings

    other = None
    if carmen:
        try:
            other = Carmen(python)
        except CarmenAbsent as error:
            say(str(error))
    strings = distinct_strings(datasets) or invented_strings()
    try:
        bios = [row.text for row in tiktok(datasets).rows]
    except MissingSet:
        bios = []
    # In an order of its own: sets that lie side by side in a file repeat the same cities.
    random.Random(1).shuffle(strings)  # noqa: S311 - repeatable on purpose
    return measure_speed(strings, bios=bios, carmen=other, say=say)


def _print_view(out: Console, name: str, view: str, found: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    title = f"{name}, {view}: {found['rows']:,} rows, {found['located']:,} with a place"
    out.print(Text(title, style="bold"))
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    table.add_column("", no_wrap=True)
    if name == "tiktok":
        columns = [("coverage", "Answered"), ("precision", "Agree")]
    else:
        columns = [c for c in _COLUMNS if any(s[c[0]]["n"] for s in found["systems"].values())]
    for _, head in columns:
        table.add_column(head, justify="right")
    if name in _BIO_SETS:
        table.add_column("At 0.20", justify="right")
        table.add_column("At 0.30", justify="right")
        table.add_column("Area", justify="right")
    for system, scores in found["systems"].items():
        cells = [_cell(scores[key]) for key, _ in columns]
        if name in _BIO_SETS:
            for point in (scores.get("at_coverage") or {"": None, " ": None}).values():
                cells.append(_cell(point and {**point, "value": point["agreement"]}))
            cells.append(f"{scores['area']:.3f}" if "area" in scores else "-")
        table.add_row(system, *cells)
    out.print(table)
    for system, scores in found["systems"].items():
        if scores.get("calibration"):
            out.print(_believed(system, scores), style="dim")
    for other, gaps in found["differences"].items():
        key = "precision" if name == "tiktok" else "country"
        gap = gaps.get("country")
        if gap and gap["value"] is not None:
            words = "agreement over all rows" if key == "precision" else "country"
            out.print(
                f"Over {other}: {words} {100 * gap['value']:+.1f} points "
                f"({100 * gap['low']:+.1f} to {100 * gap['high']:+.1f}, p {gap['p']:.2g})",
                style="dim",
            )
        same = gaps.get("same_coverage")
        if same:
            low, high = 100 * same["low"], 100 * same["high"]
            out.print(
                f"Over {other} at its coverage of {same['coverage']:.3f}: {same['one']:.3f} "
                f"against {same['other']:.3f} ({low:+.1f} to {high:+.1f} points)",
                style="dim",
            )
    out.print()


def _cell(share: dict[str, Any] | None) -> str:
    """The value, and its interval on the line below."""
    if not share or share["value"] is None:
        return "-"
    return f"{share['value']:.3f}\n{share['low']:.2f}-{share['high']:.2f}"


def _believed(system: str, scores: dict[str, Any]) -> str:
    c = scores["calibration"]
    words = (
        f"Confidence of {system}: calibration error {c['ece_mass']:.3f} "
        f"({c['ece_low']:.2f}-{c['ece_high']:.2f}; {c['ece_floor']:.3f} by chance alone), "
        f"Brier {c['brier']:.3f}"
    )
    if sure := scores.get("sure"):
        words += (
            f"; at 0.8 and above {sure['precision']['value']:.3f} right, "
            f"recall {sure['recall']['value']:.2f}"
        )
    if enough := scores.get("precision_at_recall"):
        words += f"; {enough['precision']['value']:.3f} right at recall 0.75"
    return words


def _print_speed(out: Console, speed: dict[str, Any]) -> None:
    ours = speed["influencr"]
    out.print(
        f"{ours['strings_per_s']['median']:,.0f} strings a second cold "
        f"({ours['strings_per_cpu_s']['median']:,.0f} of processor time, "
        f"{speed['strings']:,} strings), loaded in {ours['load_s']['median']:.2f} s, "
        f"{ours['peak_mb']['median']:.0f} MB at most; autocomplete "
        f"{ours['suggest_p95_ms']['median']:.2f} ms (95th percentile of {ours['prefixes']:,})"
    )
    if "carmen" in speed:
        theirs = speed["carmen"]
        out.print(
            f"Carmen: {theirs['strings_per_s']['median']:,.0f} strings a second, loaded in "
            f"{theirs['load_s']['median']:.2f} s, {theirs['peak_mb']['median']:.0f} MB"
        )


def _show_disagreements(datasets: Path, n: int, *, seed: int, half: str) -> None:
    """To the terminal and nowhere else."""
    from influencr.cli._page import harmless
    from influencr.geography.evaluation import disagreements

    chosen, total = disagreements(datasets, n, seed=seed, half=half)
    for one in chosen:
        print(f"{one.key}  registered {one.region}, we say {one.country} ({one.confidence:.2f})")
        print(f"  bio: {harmless(one.text)}")
        print(f"  why: {harmless(one.reason)}")
    note(f"{len(chosen):,} of {total:,} disagreements, half {half}, seed {seed}.")
    sys.stdout.flush()
