"""`bench`: how fast this machine imports, indexes and searches, and how good the order is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from influencr.cli import _options as opt
from influencr.cli._session import console, note, print_json
from influencr.errors import UnknownValue, UsageError

__all__ = ["bench"]

_RELEVANCE = "relevance"


def bench(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="import, index, search, or all of them: all; or relevance."
        ),
    ],
    size: Annotated[
        int | None,
        typer.Option("--size", metavar="N", help="Rows (import) or creators (index, search)."),
    ] = None,
    datasets: Annotated[
        Path | None,
        typer.Option(
            "--datasets",
            metavar="FOLDER",
            help="Where the data sets of the judged profiles lie, one folder each (relevance).",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FOLDER",
            help="Write relevance.json and relevance.md there (relevance).",
        ),
    ] = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Measure in a temporary home, on invented creators; your own data are not touched.

    import: rows stored per second, from a CSV file. index: creators judged, and indexed, per
    second. search: milliseconds until an answer with facets and funnel.

    relevance: how well searches put the right creators first, on judged queries over real
    profiles, beside plain BM25; needs a checkout of the project and the data sets.
    """
    from influencr.cli._measures import NAMES, measure

    if name not in (*NAMES, "all", _RELEVANCE):
        raise UnknownValue("NAME", name, (*NAMES, "all", _RELEVANCE))
    if name == _RELEVANCE:
        from influencr.cli._relevance import measure_relevance, show_relevance

        if size is not None:
            raise UsageError("--size: bench relevance has a corpus of its own.", field="--size")
        found = measure_relevance(datasets, output=output, quiet=quiet)
        if json_:
            print_json(found)
        else:
            show_relevance(console(), found)
        return
    for option, value in (("--datasets", datasets), ("--output", output)):
        if value is not None:
            raise UsageError(f"{option} belongs to bench relevance.", field=option)
    results = measure(name, size=size, say=(lambda _: None) if quiet else note)
    if json_:
        print_json(results)
        return
    for result in results["benchmarks"]:
        for figure, value in result["figures"].items():
            print(f"{result['name']}  {figure.replace('_', ' ')}  {value:,}")
