"""What each benchmark wrote, read as figures of one shape (benchmarks.vetting.goals.figure).

Every reader takes the whole document of a benchmark and gives its figures; a document of another
shape raises KeyError or TypeError, which a run tells as a failure and not as an empty answer.
"""

from __future__ import annotations

from typing import Any

from benchmarks.listening.page import WANTED_P95_SECONDS
from benchmarks.relevance.page import GOALS as RELEVANCE_GOALS
from benchmarks.vetting.goals import figure

__all__ = [
    "MOST_WITHOUT_GOAL",
    "Document",
    "Figure",
    "alignment",
    "collecting",
    "freshness",
    "judged",
    "judged_run",
    "kept",
    "listed",
    "listening",
    "measured",
    "places",
    "places_network",
    "programs",
    "relevance",
    "search",
    "service",
]

type Document = dict[str, Any]
type Figure = dict[str, Any]

#: Figures without a goal that a line of the history keeps of one benchmark; all of them stand in
#: the benchmark's own file.
MOST_WITHOUT_GOAL = 12

#: (benchmark, figure) -> what has to be reached on two cores, and whether more is better.
TARGETS: dict[tuple[str, str], tuple[float, bool]] = {
    ("import", "rows_per_second"): (20_000, True),
    ("index", "indexed_per_second"): (5_000, True),
    ("index-alone", "creators_per_second"): (5_000, True),
    ("places-speed", "strings_per_second"): (5_000, True),
    ("places-speed", "load_seconds"): (1, False),
    ("places-speed", "autocomplete_p95_ms"): (5, False),
    ("places-speed", "peak_memory_mb"): (200, False),
}

#: Ids of the large worlds of vetting and influence, which are benchmarks of their own here.
_LARGE_WORLDS = ("b14", "scale")

#: What a brand's share has to reach: rank correlation, and the range of coverage.
_SPEARMAN, _COVERED = 0.9, (0.94, 0.96)


def kept(figures: list[Figure]) -> list[Figure]:
    """All figures with a goal, and the first of the others, in their order."""
    spare = MOST_WITHOUT_GOAL
    chosen = []
    for one in figures:
        if one["goal"] is None:
            spare -= 1
            if spare < 0:
                continue
        chosen.append(one)
    return chosen


def listed(document: Document) -> list[Figure]:
    """Of benchmarks that write {"figures": [figure(...), ...]}."""
    return list(document["figures"])


def measured(document: Document) -> list[Figure]:
    """Of `bench import`, `index`, `answer` and those that write as they do."""
    found = []
    for one in document["benchmarks"]:
        over = ", ".join(
            f"{value:,} {key.replace('_', ' ')}" for key, value in one["parameters"].items()
        )
        for name, value in one["figures"].items():
            goal, more = TARGETS.get((one["name"], name), (None, True))
            words = f"{name.replace('_', ' ')} ({over})"
            found.append(figure(words, value, goal=goal, more_is_better=more))
    return found


def judged_run(
    document: Document, *, scale: bool | None = None, quick: bool | None = None
) -> Document:
    """The newest run in vetting.json, influence.json or planning.json that has what is wanted.

    scale   the large world alone (`b14`, `scale`), everything else, or None: all of it
    quick   only such runs; None takes both

    Raises KeyError where there is none.
    """
    for run in reversed(document["runs"]):
        if quick is not None and run["quick"] is not quick:
            continue
        mine = [
            one
            for one in run["benchmarks"]
            if scale is None or (one["id"] in _LARGE_WORLDS) is scale
        ]
        if any("missing" not in one for one in mine):
            return {**run, "benchmarks": mine}
    raise KeyError("runs")


def judged(run: Document) -> list[Figure]:
    """Of vetting, influence and planning: what `judged_run` found."""
    return [
        {**one, "name": f"{part['id']}: {one['name']}"}
        for part in run["benchmarks"]
        if "missing" not in part
        for one in part["figures"]
    ]


def relevance(document: Document) -> list[Figure]:
    """The lead over plain stemmed BM25, then the figures of ours alone."""
    everybody = document["groups"]["all"]
    found = []
    for other, name, wanted in RELEVANCE_GOALS:
        lead = everybody["differences"][other]["condensed"][name]
        words = f"{name} over {other}"
        found.append(figure(words, lead["mean"], lead["low"], lead["high"], goal=wanted))
    for name, value in everybody["systems"]["influencr"]["condensed"].items():
        found.append(figure(f"{name}, ours", value))
    return found


