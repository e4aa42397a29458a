"""The report page and its curves, written from the results alone: docs/benchmarks/places.md.

    python -m influencr.geography.evaluation.report FOLDER

reads places.json (of `places eval --output`) and, where present, places-calibration.json (of the
fit) in FOLDER and writes places.md and the pictures beside them. Nothing on the page is typed by
hand, so it cannot promise what was not measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from influencr.errors import UsageError
from influencr.geography.evaluation import _draw as draw
from influencr.geography.evaluation._goals import goals

__all__ = ["interval", "write_page"]

OURS = "influencr"
_TITLES = {
    "locations": "Location strings, seen",
    "strings": "Location strings labelled for this project",
    "bios": "Bios labelled for this project",
    "tiktok": "Bios against the country of registration",
}
_COLUMNS = {
    "coverage": "answered",
    "country": "country",
    "precision": "right of answers",
    "rejected": "non-places refused",
    "admin1": "region (US, CA, GB)",
    "city_40": "city <= 40 km",
    "city_161": "<= 161 km",
}
#: Curves, in the order of their colours, which stay theirs when one is absent.
_ORDER = (OURS, "Carmen 2.0", "single flag + plain scan", "plain scan", "single flag")
_BIO_GOALS = ((0.2, 0.88), (0.3, 0.82))


def write_page(folder: Path) -> list[Path]:
    """Writes the page and its pictures; returns the files. UsageError without places.json."""
    file = folder / "places.json"
    if not file.is_file():
        raise UsageError(
            f"{file} is not there; write it with `influencr places eval --output {file}`."
        )
    result = json.loads(file.read_text(encoding="utf-8"))
    fit_file = folder / "places-calibration.json"
    fit = json.loads(fit_file.read_text(encoding="utf-8")) if fit_file.is_file() else None
    pictures = dict(_pictures(result))
    written = []
    for name, svg in pictures.items():
        (folder / name).write_text(svg, encoding="utf-8")
        written.append(folder / name)
    page = folder / "places.md"
    page.write_text("\n".join(_lines(result, fit, pictures)).rstrip() + "\n", encoding="utf-8")
    return [page, *written]


def interval(share: dict[str, Any] | None, *, places: int = 3) -> str:
    """`0.890 (0.85-0.92)`; a dash when nothing counts for it."""
    if not share or share["value"] is None:
        return "-"
    return f"{share['value']:.{places}f} ({share['low']:.2f}-{share['high']:.2f})"


def _pictures(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("tiktok", "bios"):
        views = result["sets"].get(name, {}).get("views", {})
        for view, told in views.items():
            if name == "bios" and view != "all":
                continue
            series = [_series(system, found) for system, found in _ordered(told["systems"])]
            title = f"{_TITLES[name]}: {view}, {told['rows']:,} rows"
            yield (
                f"places-{name}-{view.replace(' ', '-')}.svg",
                draw.coverage_chart(title, series, goals=_BIO_GOALS if name == "tiktok" else ()),
            )
    for name in ("strings", "locations"):
        told = result["sets"].get(name, {}).get("views", {}).get("all")
        if not told:
            continue
        series = [
            {"name": system, "table": told["systems"][system]["calibration"]["table"]}
            for system in (OURS, "resolver alone")
            if told["systems"].get(system, {}).get("calibration")
        ]
        title = f"{_TITLES[name]}: can the confidence be believed?"
        yield f"places-{name}-reliability.svg", draw.reliability_chart(title, series)


def _ordered(systems: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, systems[name]) for name in _ORDER if name in systems]


def _series(name: str, found: dict[str, Any]) -> dict[str, Any]:
    points = found.get("curve") or []
    # A rule that gives one confidence to all, and Carmen that gives none, are one point.
    if len(points) <= 1 and found["precision"]["n"]:
        precision = found["precision"]
        points = [
            {
                "coverage": precision["n"] / found["rows"],
                "agreement": precision["value"],
                "low": precision["low"],
                "high": precision["high"],
                "n": precision["n"],
            }
        ]
    return {"name": name, "style": _ORDER.index(name), "points": points}


def _lines(
    result: dict[str, Any], fit: dict[str, Any] | None, pictures: dict[str, str]
) -> Iterator[str]:
    yield "# Places, measured"
    yield ""
    yield "<!-- Written by `python -m influencr.geography.evaluation.report`: do not edit. -->"
    yield ""
    machine = result.get("machine", {})
    yield (
        f"influencr {result.get('version', '?')}, judge {result['method']} "
        f"{result['method_version']}, measured on {result.get('measured_on', '?')}: "
        f"{machine.get('cores', '?')} cores of {machine.get('processor', '?')}, "
        f"Python {machine.get('python', '?')}, load {machine.get('load_before', '?')} before. "
        "Intervals are 95 %: Wilson for shares, bootstrap over rows for differences, McNemar's "
        "exact test for p."
    )
    yield ""
    yield "## Which data had been looked at"
    yield ""
    yield from _seen(result)
    yield ""
    yield "## Goals"
    yield ""
    yield from _goal_lines(result, fit)
    for name, told in result["sets"].items():
        yield ""
        yield f"## {_TITLES[name]}"
        yield ""
        yield from _set(name, told, pictures)
    if fit:
        yield ""
        yield "## How the confidence is fitted"
        yield ""
        yield from _fit(fit)
    if "speed" in result:
        yield ""
        yield "## What an answer costs"
        yield ""
        yield from _speed(result["speed"])
    yield ""
    yield "## How to run it again"
    yield ""
    yield "```sh"
    yield "python -m venv build/carmen && build/carmen/bin/pip install carmen==2.0.0"
    yield "influencr places eval --datasets FOLDER --set all --half all --gold benchmarks/gold \\"
    yield "  --carmen-python build/carmen/bin/python --speed --output docs/benchmarks/places.json"
    yield "python -m influencr.geography.evaluation.fit --datasets FOLDER \\"
    yield "  --report docs/benchmarks/places-calibration.json"
    yield "python -m influencr.geography.evaluation.report docs/benchmarks"
    yield "```"
    if result["left_out"]:
        yield ""
        yield "## Left out of this run"
        yield ""
        yield from (f"- {sentence}" for sentence in result["left_out"])


def _seen(result: dict[str, Any]) -> Iterator[str]:
    about = {
        "locations": "**seen**: its error classes were read while the rules were written, so its "
        "figures are optimistic; the coefficients of the confidence are fitted on it",
        "strings": "**seen by now**: scored first before anybody who writes rules had read a row "
        "(first run), then its errors were read by class and rules mended",
        "bios": "**seen by now**, like the strings; the strata are not in the proportion of the "
        "network",
        "tiktok": "the development half was read while the rules were written; nothing is fitted "
        "on it; "
        + (
            "nobody read the unseen half before its first run, and no rule was mended by it since; "
            "a reader has judged its disagreements"
            if result["half"] != "development"
            else "the unseen half is not scored here"
        ),
    }
    yield (
        "`influencr` is the judge as a member meets it, given the string or the bio and nothing "
        "else; its confidence is that somebody lives there, which no label here can confirm. "
        "`resolver alone` reads the words only, and its confidence is that they are read rightly."
    )
    yield ""
    yield "What every set said when nobody had read it yet: [first run](places-first-run.md)."
    yield ""
    for name, told in result["sets"].items():
        yield f"- {name}: {told['about']}; {about[name]}."
        for file, checksum in told["checksums"].items():
            yield f"  - `{file}`, SHA-256 `{checksum[:16]}...`"
        if told.get("unmatched_labels"):
            yield f"  - {told['unmatched_labels']} labels match no row and are left out."


def _goal_lines(result: dict[str, Any], fit: dict[str, Any] | None) -> Iterator[str]:
    yield "| goal | wanted | measured on | found | reached |"
    yield "| --- | --- | --- | --- | --- |"
    for goal in goals(result, fit):
        yield (
            f"| {goal.words} | {goal.wanted} | {goal.measured_on} | {goal.found} | "
            f"{'-' if goal.reached is None else 'yes' if goal.reached else '**no**'} |"
        )


def _set(name: str, told: dict[str, Any], pictures: dict[str, str]) -> Iterator[str]:
    for view, found in told["views"].items():
        yield f"### {view}: {found['rows']:,} rows, {found['located']:,} with a place"
        yield ""
        picture = f"places-{name}-{view.replace(' ', '-')}.svg"
        if picture in pictures:
            yield f"![Agreement over coverage]({picture})"
            yield ""
        yield from (_bio_table(found) if name == "tiktok" else _table(found))
        yield ""
        yield from _differences(found)
        # Parts of a set are too small for a calibration of their own.
        if view == "all" or name == "tiktok":
            yield from _belief(found)
        if view == "all" and f"places-{name}-reliability.svg" in pictures:
            yield f"![Confidence against what was right](places-{name}-reliability.svg)"
            yield ""
    if "recall_by_words" in told:
        words = ", ".join(
            f"{k} {interval(s, places=2)}" for k, s in told["recall_by_words"].items()
        )
        yield f"Country found, by the words that state it: {words}."
        yield ""
    if "read" in told:
        yield from _read(told["read"])


def _table(found: dict[str, Any]) -> Iterator[str]:
    columns = [c for c in _COLUMNS if any(s[c]["n"] for s in found["systems"].values())]
    counts = [max(s[c]["n"] for s in found["systems"].values()) for c in columns]
    heads = [
        _COLUMNS[c] + ("" if c == "precision" else f", of {n}")
        for c, n in zip(columns, counts, strict=True)
    ]
    yield "| | " + " | ".join(heads) + " |"
    yield "| --- |" + " --- |" * len(columns)
    for system, scores in found["systems"].items():
        yield f"| {system} | " + " | ".join(interval(scores[c]) for c in columns) + " |"


def _bio_table(found: dict[str, Any]) -> Iterator[str]:
    yield "| | answered | agree | agree at coverage 0.20 | at 0.30 | area under the curve |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for system, scores in found["systems"].items():
        cells = [interval(scores["coverage"]), interval(scores["precision"])]
        for coverage in ("0.20", "0.30"):
            point = scores.get("at_coverage", {}).get(coverage)
            cells.append(
                f"{point['agreement']:.3f} ({point['low']:.2f}-{point['high']:.2f})"
                if point
                else "not reached"
            )
        cells.append(f"{scores['area']:.3f}" if "area" in scores else "-")
        yield f"| {system} | " + " | ".join(cells) + " |"
    yield ""
    yield (
        f"Coverage is of all {found['rows']:,} rows; {found['with_words']:,} of them have words. "
        "A rule that orders its answers by one value only, and Carmen, are a point, not a curve."
    )


def _differences(found: dict[str, Any]) -> Iterator[str]:
    told = []
    for other, by_metric in found["differences"].items():
        parts = []
        for metric, gap in by_metric.items():
            if not gap or gap["value"] is None:
                continue
            words = "agreement at its coverage" if metric == "same_coverage" else _COLUMNS[metric]
            p = f", p {_p(gap['p'])}" if "p" in gap else ""
            parts.append(
                f"{words} {100 * gap['value']:+.1f} points "
                f"({100 * gap['low']:+.1f} to {100 * gap['high']:+.1f}{p})"
            )
        if parts:
            told.append(f"- {OURS} over {other}: {'; '.join(parts)}.")
    if told:
        yield from told
        yield ""


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _belief(found: dict[str, Any]) -> Iterator[str]:
    told = []
    for system, scores in found["systems"].items():
        c = scores.get("calibration")
        if not c:
            continue
        line = (
            f"- Confidence of {system}: expected calibration error {c['ece_mass']:.3f} "
            f"({c['ece_low']:.2f}-{c['ece_high']:.2f}; a perfect one would show "
            f"{c['ece_floor']:.3f} on so few), equal width {c['ece_width']:.3f}, Brier "
            f"{c['brier']:.3f}; says {c['mean_confidence']:.3f}, right {c['right']:.3f}"
        )
        if sure := scores.get("sure"):
            line += (
                f"; at 0.8 and above {interval(sure['precision'])} right, "
                f"recall {interval(sure['recall'])}"
            )
        if wide := scores.get("recall_at_precision"):
            line += f"; 0.98 right up to recall {interval(wide['recall'])}"
        told.append(line + ".")
    if told:
        yield from told
        yield ""


def _read(read: dict[str, Any]) -> Iterator[str]:
    yield (
        f"Of the {read['disagreements']:,} answers that disagree with the country of registration, "
        f"{read['judged']} were read one by one, by a language model (benchmarks/gold):"
    )
    yield ""
    for verdict, share in read["verdicts"].items():
        words = ", ".join(
            f"{c['class']} {c['n']}" for c in read["classes"] if c["verdict"] == verdict
        )
        yield f"- {verdict.replace('_', ' ')}: {interval(share, places=2)}" + (
            f" ({words})" if words else ""
        )
    if "right_by_reading" in read:
        yield ""
        yield (
            f"Agreement of all answers is {read['agreement']:.3f}; counting as right those where "
            f"the registration is wrong, {read['right_by_reading']:.3f}; where both are possible "
            f"too, {read['right_or_possible_by_reading']:.3f}."
        )
    yield ""


def _fit(fit: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{fit['method']} Fitted on {fit['rows']:,} answers of `{fit['set']}` (SHA-256 "
        f"`{fit['checksum'][:16]}...`), {fit['fitted_on']}; {fit['wrong']} of them are wrong. "
        f"Chosen: {fit['chosen']}. Cross-validated: {fit['protocol']}"
    )
    yield ""
    if fit["expected_wrong"]:
        yield (
            "Rules were mended with this set in mind, so errors are rarer on it than elsewhere: "
            f"those that are left are weighed up to {fit['expected_wrong']:.1%} of the answers, "
            "their share before anybody had read one."
        )
    yield ""
    yield "| | ECE, equal mass | ECE, equal width | Brier | log loss | precision at recall 0.75 |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, found in fit["results"].items():
        yield f"| {name} | " + " | ".join(_spread(found[k]) for k in fit["columns"]) + " |"
    yield ""
    yield from (f"- {note}" for note in fit.get("notes", ()))


def _spread(value: dict[str, float] | None) -> str:
    if value is None:
        return "-"
    return f"{value['mean']:.3f} ({value['low']:.3f}-{value['high']:.3f})"


def _speed(speed: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{speed['strings']:,} distinct location strings, each once in a fresh process, one core; "
        f"median of {speed['runs']} processes (smallest-largest), by turns with Carmen."
    )
    yield ""
    systems: Sequence[tuple[str, str]] = (
        ("influencr", "resolver"),
        ("judge", "judge, with tables"),
        ("carmen", "Carmen 2.0"),
    )
    shown = [(key, words) for key, words in systems if key in speed]
    yield "| | " + " | ".join(words for _, words in shown) + " |"
    yield "| --- |" + " ---: |" * len(shown)
    figures = (
        ("strings_per_s", "strings per second", 0),
        ("strings_per_cpu_s", "strings per second of processor time", 0),
        ("bios_per_s", "bios per second", 0),
        ("load_s", "seconds to load", 2),
        ("peak_mb", "peak resident, MB", 0),
        ("pss_mb", "proportional set, MB", 0),
        ("suggest_p50_ms", "autocomplete, median ms", 2),
        ("suggest_p95_ms", "autocomplete, 95th percentile ms", 2),
    )
    for figure, words, places in figures:
        cells = []
        for key, _ in shown:
            s = speed[key].get(figure)
            cells.append(
                f"{s['median']:,.{places}f} ({s['low']:,.{places}f}-{s['high']:,.{places}f})"
                if s
                else ""
            )
        if any(cells):
            yield f"| {words} | " + " | ".join(cells) + " |"
