"""Writes docs/reference from the code; with --check, fails with a difference when it is stale.

Everything here is read from what the program itself uses (the command tree, the record types, the
error tree, the table of settings), so a page cannot promise what the code does not do. The words
beside a column are hand-written in docs/reference/meanings.toml.
"""

from __future__ import annotations

import ast
import difflib
import importlib.util
import inspect
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from written.decisions import decisions
from written.http import http
from written.mcp import mcp
from written.metrics import metrics
from written.python import python
from written.rates import rates

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
BANNER = "<!-- Written by `make docs` from the code: do not edit. -->\n\n"


def pages() -> dict[str, Callable[[], str]]:
    """Path below docs/ -> what writes it."""
    return {
        "reference/cli.md": commands,
        "reference/http.md": lambda: http(ROOT),
        "reference/mcp.md": mcp,
        "reference/python.md": lambda: python(ROOT),
        "reference/records.md": tables,
        "reference/creators.md": creators,
        "reference/vetting.md": vetting,
        "reference/influence.md": influence,
        "reference/consent.md": consent,
        "reference/settings.md": settings,
        "reference/metrics.md": lambda: metrics(ROOT),
        "reference/errors.md": errors,
        "algorithms/error-rates.md": lambda: rates(ROOT),
        "decisions/README.md": lambda: decisions(ROOT),
    }


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        print("usage: tools/docs.py [--check]", file=sys.stderr)
        return 2
    stale = 0
    for name, write in pages().items():
        file = DOCS / name
        wanted = BANNER + write().rstrip() + "\n"
        found = file.read_text(encoding="utf-8") if file.exists() else ""
        if found == wanted:
            continue
        stale += 1
        if check:
            lines = difflib.unified_diff(
                found.splitlines(), wanted.splitlines(), f"{name} (in git)", f"{name} (the code)"
            )
            print("\n".join(list(lines)[:60]))
        else:
            file.write_text(wanted, encoding="utf-8")
            print(f"docs/{name} written")
    if check and stale:
        print("docs is stale: run `make docs` and commit what it writes.", file=sys.stderr)
        return 1
    return 0


# --- consent --------------------------------------------------------------------------------


def consent() -> str:
    """The table that the consent matrix test runs, and nothing else."""
    file = ROOT / "tests" / "contract" / "consent.py"
    spec = importlib.util.spec_from_file_location("influencr_consent_table", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} cannot be loaded")
    table = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = table
    spec.loader.exec_module(table)
    written: str = table.page()
    return written


# --- commands -------------------------------------------------------------------------------


def commands() -> str:
    import typer.main

    from influencr.cli._app import app

    lines = [
        "# Command line",
        "",
        "Results go to stdout, everything else to stderr. An error is one sentence; the exit code",
        "is 2 when the question could not be understood and 1 when it could not be done. Ctrl-C",
        "exits with 130.",
        "",
    ]
    root = typer.main.get_command(app)
    for path, command in walk(root, "influencr"):
        lines += [f"## `{path}`", "", inspect.cleandoc(command.help or ""), ""]
        lines += parameters(command)
    return "\n".join(lines)


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        if not child.hidden:
            yield from walk(child, f"{path} {name}")


def parameters(command: Any) -> list[str]:
    rows = []
    for parameter in command.params:
        if getattr(parameter, "hidden", False) or parameter.name in COMPLETION:
            continue
        meaning = " ".join((getattr(parameter, "help", "") or "").split())
        if not meaning:
            raise SystemExit(f"{command.name}: parameter {parameter.name!r} has no help text")
        if parameter.param_type_name == "argument":
            shown = f"`{parameter.metavar or parameter.name.upper()}`"
        else:
            names = ", ".join([*parameter.opts, *parameter.secondary_opts])
            shown = f"`{names}`" + (f" {parameter.metavar}" if parameter.metavar else "")
        rows.append((shown, cell(meaning)))
    if not rows:
        return []
    return ["| option | meaning |", "| --- | --- |", *(f"| {a} | {b} |" for a, b in rows), ""]


#: typer's own options, the same in every program made with it.
COMPLETION = ("install_completion", "show_completion")


# --- records --------------------------------------------------------------------------------


