"""`places`: resolve people's words to places in bulk, look a place up, rebuild the gazetteer."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli import evaluating
from influencr.cli._session import console, note, print_json
from influencr.errors import UsageError

__all__ = ["places"]

places = typer.Typer(
    help="Places: resolve words in bulk, look one up, rebuild the gazetteer.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

places.command("eval")(evaluating.evaluate)

#: Rows judged at once: a few megabytes, and progress every second or so.
_ROWS = 20_000


@places.command("resolve")
def resolve(
    input_: Annotated[
        Path,
        typer.Option(
            "--input",
            metavar="FILE",
            help="CSV (or TSV) with a header row, or JSON lines. Understood, any may be missing: "
            "location, bio, time_zone, language, country, region, city.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="JSON lines, one per input row.")
    ],
    column: Annotated[
        str | None,
        typer.Option("--column", metavar="NAME", help="The column that holds the location."),
    ] = None,
    quiet: opt.Quiet = False,
) -> None:
    """Resolve each row of a file to a place, or say why it cannot be told.

    One line per row, in order: row (from 0), level, country, admin1, place_id, name, lat, lon,
    confidence, reason. Unknown is null.
    """
    from influencr.cli._rows import read_rows, written_whole

    n_rows = n_placed = 0
    with written_whole(output) as file:
        for rows in itertools.batched(read_rows(input_, location=column), _ROWS):
            for place in _resolved(list(rows), first=n_rows):
                n_placed += place["level"] is not None
                file.write(json.dumps(place, ensure_ascii=False) + "\n")
            n_rows += len(rows)
    if not quiet:
        note(f"{n_rows:,} rows, {n_placed:,} of them resolved: {output}")


@places.command("search")
def search(
    prefix: Annotated[
        list[str], typer.Argument(metavar="PREFIX...", help="The beginning of a place's name.")
    ],
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Places, at most.")] = 10,
    json_: opt.Json = False,
) -> None:
    """Places whose name begins so, the likeliest first."""
    from influencr.geography import Gazetteer

    if limit < 1:
        raise UsageError(f"--limit: {limit} is not possible; give 1 or more.", field="--limit")
    words = " ".join(prefix)
    found = Gazetteer.load().suggest(words, limit)
    if json_:
        rows = [
            {
                "place_id": place.place_id,
                "label": place.label,
                "kind": place.kind,
                "country": place.country,
                "population": place.population,
            }
            for place in found
        ]
        print_json({"prefix": words, "places": rows})
        return
    if not found:
        note(f"No place begins with {words!r}.")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    table.add_column("Place")
    table.add_column("Kind")
    table.add_column("Population", justify="right")
    table.add_column("GeoNames", justify="right", style="dim")
    for place in found:
        people = f"{place.population:,}" if place.population else "-"
        table.add_row(place.label, place.kind, people, str(place.place_id))
    console().print(table)


@places.command("build")
def build(quiet: opt.Quiet = False) -> None:
    """Compile the gazetteer again from the installed data packages (in a checkout).

    A released wheel contains it, so only a checkout needs this (`make gazetteer`).
    """
    from influencr.geography.gazetteer import DATA
    from influencr.geography.gazetteer import build as compile_

    manifest = compile_(DATA, None if quiet else note)
    if not quiet:
        note(f"{sum(manifest['places'].values()):,} places, {manifest['names']:,} names: {DATA}")


def _resolved(rows: list[dict[str, str]], *, first: int) -> Iterator[dict[str, Any]]:
    """What geography says of a batch, one dictionary per row, in order."""
    import polars as pl

    from influencr.catalogue import empty
    from influencr.geography import judge

    numbered = [{"profile_id": str(first + i), **row} for i, row in enumerate(rows)]
    judged = judge(pl.DataFrame(numbered, schema=empty("profiles").schema, strict=False))
    by_row = {place["profile_id"]: place for place in judged.iter_rows(named=True)}
    for i in range(first, first + len(rows)):
        place = by_row[str(i)]
        yield {
            "row": i,
            "level": place["place_level"],
            "country": place["country"],
            "admin1": place["admin1"],
            "place_id": place["place_id"],
            "name": place["place_name"],
            "lat": place["lat"],
            "lon": place["lon"],
            "confidence": place["place_confidence"],
            "reason": place["place_reason"],
        }