def search(document: Document, creators: int) -> list[Figure]:
    """Of one size in search-speed.json; figures count only where all engines agree."""
    run = document["runs"][str(creators)]
    found = [_at_most(goal) for goal in run["goals"]]
    differences = run["differences"]["questions"]
    found.append(
        figure(
            "questions with other counts than another engine's",
            differences,
            goal=0,
            more_is_better=False,
        )
    )
    for name, told in run["engines"].items():
        found.append(figure(f"p95 ms, {name}", told["wall"]["p95"]))
    return found


def freshness(document: Document, creators: int) -> list[Figure]:
    """Of one size in search-speed.json, section freshness."""
    return [_at_most(goal) for goal in document["freshness"][str(creators)]["goals"]]


def service(document: Document) -> list[Figure]:
    """Pages for members, then pages a second."""
    found = [_at_most(goal) for goal in document["goals"]]
    for name, run in document["runs"].items():
        found.append(figure(f"pages a second, {name}", run["pages_per_second"]))
    return found


def programs(document: Document) -> list[Figure]:
    """A look-up and files, then rows a second."""
    found = [_at_most(goal) for goal in document["goals"]]
    for form, told in document["files"].items():
        found.append(figure(f"rows a second, {form}", told["rows_per_second"]))
    return found


def listening(document: Document) -> list[Figure]:
    """Events a second of one core, and seconds from an event to a search."""
    read = document["reading"]
    live = "decoded and folded, 1 % of accounts known"
    found = []
    for name, told in read["rates"].items():
        goal = read["wanted_per_second"] if name == live else None
        shown = name.replace("orjson", read["peer"]) if name.startswith("zstd") else name
        found.append(figure(f"events a second, {shown}", told["per_second"], goal=goal))
    for told in document["searching"]:
        words = f"p95 seconds from event to search, {told['share_known']:.0%} known"
        found.append(
            figure(words, told["p95_seconds"], goal=WANTED_P95_SECONDS, more_is_better=False)
        )
    return found


def alignment(document: Document) -> list[Figure]:
    """How near stated shares of audiences are to the planted ones."""
    everybody = document["all"]
    low, high = _COVERED
    covered = everybody["covered_by_95_percent"]
    return [
        figure("Spearman with the planted share", everybody["spearman"], goal=_SPEARMAN),
        {
            **figure("95 % intervals that hold", covered, goal=_SPEARMAN),
            "goal": (low + high) / 2,
            "reached": low <= covered <= high,
            "wanted": f"{low:.2f} to {high:.2f}",
        },
        figure("mean error", everybody["mean_error"]),
        figure("mean width of an interval", everybody["mean_width"]),
        figure("milliseconds per brand", document["milliseconds_per_brand"]),
    ]


def places_network(document: Document) -> list[Figure]:
    """Neighbours' places as read, and how often stated audience shares hold."""
    as_read = document["neighbours"][0]
    names = ("city_coverage", "within_40_km", "city_country_right", "any_answer")
    found = [figure(f"neighbours: {_words(name)}", as_read[name]) for name in names]
    for told in document["audience"]:
        if told["known_followers"].endswith("+") and told["level"] != "country, the largest":
            words = f"90 % intervals of a {told['level']} that hold: {told['world']}"
            found.append(figure(words, told["covered_by_90_percent"]))
    return found


def places(document: Document) -> list[Figure]:
    """Every goal of the sets that were measured; their values stand in places.md as text."""
    from influencr.geography.evaluation._goals import goals

    found = []
    for goal in goals(document):
        told = figure(f"{goal.words} ({goal.measured_on})", None)
        found.append({**told, "goal": goal.wanted, "reached": goal.reached, "text": goal.found})
    return found


def collecting(document: Document) -> list[Figure]:
    """Of the network on loopback."""
    told = document["collecting"]
    found = [
        figure("share of the planted scene in the index", told["all"]["index"]),
        figure("calls", told["calls"]),
        figure("seconds until searchable", told["seconds"]),
    ]
    gone = document.get("leaving", {}).get("gone_after_s")
    if gone is not None:
        #: Seconds, from the project's requirements of sources.
        found.append(figure("gone after, seconds", gone, goal=60, more_is_better=False))
    return found


def _at_most(goal: dict[str, Any]) -> Figure:
    told = figure(goal["goal"], goal["found"], goal=goal["at_most"], more_is_better=False)
    return {**told, "reached": goal["reached"]}


def _words(name: str) -> str:
    return name.replace("_", " ")
