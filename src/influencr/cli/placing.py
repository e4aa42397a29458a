"""`places`: resolve people's words in bulk, read a place in a query, complete a name, build."""

from __future__ import annotations

import itertools
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli import evaluating
from influencr.cli._session import console, engine, note, print_json, session
from influencr.errors import HomeError, UsageError

if TYPE_CHECKING:
    from influencr.engine import Engine
    from influencr.geography import Area
    from influencr.search import PlaceSuggestion

__all__ = ["places"]

places = typer.Typer(
    help="Places: resolve words in bulk, look one up, complete a name, rebuild the gazetteer.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

places.command("eval")(evaluating.evaluate)

#: Rows judged at once: a few megabytes, and progress every second or so.
_ROWS = 20_000
#: What `Gazetteer.suggest` gives at most.
_MOST_SUGGESTED = 100


@places.command("resolve")
def resolve(
    input_: Annotated[
        Path,
        typer.Option(
            "--input",
            metavar="FILE",
            help="CSV (or TSV) with a header row, or JSON lines. Understood, any may be missing: "
            "location, bio, time_zone, language, country, region, city, links, phone, fields.",
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
    confidence, reason, basis (declared, bio, hints), evidence (a sentence per clue), others
    (further places with their role). Unknown is null.
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
    context: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="PLACE...",
            help="As in `search --in`: `Lyon`, `near Paris`, `50 km um Wien`, `Spain, Portugal`.",
        ),
    ],
    json_: opt.Json = False,
) -> None:
    """How a place in a search is understood, what it covers, and the other readings."""
    words = " ".join(query)
    area = _read(context, words)
    if json_:
        from influencr.answers.documents import area_document

        print_json(area_document(area))
        return
    from rich.text import Text

    from influencr.cli._place import place_title
    from influencr.search import place_choice

    out = console()
    choice = place_choice(area)
    if area.corrected:
        out.print(f"No place is called {area.corrected!r}; read as the nearest name.")
    out.print(Text(place_title(choice), style="bold"))
    if area.codes:
        out.print("Codes: " + ", ".join(area.codes))
    if area.lat is not None and area.lon is not None:
        out.print(f"Centre: {area.lat:.5f}, {area.lon:.5f}")
    for part in area.parts:
        out.print("Part: " + place_title(place_choice(part)))
    for part in area.but:
        out.print("Without: " + place_title(place_choice(part)))
    for label, asked in zip(area.alternatives, area.asks, strict=True):
        command = shlex.join(["influencr", "places", "search", asked])
        out.print(Text(f"Did you mean {label}? ", style="dim").append(command), soft_wrap=True)


@places.command("suggest")
def suggest(
    context: typer.Context,
    prefix: Annotated[
        list[str],
        typer.Argument(metavar="PREFIX...", help="The beginning of a place's name, any script."),
    ],
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Places, at most.")] = 10,
    json_: opt.Json = False,
) -> None:
    """Places whose name begins so: the largest first, and those with creators of the home."""
    if not 1 <= limit <= _MOST_SUGGESTED:
        raise UsageError(
            f"--limit: {limit} is not possible; give 1 to {_MOST_SUGGESTED}.", field="--limit"
        )
    words = " ".join(prefix)
    found = _suggested(context, words, limit)
    if json_:
        import msgspec

        print_json({"prefix": words, "places": msgspec.to_builtins(found)})
        return
    if not found:
        note(f"No place begins with {words!r}.")
        return
    from rich.table import Table

    from influencr.cli._place import KINDS

    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    table.add_column("Place")
    table.add_column("Kind")
    table.add_column("Population", justify="right")
    table.add_column("Creators", justify="right")
    table.add_column("GeoNames", justify="right", style="dim")
    for place in found:
        people = f"{place.population:,}" if place.population else "-"
        kind = KINDS.get(place.kind, place.kind)
        table.add_row(place.label, kind, people, f"{place.n_creators:,}", str(place.place_id))
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


def _read(context: typer.Context, words: str) -> Area:
    if (chosen := _home(context)) is not None:
        return chosen.read_place(words)
    from influencr.search import Geography, Located

    return Geography().ask(words, within_km=None, near=False, located=Located({}))


def _suggested(context: typer.Context, words: str, limit: int) -> list[PlaceSuggestion]:
    if (chosen := _home(context)) is not None:
        return chosen.suggest_places(words, limit=limit)
    from influencr.search import Geography, Located

    return Geography().suggest(words, limit=limit, located=Located({}))


def _home(context: typer.Context) -> Engine | None:
    """The home's engine; None before anything was imported: places are known without creators."""
    try:
        return engine(context)
    except HomeError:
        if session(context).home is not None:
            raise
        return None


def _resolved(rows: list[dict[str, Any]], *, first: int) -> Iterator[dict[str, Any]]:
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
            "basis": place["place_basis"],
            "evidence": place["place_evidence"],
            "others": [
                {"place_id": place_id, "label": label, "role": role}
                for place_id, label, role in zip(
                    place["other_place_ids"],
                    place["other_place_labels"],
                    place["other_place_roles"],
                    strict=True,
                )
            ],
        }
