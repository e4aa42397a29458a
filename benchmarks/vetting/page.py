"""The figures as a page for people: docs/benchmarks/vetting.md."""

from __future__ import annotations

from typing import Any

__all__ = ["merged", "page"]

_HEAD = """\
# Vetting, measured

<!-- Written by `influencr bench vetting --output docs/benchmarks`: do not edit. -->

How often a bought batch is found, how often somebody is wrongly suspected, and whether an interval
holds what it says. Every figure of every run, also those that fall short:
[vetting.json](vetting.json). Intervals are 95 %. The method and its limits:
[docs/algorithms/vetting.md](../algorithms/vetting.md).

Figures on labelled sets say how well profiles of a few networks and years are told apart; figures
on invented worlds say how the whole way from follows to verdict behaves when the truth is known.
No set in hand has labelled bought followers together with the times of their follows, so nothing
here was measured on real purchases from end to end.
"""


def merged(runs: list[dict[str, Any]], new: dict[str, Any]) -> list[dict[str, Any]]:
    """All runs, oldest first: a run of the same version, machine and day is completed.

    A benchmark that is measured again in such a run takes the place of what it gave before;
    quick runs and whole ones stay apart.
    """

    def same(one: dict[str, Any]) -> bool:
        return all(one[key] == new[key] for key in ("version", "measured_on", "quick")) and (
            one["machine"].get("processor") == new["machine"].get("processor")
        )

    kept = []
    for run in runs:
        if not same(run):
            kept.append(run)
            continue
        again = {one["id"] for one in new["benchmarks"]}
        old = [one for one in run["benchmarks"] if one["id"] not in again]
        new = {**new, "benchmarks": sorted([*old, *new["benchmarks"]], key=_order)}
    return [*kept, new]


def _order(one: dict[str, Any]) -> tuple[int, str]:
    name = one["id"].lower()
    digits = "".join(c for c in name if c.isdigit())
    return (int(digits) if name.startswith("b") and digits else 1_000, name)


def page(runs: list[dict[str, Any]], head: str = _HEAD) -> str:
    """The whole page under `head`, from the runs of vetting.json, oldest first."""
    newest = _newest(runs)
    lines = [head]
    reached, short, missing = _counts(newest)
    lines += [
        f"Goals reached: {reached} of {reached + short}. "
        + ("Short: see **no** below." if short else "None is missed."),
        "",
    ]
    if missing:
        lines += ["Not measured, because data are missing:", ""]
        lines += [f"- {one['id']}: {one['missing']}" for one in missing] + [""]
    for run, one in newest:
        if "missing" not in one:
            lines += _section(run, one)
    lines += _history(runs)
    return "\n".join(lines).rstrip() + "\n"


def _newest(runs: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each benchmark with its newest run; whole runs stand before quick ones."""
    found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for run in sorted(runs, key=lambda run: not run["quick"]):
        for one in run["benchmarks"]:
            if "missing" not in one or one["id"] not in found:
                found[one["id"]] = (run, one)
    return sorted(found.values(), key=lambda pair: _order(pair[1]))


def _counts(
    newest: list[tuple[dict[str, Any], dict[str, Any]]],
) -> tuple[int, int, list[dict[str, Any]]]:
    verdicts = [figure["reached"] for _, one in newest for figure in one["figures"]]
    missing = [one for _, one in newest if "missing" in one]
    return verdicts.count(True), verdicts.count(False), missing


def _section(run: dict[str, Any], one: dict[str, Any]) -> list[str]:
    lines = [f"## {one['id']}: {one['title']}", ""]
    lines += [f"Data: {_text(one['data'])}", "", _text(one["protocol"]), ""]
    lines += [
        "| figure | value | interval | wanted | reached |",
        "| --- | ---: | --- | --- | --- |",
    ]
    for figure in one["figures"]:
        lines.append(
            f"| {figure['name']} | {_number(figure['value'])} | {_interval(figure)} | "
            f"{_goal(figure)} | {_reached(figure)} |"
        )
    lines.append("")
    for name, title in (("table", "Case by case"), ("baseline", "The published baseline")):
        if name in one:
            lines += _table({"title": title, **one[name]})
    for table in one.get("tables", ()):
        lines += _table(table)
    notes = one["notes"] if isinstance(one["notes"], list) else [one["notes"]]
    lines += [f"- {_text(note)}" for note in notes if note]
    if any(notes):
        lines.append("")
    here = run["machine"]
    lines += [
        f"influencr {run['version']}, {run['measured_on']}, {here['cores']} cores of "
        f"{here['processor']}, {one['seconds']} s{', quick' if run['quick'] else ''}.",
        "",
    ]
    return lines


def _table(table: dict[str, Any]) -> list[str]:
    """`title`, `columns` and `rows` of a further table."""
    lines = [f"### {table['title']}", "", "| " + " | ".join(table["columns"]) + " |"]
    lines.append("| --- |" + " ---: |" * (len(table["columns"]) - 1))
    for row in table["rows"]:
        cells = [cell if isinstance(cell, str) else _number(cell) for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def _history(runs: list[dict[str, Any]]) -> list[str]:
    """Figures with a goal, run by run, where there is more than one whole run of them."""
    rows: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        for one in run["benchmarks"]:
            if run["quick"]:
                continue
            for figure in one["figures"]:
                if figure["goal"] is not None:
                    label = f"{_number(figure['value'])} ({run['version']}, {run['measured_on']})"
                    rows.setdefault((one["id"], figure["name"]), []).append(label)
    told = {key: values for key, values in rows.items() if len(values) > 1}
    if not told:
        return []
    lines = ["## Earlier runs", "", "| benchmark | figure | oldest to newest |"]
    lines.append("| --- | --- | --- |")
    for (name, label), values in told.items():
        lines.append(f"| {name} | {label} | {'; '.join(values)} |")
    return [*lines, ""]


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _number(value: Any) -> str:
    """Enough digits to compare; whole numbers as they are.

    >>> _number(0.95312), _number(12.346), _number(1234), _number(None)
    ('0.953', '12.35', '1,234', '-')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return (
            f"{value:.4f}"
            if abs(value) < 0.01
            else (f"{value:.3f}" if abs(value) < 10 else f"{value:,.2f}")
        )
    return str(value)


def _interval(figure: dict[str, Any]) -> str:
    if figure["low"] is None or figure["high"] is None:
        return ""
    return f"{_number(figure['low'])} to {_number(figure['high'])}"


def _goal(figure: dict[str, Any]) -> str:
    if "wanted" in figure:
        return str(figure["wanted"])
    if figure["goal"] is None:
        return ""
    if isinstance(figure["goal"], str):
        return figure["goal"]
    sign = ">=" if figure.get("more_is_better", True) else "<="
    return f"{sign} {figure['goal']:g}" if isinstance(figure["goal"], int | float) else ""


def _reached(figure: dict[str, Any]) -> str:
    if figure["reached"] is None:
        return figure.get("note", "") or ""
    return "yes" if figure["reached"] else "**no**"
