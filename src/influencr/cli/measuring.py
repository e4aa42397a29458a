"""`bench`: how fast this machine imports, indexes and searches, by its own measurement."""

from __future__ import annotations

from typing import Annotated

import typer

from influencr.cli import _options as opt
from influencr.cli._session import note, print_json

__all__ = ["bench"]


def bench(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="import, index, search, or all of them: all.")
    ],
    size: Annotated[
        int | None,
        typer.Option("--size", metavar="N", help="Rows (import) or creators (index, search)."),
    ] = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Measure in a temporary home, on invented creators; your own data are not touched.

    import: rows stored per second, from a CSV file. index: creators judged, and indexed, per
    second. search: milliseconds until an answer with facets and funnel.
    """
    from influencr.cli._measures import measure

    results = measure(name, size=size, say=(lambda _: None) if quiet else note)
    if json_:
        print_json(results)
        return
    for result in results["benchmarks"]:
        for figure, value in result["figures"].items():
            print(f"{result['name']}  {figure.replace('_', ' ')}  {value:,}")
