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
_SERVICE = "service"
_VETTING = "vetting"
_INFLUENCE = "influence"
_PLANNING = "planning"
_ALL = "all"
#: Creators of bench search when none are given.
_CREATORS = 1_000_000


def bench(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="import, index, answer, search, service, relevance, vetting, influence or "
            "planning; or all: every one there is.",
        ),
    ],
    size: Annotated[
        int | None,
        typer.Option("--size", metavar="N", help="Rows (import) or creators (index, answer)."),
    ] = None,
    creators: Annotated[
        int | None,
        typer.Option(
            "--creators",
            metavar="N",
            help="Invented creators, by default 1000000 (search, service).",
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
            "--folder",
            metavar="FOLDER",
            help="Keep what is built there, and use it (search, service).",
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
            help="Where the data sets lie, one folder each (relevance, vetting, influence, all).",
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
            help="Ids with commas between: b1,b7,worlds (vetting), worlds,posts (influence), "
            "optimum,scale (planning); names of benchmarks (all).",
        ),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Smaller samples and one small world, to try (vetting, influence, planning, all).",
        ),
    ] = False,
    large: Annotated[
        bool,
        typer.Option("--large", help="Also those that take an hour or 16 GB of memory (all)."),
    ] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="Begin anew instead of going on with a stopped run (all)."),
    ] = False,
    record: Annotated[
        bool,
        typer.Option(
            "--record",
            help="Measure nothing: take what benchmarks wrote by themselves into the history "
            "(all).",
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
            help="Write the figures there as JSON and as a page (relevance, search, service, "
            "vetting, influence, planning; all: by default docs/benchmarks).",
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

    service: what a member waits for: search pages of a running server, one at a time and a hundred
    members at once; needs a checkout.

    relevance: how well searches put the right creators first, on judged queries over real
    profiles, beside plain BM25; needs a checkout of the project and the data sets.

    vetting: how well bought followers are told from others, on labelled sets and on invented
    worlds whose truth is known; needs a checkout, and the data sets for the labelled part.

    planning: how near rosters are to the best there is, and how long they take over a large home;
    needs a checkout.

    influence: how well the score foretells the next 28 days beside simpler numbers, on invented
    worlds and posts of real accounts; needs a checkout, and the data sets for the real part.

    all: every benchmark of a checkout, one after the other, each in a process of its own, and one
    page of all with version, machine, goals and history. The same command goes on with a run that
    was stopped. What needs data sets or programs that are not there is told as not run. Of an
    installed package: import, index and answer.
    """
    from influencr.cli._checkout import has_benchmarks
    from influencr.cli._measures import NAMES, measure

    known = (*NAMES, _ALL, _SEARCH, _SERVICE, _RELEVANCE, _VETTING, _INFLUENCE, _PLANNING)
    if name not in known:
        raise UnknownValue("NAME", name, known)
    of_search = {
        "--engines": engines,
        "--passes": passes,
        "--freshness": freshness or None,
    }
    _only("bench search", name == _SEARCH, of_search)
    kept = {"--creators": creators, "--folder": folder}
    _only("bench search and service", name in (_SEARCH, _SERVICE), kept)
    _only("bench relevance", name == _RELEVANCE, {"--set": which})
    judges = (_VETTING, _INFLUENCE, _PLANNING)
    of_judges = {"--scale": scale, "--seeds": seeds}
    _only("bench vetting, influence and planning", name in judges, of_judges)
    tried = {"--only": only, "--quick": quick or None}
    _only("bench vetting, influence, planning and all", name in (*judges, _ALL), tried)
    of_all = {"--large": large or None, "--again": again or None, "--record": record or None}
    _only("bench all", name == _ALL, of_all)
    measured = (_RELEVANCE, *judges, _ALL)
    read = (_RELEVANCE, _VETTING, _INFLUENCE, _ALL)
    _only("bench relevance, vetting, influence and all", name in read, {"--datasets": datasets})
    where = "bench relevance, search, service, vetting, influence, planning and all"
    _only(where, name in (*measured, _SEARCH, _SERVICE), {"--output": output})
    asked = (*tried.values(), *of_all.values(), datasets, output)
    if name == _ALL and (has_benchmarks() or any(value is not None for value in asked)):
        from influencr.cli._every_bench import measure_all, show_all

        if size is not None:
            raise UsageError("--size: bench all takes --quick.", field="--size")
        line, whole = measure_all(
            datasets,
            only=only,
            quick=quick,
            large=large,
            again=again,
            record=record,
            output=output,
            quiet=quiet,
        )
        if json_:
            print_json(line)
        else:
            show_all(console(), line)
        if not whole:
            raise Terminal("bench all: a benchmark failed; the others' figures are written.")
        return
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
    if name == _SERVICE:
        from influencr.cli._service_speed import measure_service, show_service

        if size is not None:
            raise UsageError("--size: bench service takes --creators N.", field="--size")
        found = measure_service(
            creators=_CREATORS if creators is None else creators,
            folder=folder,
            output=output,
            quiet=quiet,
        )
        if json_:
            print_json(found)
        else:
            show_service(console(), found)
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
