"""`bench`: how fast this machine imports, indexes and searches; how good order and judges are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from influencr.cli import _options as opt
from influencr.cli._session import console, note, print_json
from influencr.errors import Terminal, UnknownValue, UsageError

__all__ = ["bench"]

_RELEVANCE = "relevance"
_SEARCH = "search"
_VETTING = "vetting"
_INFLUENCE = "influence"
#: Creators of bench search when none are given.
_CREATORS = 1_000_000


def bench(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="import, index, answer, or all of them: all; or search, relevance, vetting or "
            "influence.",
        ),
    ],
    size: Annotated[
        int | None,
        typer.Option("--size", metavar="N", help="Rows (import) or creators (index, answer)."),
    ] = None,
    creators: Annotated[
        int | None,
        typer.Option(
            "--creators", metavar="N", help="Invented creators, by default 1000000 (search)."
        ),
    ] = None,
    engines: Annotated[
        str | None,
        typer.Option(
            "--engines",
            metavar="LIST",
            help='Names with commas between: ours, "ours whole search", "ours tantivy", sqlite, '
            'postgres, lucene, "tantivy plain" (search).',
        ),
    ] = None,
    passes: Annotated[
        int | None,
        typer.Option("--passes", metavar="N", help="Times 360 questions, by default 1 (search)."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", metavar="FOLDER", help="Keep what is built there, and use it (search)."
        ),
    ] = None,
    freshness: Annotated[
        bool,
        typer.Option(
            "--freshness", help="How soon changes are found, and what searches notice (search)."
        ),
    ] = False,
    datasets: Annotated[
        Path | None,
        typer.Option(
            "--datasets",
            metavar="FOLDER",
            help="Where the data sets lie, one folder each (relevance, vetting, influence).",
        ),
    ] = None,
    which: Annotated[
        str | None,
        typer.Option(
            "--set",
            metavar="SET",
            help="judged (default), or unseen: queries that nobody tuned to (relevance).",
        ),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="LIST",
            help="Ids with commas between: b1,b7,worlds (vetting), worlds,posts (influence).",
        ),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="Smaller samples and one small world, to try (vetting, influence)."
        ),
    ] = False,
    scale: Annotated[
        int | None,
        typer.Option(
            "--scale",
            metavar="N",
            help="Time and memory for a world of N follows (vetting) or N acts (influence).",
        ),
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(
            "--seeds",
            metavar="LIST",
            help="Of the invented worlds, by default 1001 to 1005 (vetting), 3001 to 3005 "
            "(influence).",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FOLDER",
            help="Write the figures there as JSON and as a page (relevance, search, vetting, "
            "influence).",
        ),
    ] = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Measure in a temporary home, on invented creators; your own data are not touched.

    import: rows stored per second, from a CSV file. index: creators judged, and indexed, per
    second. answer: milliseconds until an answer with facets and funnel.

    search: the same questions to our index, SQLite, PostgreSQL, Lucene and tantivy, side by side;
    all have to find the same number of creators. Needs a checkout of the project.

    relevance: how well searches put the right creators first, on judged queries over real
    profiles, beside plain BM25; needs a checkout of the project and the data sets.

    vetting: how well bought followers are told from others, on labelled sets and on invented
    worlds whose truth is known; needs a checkout, and the data sets for the labelled part.

    influence: how well the score foretells the next 28 days beside simpler numbers, on invented
    worlds and posts of real accounts; needs a checkout, and the data sets for the real part.
    """
    from influencr.cli._measures import NAMES, measure

    known = (*NAMES, "all", _SEARCH, _RELEVANCE, _VETTING, _INFLUENCE)
    if name not in known:
        raise UnknownValue("NAME", name, known)
    of_search = {
        "--creators": creators,
        "--engines": engines,
        "--passes": passes,
        "--folder": folder,
        "--freshness": freshness or None,
    }
    _only("bench search", name == _SEARCH, of_search)
    _only("bench relevance", name == _RELEVANCE, {"--set": which})
    of_judges = {
        "--only": only,
        "--quick": quick or None,
        "--scale": scale,
        "--seeds": seeds,
    }
    judges = (_VETTING, _INFLUENCE)
    _only("bench vetting and influence", name in judges, of_judges)
    measured = (_RELEVANCE, *judges)
    _only("bench relevance, vetting and influence", name in measured, {"--datasets": datasets})
    where = "bench relevance, search, vetting and influence"
    _only(where, name in (*measured, _SEARCH), {"--output": output})
    if name in judges:
        from influencr.cli._figures_bench import measure_figures, show_figures

        if size is not None:
            raise UsageError(f"--size: bench {name} takes --scale N.", field="--size")
        found = measure_figures(
            name,
            datasets,
            only=only,
            quick=quick,
            scale=scale,
            seeds=seeds,
            output=output,
            quiet=quiet,
        )
        if json_:
            print_json(found)
        else:
            show_figures(console(), found)
        return
    if name == _RELEVANCE:
        from influencr.cli._relevance import measure_relevance, show_relevance

        if size is not None:
            raise UsageError("--size: bench relevance has a corpus of its own.", field="--size")
        found = measure_relevance(datasets, which=which or "judged", output=output, quiet=quiet)
        if json_:
            print_json(found)
        else:
            show_relevance(console(), found)
        return
    if name == _SEARCH:
        from influencr.cli._search_speed import measure_search_speed, show_search_speed

        if size is not None:
            raise UsageError("--size: bench search takes --creators N.", field="--size")
        found, agree = measure_search_speed(
            creators=_CREATORS if creators is None else creators,
            engines=engines,
            passes=1 if passes is None else passes,
            folder=folder,
            output=output,
            freshness=freshness,
            quiet=quiet,
        )
        if json_:
            print_json(found)
        else:
            show_search_speed(console(), found)
        if not agree:
            raise Terminal("bench search: the engines did not find the same; no figure counts.")
        return
    results = measure(name, size=size, say=(lambda _: None) if quiet else note)
    if json_:
        print_json(results)
        return
    for result in results["benchmarks"]:
        for figure, value in result["figures"].items():
            print(f"{result['name']}  {figure.replace('_', ' ')}  {value:,}")


def _only(where: str, there: bool, options: Mapping[str, object]) -> None:
    """Refuse options that belong to another benchmark."""
    for option, value in options.items():
        if value is not None and not there:
            raise UsageError(f"{option} belongs to {where}.", field=option)
