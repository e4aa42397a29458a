"""docs/benchmarks/README.md, from the history alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.suite.history import FILE, lines_of, newest, records
from benchmarks.suite.jobs import JOBS, Job

__all__ = ["page", "write_page"]

type Line = dict[str, Any]
type Record = dict[str, Any]

_HEAD = f"""\
# Benchmarks

<!-- Written by `influencr bench all`, from {FILE}: do not edit. -->

What is promised, what was measured, on which machine, and what earlier runs found.
`influencr bench all` in a checkout measures everything again and adds a line to
[{FILE}]({FILE}); no earlier line is ever changed. [How to run it](#how-to-run-it).

Rates and times are by the clock unless they say otherwise. Other work on the machine makes figures
worse, never better: the load before each measurement stands beside it. A figure that falls short is
shown as it is.
"""

_TAIL = """\
## How to run it

```
influencr bench all              # everything but the large ones: about four hours on two cores
influencr bench all --quick      # small samples, to try; never in these tables
influencr bench all --only relevance,search
influencr bench all --large      # also a hundred million follows and ten million creators
```

Each benchmark runs in a process of its own. A run that was stopped, by Ctrl-C or a kill, goes on
where it was when the same command is given again. What needs data sets (`--datasets FOLDER`, or
INFLUENCR_DATASETS) or other engines that are not there is told as not run. What a benchmark wrote
when it was run by itself (`influencr bench vetting --output docs/benchmarks`) is taken into the
history by `influencr bench all --record`. Runs too long for any of this were made by hand:
[large.md](large.md).
"""


def write_page(folder: Path) -> Path:
    """Write README.md there from the history there; its path."""
    file = folder / "README.md"
    file.write_text(page(lines_of(folder)), encoding="utf-8")
    return file


def page(lines: list[Line]) -> str:
    """The whole page. `lines`: the runs, oldest first; quick ones count where there is no other."""
    quick = all(line["quick"] for line in lines)
    now = {job.name: record for job in JOBS if (record := newest(lines, job.name, quick=quick))}
    told = [_HEAD]
    reached, missed = _counted(now.values())
    told.append(
        f"**{reached} of {reached + missed} goals are reached**, {missed} are not. "
        f"{len(now)} of {len(JOBS)} benchmarks were measured.\n"
    )
    told += _missed(now)
    if quick and lines:
        told.append("**Quick runs only**: small samples, to try; nothing here is a finding.\n")
    told += _overview(lines, now, quick=quick)
    for job in JOBS:
        if job.name in now:
            told += _section(job, now[job.name], records(lines, job.name, quick=quick))
    told += _runs(lines)
    told.append(_TAIL)
    return "\n".join(told).rstrip() + "\n"


def _counted(records_: Any) -> tuple[int, int]:
    verdicts = [one["reached"] for record in records_ for one in record["figures"]]
    return verdicts.count(True), verdicts.count(False)


def _missed(now: dict[str, Record]) -> Iterator[str]:
    rows = [
        f"| [{name}](#{name}) | {_cell(one['name'])} | {_value(one)} | {_wanted(one)} |"
        for name, record in now.items()
        for one in record["figures"]
        if one["reached"] is False
    ]
    if rows:
        yield "## Missed\n"
        yield "| benchmark | figure | found | wanted |"
        yield "| --- | --- | ---: | --- |"
        yield from rows
        yield ""


def _overview(lines: list[Line], now: dict[str, Record], *, quick: bool) -> Iterator[str]:
    yield "## Every benchmark\n"
    yield "| benchmark | what | measured | version | goals reached | took |"
    yield "| --- | --- | --- | --- | --- | ---: |"
    for job in JOBS:
        record = now.get(job.name)
        name = f"[{job.name}](#{job.name})" if record else job.name
        if record is None:
            why = _why_not(lines, job, quick=quick)
            yield f"| {name} | {job.about} | **{why}** | | | |"
            continue
        reached, missed = _counted([record])
        goals = f"{reached} of {reached + missed}" if reached + missed else "none set"
        yield (
            f"| {name} | {job.about} | {record['measured_at']} | {_version(record)} | {goals} | "
            f"{_took(record)} |"
        )
    yield ""


def _why_not(lines: list[Line], job: Job, *, quick: bool) -> str:
    for line in reversed(lines):
        told = line["benchmarks"].get(job.name)
        if told is not None and told["state"] != "measured" and line["quick"] is quick:
            return f"{told['state']}: {_cell(told['why'])}"
    return "not run: no run of it in the history"


def _section(job: Job, record: Record, every: list[Record]) -> Iterator[str]:
    yield f"## {job.name}\n"
    page_ = f" [Its own page]({job.page})." if job.page else ""
    yield f"{job.about[0].upper()}{job.about[1:]}.{page_}\n"
    yield f"{_measured(record)}\n"
    older = record.get("before") or {}
    for part, at in older.items():
        yield f"- {part} was last measured at {at}."
    for part, why in record["left_out"].items():
        yield f"- **Not run: {part}** ({_cell(why)})."
    if older or record["left_out"]:
        yield ""
    former = _former(record, every)
    yield "| figure | value | interval | wanted | reached | before |"
    yield "| --- | ---: | --- | --- | --- | --- |"
    for one in record["figures"]:
        yield (
            f"| {_cell(one['name'])} | {_value(one)} | {_interval(one)} | {_wanted(one)} | "
            f"{_reached(one)} | {former.get(one['name'], '')} |"
        )
    yield ""


def _former(record: Record, every: list[Record]) -> dict[str, str]:
    """Figure -> what the run before found, with its day, where there was one."""
    found: dict[str, str] = {}
    for one in every:
        if one["run"] == record["run"] or one["measured_at"] == record["measured_at"]:
            continue
        for told in one["figures"]:
            found[told["name"]] = f"{_value(told)} ({one['measured_at'][:10]})"
    return found


def _runs(lines: list[Line]) -> Iterator[str]:
    yield "## Runs\n"
    yield "Oldest first; every figure of each stands in [history.jsonl](history.jsonl).\n"
    yield "| run | version | commit | benchmarks | goals reached | missed | not run or failed |"
    yield "| --- | --- | --- | --- | ---: | ---: | --- |"
    for line in lines:
        told = line["benchmarks"]
        good = {name: one for name, one in told.items() if one["state"] == "measured"}
        reached, missed = _counted(good.values())
        kind = ", quick" if line["quick"] else ""
        rest = ", ".join(name for name in told if name not in good)
        yield (
            f"| {line['run']}{kind} | {line['version']} | {line['commit'] or ''} | "
            f"{_named(good)} | {reached} | {missed} | {rest} |"
        )
    yield ""


def _named(good: dict[str, Record]) -> str:
    """Few names as they are, many as a number."""
    return f"{len(good)} measured" if len(good) > 4 else ", ".join(good)


def _measured(record: Record) -> str:
    here = record["machine"]
    told = [f"influencr {_version(record)}, {record['measured_at']}"]
    if "text" in here:
        told.append(str(here["text"]))
    else:
        told.append(f"{here['cores']} cores of {here['processor']}")
        if "memory_gb" in here:
            told.append(f"{here['memory_gb']} GB")
        told.append(f"Python {here['python']}, {here['system']}")
    if here.get("load_before") is not None:
        told.append(f"load {here['load_before']}")
    return ", ".join(told) + "."


def _version(record: Record) -> str:
    """The version, and the commit where it is known.

    >>> _version({"version": "0.1.0", "commit": "abc1234"}), _version({"version": None})
    ('0.1.0 (abc1234)', 'not told')
    """
    at = record.get("commit")
    return f"{record['version'] or 'not told'}{f' ({at})' if at else ''}"


def _took(record: Record) -> str:
    seconds = record["seconds"]
    return "" if seconds is None else f"{seconds:,.0f} s"


def _value(one: dict[str, Any]) -> str:
    return _cell(one["text"]) if "text" in one else _number(one["value"])


def _number(value: float | None) -> str:
    """Enough digits to compare.

    >>> _number(None), _number(3), _number(0.00512), _number(0.71849), _number(87_139.4)
    ('-', '3', '0.00512', '0.718', '87,139')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or value == round(value):
        return f"{round(value):,}"
    size = abs(value)
    if size >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 100 else f"{value:.3g}"


def _interval(one: dict[str, Any]) -> str:
    if one["low"] is None or one["high"] is None:
        return ""
    return f"{_number(one['low'])} to {_number(one['high'])}"


def _wanted(one: dict[str, Any]) -> str:
    if "wanted" in one:
        return _cell(str(one["wanted"]))
    if one["goal"] is None or isinstance(one["goal"], str):
        return _cell(one["goal"] or "")
    return f"{'>=' if one.get('more_is_better', True) else '<='} {_number(one['goal'])}"


def _reached(one: dict[str, Any]) -> str:
    if one["reached"] is None:
        return _cell(one.get("note") or "")
    return "yes" if one["reached"] else "**no**"


def _cell(text: str) -> str:
    """Text that cannot break out of its cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")