def tables() -> str:
    from influencr.records import OBSERVED, columns, key_of

    meanings = read_meanings()
    lines = [
        "# Tables of the catalogue",
        "",
        "One row per observation, in Delta Lake tables under `catalogue/` of the data home; any",
        "program that reads Delta (Polars, DuckDB, Spark) opens them. Unknown is null, never 0 or",
        "an empty text. Times are UTC. The tables share a provenance, listed once at the end.",
        "",
    ]
    provenance = meanings["provenance"]
    for table, record in OBSERVED.items():
        own = [c for c in columns(record) if c.name not in provenance or table == "removals"]
        agree(table, {c.name for c in own}, set(meanings[table]))
        lines += [f"## `{table}`", "", inspect.cleandoc(record.__doc__ or ""), ""]
        lines += [f"Natural key: {', '.join(f'`{k}`' for k in key_of(record))}.", ""]
        lines += column_table((c.name, c.kind, c.required, meanings[table][c.name]) for c in own)
    shared = [c for c in columns(OBSERVED["profiles"]) if c.name in provenance]
    agree("provenance", {c.name for c in shared}, set(provenance))
    lines += ["## Provenance, in every table but `removals`", ""]
    lines += column_table((c.name, c.kind, c.required, provenance[c.name]) for c in shared)
    return "\n".join(lines)


def creators() -> str:
    from influencr.pipeline import CREATORS_SCHEMA

    meanings = read_meanings()["creators"]
    agree("creators", set(CREATORS_SCHEMA), set(meanings))
    lines = [
        "# The creators row",
        "",
        "One row per indexed profile, in `judged/creators.parquet` of the data home: what the",
        "index holds, what search, `show` and `export` answer with. Every judgement has its reason",
        "beside it; unknown is null.",
        "",
        "| column | type | meaning |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{n}` | {kind_of(t)} | {cell(meanings[n])} |" for n, t in CREATORS_SCHEMA.items()]
    return "\n".join(lines)


def vetting() -> str:
    from influencr.pipeline.vetting import STORED_EVIDENCE, VETTING_SCHEMA

    lines = [
        "# Vetting",
        "",
        "What a whole judgement leaves about audiences, beside `judged/creators.parquet`.",
        "`influencr vet` and `Engine.vet` read both; [vetting](../algorithms/vetting.md) says how",
        "they are made.",
        "",
        "## `judged/vetting.parquet`",
        "",
        "One row per listed creator, in order of `profile_id`. The columns `share_...` are the",
        "share of followers that look bought, with everything that it was computed from.",
        "",
        *_columns_of("vetting", VETTING_SCHEMA),
        "## `judged/evidence.parquet`",
        "",
        "The ledger, by `profile_id`: one row per finding, and one per family of evidence that",
        "looked and found nothing. No row of a family means that it was not looked at. The verdict",
        "can be made again from these rows and the share (`vetting.verdict.rederive`).",
        "",
        *_columns_of("evidence", STORED_EVIDENCE),
        "## `influencr vet --jsonl`",
        "",
        "One object per creator: `platform`, `handle`, `verdict`, `bought_share` (`point`,",
        "`low`, `high`, `n`, `method`), `evidence`, `as_of` and `version`. `evidence` lists the",
        "findings that are unusual (`fires`): `family`, `statistic`, `p`, `from`, `to`, `members`",
        "(how many) and `checked` (`alternative`, `outcome`, `detail`); `--members` adds",
        "`member_ids`. Unknown is null. A finding whose `checked` holds an alternative that",
        "was found may be explained by it, and then counts for nothing.",
    ]
    return "\n".join(lines)


#: What may stand behind the name of a number, and is told once for all.
BESIDE = ("_low", "_high", "_n", "_relative", "_basis", "_reason")


def influence() -> str:
    from influencr.pipeline.influence import INFLUENCE_SCHEMA

    meanings = read_meanings()["influence"]
    beside: dict[str, list[str]] = {}
    for name in INFLUENCE_SCHEMA:
        stem = next((name.removesuffix(s) for s in BESIDE if name.endswith(s)), name)
        if stem == name or stem not in INFLUENCE_SCHEMA:
            beside.setdefault(name, [])
        else:
            beside[stem].append(name.removeprefix(stem))
    agree("influence", set(beside), set(meanings))
    lines = [
        "# Influence",
        "",
        "`judged/influence.parquet` of the data home: one row per listed creator, in order of",
        "`profile_id`, made with each whole judgement. `Engine.influence` reads it;",
        "[influence](../algorithms/influence.md), [engagement](../algorithms/engagement.md),",
        "[closeness](../algorithms/closeness.md), [growth](../algorithms/growth.md) and",
        "[labels](../algorithms/labels.md) say how it is made.",
        "",
        "Beside a number stand, where the last column says so: `_low` and `_high`, the limits of a",
        "95 % interval; `_n`, posts, replies or people behind it; `_reason`, what it rests on or",
        "why it is null; `_relative`, the same as a share of what was there before; `_basis`,",
        "`follows` or `counts`.",
        "",
        "| column | type | meaning | beside it |",
        "| --- | --- | --- | --- |",
    ]
    for name, ends in beside.items():
        told = ", ".join(f"`{end}`" for end in ends)
        kind = kind_of(INFLUENCE_SCHEMA[name])
        lines.append(f"| `{name}` | {kind} | {cell(meanings[name])} | {told} |")
    return "\n".join(lines)


