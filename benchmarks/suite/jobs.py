"""Which benchmarks there are: how each is run, what it needs, where it writes, how it is read."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.relevance_corpus import missing
from benchmarks.suite import figures

from influencr.errors import UnknownValue

__all__ = ["JOBS", "ROOT", "Job", "Place", "chosen", "document_of", "stamp"]

ROOT = Path(__file__).resolve().parents[2]


class Place(NamedTuple):
    """Where one run of a benchmark finds and leaves things.

    output     folder of the figures and pages
    datasets   folder of the data sets, None where there is none
    builds     folder for what takes long to build and can be used again
    quick      smaller samples, to try
    """

    output: Path
    datasets: Path | None
    builds: Path
    quick: bool = False


class Job(NamedTuple):
    """One benchmark.

    name           as `--only` takes it
    about          what it measures, as a part of a sentence
    steps          commands, each the words after the interpreter
    document       the file in the output folder that the figures are read from
    read           from the document, and whether it was a quick run, to figures; raises KeyError
                   when it holds none of this benchmark
    seconds        a whole run on two cores, where the history knows no better; then a quick one
    page           its own page beside the figures
    needs          None, or the sentence that says why it cannot be run here
    large          takes so much time or memory that it is run only when asked for
    quick          whether it has a quick form
    scale          of vetting and influence: the large world alone, or everything but that
    """

    name: str
    about: str
    steps: Callable[[Place], list[list[str]]]
    document: str
    read: Callable[[dict[str, Any], bool], list[figures.Figure]]
    seconds: tuple[float, float]
    page: str | None = None
    needs: Callable[[Place], str | None] = lambda _: None
    large: bool = False
    quick: bool = True
    scale: bool | None = None


def chosen(only: str | None, *, large: bool) -> tuple[list[Job], list[Job]]:
    """(what is to be run, what is left out because it is large); names with commas between.

    Raises UnknownValue for a name that is none.
    """
    if only is None:
        return [job for job in JOBS if large or not job.large], [
            job for job in JOBS if job.large and not large
        ]
    by_name = {job.name: job for job in JOBS}
    wanted = [word.strip().replace("_", "-") for word in only.split(",") if word.strip()]
    for word in wanted:
        if word not in by_name:
            raise UnknownValue("--only", word, tuple(by_name))
    return [job for job in JOBS if job.name in wanted], []


def document_of(job: Job, folder: Path) -> dict[str, Any] | None:
    """What a benchmark last wrote there, or None."""
    file = folder / job.document
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def stamp(job: Job, document: dict[str, Any], *, quick: bool) -> dict[str, Any]:
    """What a document tells of its own measurement.

    Returns {"version", "measured_at", "machine", "parts", "left_out"}: `parts` are the ids of what
    was measured where a benchmark has parts, `left_out` the others with the reason.
    """
    told, parts, left_out = document, None, {}
    if isinstance(document.get("runs"), list):
        told = figures.judged_run(document, scale=job.scale, quick=quick)
        parts = [one["id"] for one in told["benchmarks"] if "missing" not in one]
        left_out = {one["id"]: one["missing"] for one in told["benchmarks"] if "missing" in one}
    elif job.document == "search-speed.json":
        kind = "freshness" if job.name == "freshness" else "runs"
        told = document[kind][str(_search_size(job.name, quick=quick))]
        left_out = dict(told.get("missing", {}))
    elif job.document == "collecting.json":
        told = {**document["collecting"], "measured_at": document["collecting"]["measured"]}
    machine = told["machine"]
    if isinstance(machine, str):
        machine = {"text": machine, "load_before": told.get("load")}
    found = {
        "version": told.get("version"),
        "measured_at": told.get("measured_at") or told["measured_on"],
        "machine": machine,
        "left_out": left_out,
    }
    return found if parts is None else {**found, "parts": parts}


def _of(module: str, *words: str) -> list[str]:
    return ["-m", module, *words]


def _measure(name: str) -> Callable[[Place], list[list[str]]]:
    """A measurement of benchmarks.suite.measures."""

    def steps(place: Place) -> list[list[str]]:
        quick = ["--quick"] if place.quick else []
        words = ("--output", str(place.output), *quick)
        return [_of("benchmarks.suite.measures", name, *words)]

    return steps


def _family(
    name: str, *more: str, small: tuple[str, ...] = ("--quick",), reads: bool = True
) -> Callable[[Place], list[list[str]]]:
    """vetting, influence or planning, whole or its large world."""

    def steps(place: Place) -> list[list[str]]:
        words = [str(place.datasets)] if reads and place.datasets is not None else []
        words += more
        words += list(small) if place.quick else []
        return [_of(f"benchmarks.{name}", *words, "--output", str(place.output))]

    return steps


def _read_family(scale: bool | None) -> Callable[[dict[str, Any], bool], list[figures.Figure]]:
    return lambda document, quick: figures.judged(
        figures.judged_run(document, scale=scale, quick=quick)
    )


def _places(place: Place) -> list[list[str]]:
    where = place.output / "places.json"
    which = ("--set", "locations") if place.quick else ("--set", "all", "--half", "all", "--speed")
    carmen = ["--carmen"] if importlib.util.find_spec("carmen") else []
    gold = str(ROOT / "benchmarks" / "gold")
    words = ("--datasets", str(place.datasets), "--gold", gold, *which, *carmen)
    steps = [_of("influencr", "places", "eval", *words, "--output", str(where), "--quiet")]
    if not place.quick:
        # The page needs the coefficients beside it, which only the folder of the project has.
        steps.append(_of("influencr.geography.evaluation.report", str(place.output)))
    return steps


def _relevance(which: str) -> Callable[[Place], list[list[str]]]:
    def steps(place: Place) -> list[list[str]]:
        words = (str(place.datasets), "--set", which, "--output", str(place.output))
        return [_of("benchmarks.relevance", *words)]

    return steps


def _search_size(name: str, *, quick: bool) -> int:
    if quick:
        return 20_000
    return 10_000_000 if name == "search-large" else 1_000_000


def _search(name: str, *more: str) -> Callable[[Place], list[list[str]]]:
    def steps(place: Place) -> list[list[str]]:
        size = str(_search_size(name, quick=place.quick))
        words = ["--creators", size, *more, "--output", str(place.output)]
        if place.quick and name == "freshness":
            words += ["--seconds", "8", "--calm", "3"]
        elif place.quick:
            words += ["--each", "1", "--engines", "ours,ours whole search,sqlite"]
        return [_of("benchmarks.search_speed", *words)]

    return steps


def _read_search(name: str) -> Callable[[dict[str, Any], bool], list[figures.Figure]]:
    reader = figures.freshness if name == "freshness" else figures.search
    return lambda document, quick: reader(document, _search_size(name, quick=quick))


def _listening(place: Place) -> list[list[str]]:
    small = ["--quick"] if place.quick else []
    words = (str(place.datasets), "--output", str(place.output), *small)
    return [_of("benchmarks.listening", *words)]


def _service(place: Place) -> list[list[str]]:
    words = ["--folder", str(place.builds / "bench-service"), "--output", str(place.output)]
    if place.quick:
        words[1] = str(place.builds / "bench-service-quick")
        small = ("--creators", "20000", "--members", "10", "--seconds", "10", "--each", "1")
        words += small
    return [_of("benchmarks.service", *words)]


def _programs(place: Place) -> list[list[str]]:
    words = ["--folder", str(place.builds / "bench-service"), "--output", str(place.output)]
    if place.quick:
        words[1] = str(place.builds / "bench-service-quick")
        words += ["--creators", "20000", "--names", "1000", "--times", "3"]
    return [_of("benchmarks.programs", *words)]


def _collecting(place: Place) -> list[list[str]]:
    return [["tools/test_servers.py", "atproto", "--report", str(place.output)]]


def _whole(
    read: Callable[[dict[str, Any]], list[figures.Figure]],
) -> Callable[[dict[str, Any], bool], list[figures.Figure]]:
    """A reader that does not care whether the run was quick."""
    return lambda document, quick: read(document)


def _needs_datasets(place: Place) -> str | None:
    if place.datasets is None:
        return "needs the data sets: name their folder with --datasets"
    return None


def _needs_judged(place: Place) -> str | None:
    sentence = _needs_datasets(place)
    if sentence is None and place.datasets is not None:
        absent = missing(place.datasets)
        if absent:
            return f"needs the data sets of the judged profiles; not there: {', '.join(absent)}"
    return sentence


def _needs_file(*names: str) -> Callable[[Place], str | None]:
    def needs(place: Place) -> str | None:
        sentence = _needs_datasets(place)
        if place.datasets is None or place.datasets.joinpath(*names).exists():
            return sentence
        return f"needs the data set {'/'.join(names)}, which is not there"

    return needs


#: In the order in which they are run: short ones first, so that a run tells something soon.
JOBS: tuple[Job, ...] = (
    Job(
        "startup",
        "how long `influencr --help` takes, and how large the package is",
        _measure("startup"),
        "startup.json",
        _whole(figures.listed),
        (30, 10),
    ),
    Job(
        "import",
        "a CSV file of profiles into the catalogue, then the same file again",
        _measure("import"),
        "import.json",
        _whole(figures.measured),
        (30, 5),
    ),
    Job(
        "index",
        "from the catalogue to a searchable index: judging, then indexing",
        _measure("index"),
        "index.json",
        _whole(figures.measured),
        (50, 10),
    ),
    Job(
        "answer",
        "one question after the other, with facets and funnel, each asked once",
        _measure("answer"),
        "answer.json",
        _whole(figures.measured),
        (60, 12),
    ),
    Job(
        "index-alone",
        "long texts straight into the index, without judges and catalogue",
        _measure("index-alone"),
        "index-alone.json",
        _whole(figures.measured),
        (60, 8),
    ),
    Job(
        "places-speed",
        "invented location strings, each once",
        _measure("places-speed"),
        "places-speed.json",
        _whole(figures.measured),
        (60, 25),
    ),
    Job(
        "place-queries",
        "suggestions while typing a place, and searches within a radius",
        _measure("place-queries"),
        "place-queries.json",
        _whole(figures.measured),
        (60, 15),
    ),
    Job(
        "places",
        "how often the place of a profile is right, on labelled sets",
        _places,
        "places.json",
        _whole(figures.places),
        (300, 30),
        page="places.md",
        needs=_needs_file("geo-profile-locations"),
    ),
    Job(
        "places-network",
        "places told by neighbours, and shares of audiences, on invented worlds",
        _measure("places-network"),
        "places-network.json",
        _whole(figures.places_network),
        (400, 150),
    ),
    Job(
        "alignment",
        "the share of an audience that a brand wants, on invented worlds",
        _measure("alignment"),
        "alignment.json",
        _whole(figures.alignment),
        (900, 110),
        page="alignment.md",
    ),
    Job(
        "relevance",
        "whether searches put the right creators first: judged queries over real profiles",
        _relevance("judged"),
        "relevance.json",
        _whole(figures.relevance),
        (240, 240),
        page="relevance.md",
        needs=_needs_judged,
        quick=False,
    ),
    Job(
        "relevance-unseen",
        "the same on queries that nobody tuned to",
        _relevance("unseen"),
        "relevance-unseen.json",
        _whole(figures.relevance),
        (60, 60),
        page="relevance-unseen.md",
        needs=_needs_judged,
    ),
    Job(
        "search",
        "the same questions to our index and to other engines, a million creators",
        _search("search", "--passes", "3"),
        "search-speed.json",
        _read_search("search"),
        (2_400, 60),
        page="search-speed.md",
    ),
    Job(
        "freshness",
        "how soon changes are found, and what searches notice of it",
        _search("freshness", "--freshness"),
        "search-speed.json",
        _read_search("freshness"),
        (420, 40),
        page="search-speed.md",
    ),
    Job(
        "listening",
        "the live stream, from real frames to a search",
        _listening,
        "listening.json",
        _whole(figures.listening),
        (500, 110),
        page="listening.md",
        needs=_needs_file("bluesky-samples", "jetstream_v1_window.jsonl"),
    ),
    Job(
        "service",
        "search pages for one member, and for a hundred at once",
        _service,
        "service.json",
        _whole(figures.service),
        (720, 60),
        page="service.md",
    ),
    Job(
        "programs",
        "ten thousand names looked up at once, and everybody as a file",
        _programs,
        "programs.json",
        _whole(figures.programs),
        (500, 40),
        page="programs.md",
    ),
    Job(
        "planning",
        "how near a roster is to the best there is, and how long a plan takes",
        _family("planning", reads=False),
        "planning.json",
        _read_family(None),
        (840, 90),
        page="planning.md",
    ),
    Job(
        "influence",
        "the coming 28 days foretold, on worlds of known truth and posts of real accounts",
        _family("influence"),
        "influence.json",
        _read_family(False),
        (760, 120),
        page="influence.md",
        scale=False,
    ),
    Job(
        "vetting",
        "bought followers told from others, on labelled sets and worlds of known truth",
        _family("vetting"),
        "vetting.json",
        _read_family(False),
        (4_750, 900),
        page="vetting.md",
        scale=False,
    ),
    Job(
        "influence-scale",
        "influence over a hundred million acts: time and memory",
        _family("influence", "--only", "scale"),
        "influence.json",
        _read_family(True),
        (300, 30),
        page="influence.md",
        large=True,
        scale=True,
    ),
    Job(
        "vetting-scale",
        "vetting over a hundred million follows: time and memory",
        _family("vetting", "--only", "b14"),
        "vetting.json",
        _read_family(True),
        (2_400, 60),
        page="vetting.md",
        large=True,
        scale=True,
    ),
    Job(
        "search-large",
        "our index alone over ten million creators; 16 GB of memory",
        _search("search-large", "--engines", "ours,ours whole search"),
        "search-speed.json",
        _read_search("search-large"),
        (3_600, 60),
        page="search-speed.md",
        large=True,
    ),
    Job(
        "collecting",
        "collecting from and listening to a real network on loopback; installs it first",
        _collecting,
        "collecting.json",
        _whole(figures.collecting),
        (900, 900),
        page="collecting.md",
        large=True,
        quick=False,
    ),
)