def _columns_of(table: str, schema: Any) -> list[str]:
    meanings = read_meanings()[table]
    agree(table, set(schema), set(meanings))
    lines = ["| column | type | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{n}` | {kind_of(t)} | {cell(meanings[n])} |" for n, t in schema.items()]
    return [*lines, ""]


def kind_of(dtype: Any) -> str:
    text = str(dtype)
    known = {"String": "text", "Int64": "int", "Float64": "float", "Boolean": "bool"}
    if text.startswith("List(Struct("):
        return "list of " + ", ".join(field.name for field in dtype.inner.fields)
    if text.startswith("List("):
        return f"list of {kind_of(text[5:-1])}"
    return "time" if text.startswith("Datetime") else known.get(text, text)


def read_meanings() -> dict[str, dict[str, str]]:
    with (REFERENCE / "meanings.toml").open("rb") as file:
        return tomllib.load(file)


def agree(table: str, columns: set[str], meanings: set[str]) -> None:
    """Stops with a sentence when a column has no meaning or a meaning has no column."""
    for name in sorted(columns - meanings):
        raise SystemExit(f"docs/reference/meanings.toml: [{table}] lacks the column {name!r}")
    for name in sorted(meanings - columns):
        raise SystemExit(f"docs/reference/meanings.toml: [{table}] has {name!r}, no such column")


def column_table(rows: Any) -> list[str]:
    lines = ["| column | type | required | meaning |", "| --- | --- | --- | --- |"]
    for name, kind, required, meaning in rows:
        lines.append(f"| `{name}` | {kind} | {'yes' if required else ''} | {cell(meaning)} |")
    return [*lines, ""]


# --- settings and errors --------------------------------------------------------------------


def settings() -> str:
    from influencr.service._environment import VARIABLES

    lines = [
        "# Settings",
        "",
        "Environment variables, read once when a command starts.",
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{v.name}` | {cell(v.default)} | {cell(v.meaning)} |" for v in VARIABLES]
    return "\n".join(lines)


def errors() -> str:
    classes = error_classes()
    lines = [
        "# Errors",
        "",
        "Every error is one sentence that says what was received, what is valid and what to do.",
        "`code` is stable. A terminal error fails again when asked again; a transient one may not.",
        "",
        "| code | class | kind | command line exits with | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, (code, _, meaning) in classes.items():
        family = ancestry(name, classes)
        nature = "transient" if "Transient" in family else "terminal"
        if name in ("InfluencrError", "ServiceError"):
            nature = "either"
        exits = 2 if "UsageError" in family else 1
        row = (f"`{code}`", f"`{name}`", nature, str(exits), cell(meaning))
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def error_classes() -> dict[str, tuple[str, str, str]]:
    """Every class of the error tree, wherever it is defined: name -> (code, parent, meaning).

    Read from the source text, so that no heavy module is imported for a page of words.
    """
    found: dict[str, tuple[str, str, str]] = {}
    files = sorted((ROOT / "src" / "influencr").rglob("*.py"))
    for file in sorted(files, key=lambda f: f.name != "errors.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef) or not node.bases:
                continue
            parent = ast.unparse(node.bases[0]).rpartition(".")[2]
            if node.name != "InfluencrError" and parent not in found:
                continue
            codes = [
                statement.value.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                and isinstance(statement.value, ast.Constant)
                and ast.unparse(statement.targets[0]) == "code"
            ]
            code = str(codes[0]) if codes else found[parent][0]
            meaning = (ast.get_docstring(node) or "").split("\n\n")[0]
            found[node.name] = (code, parent, meaning)
    return found


def ancestry(name: str, classes: dict[str, tuple[str, str, str]]) -> list[str]:
    family = [name]
    while family[-1] in classes:
        family.append(classes[family[-1]][1])
    return family


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
