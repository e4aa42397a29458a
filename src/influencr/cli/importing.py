"""`import`: files of profiles, posts, follows, engagements and packs into the catalogue."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli._progress import searchable, stages
from influencr.cli._session import note, print_json, session
from influencr.errors import InfluencrError, UsageError

if TYPE_CHECKING:
    from influencr.engine import Engine
    from influencr.pipeline import FileOutcome, Refreshed
    from influencr.sources.files import FilePlan

__all__ = ["import_"]

#: What stands in the rows when nobody says under which terms a file was obtained.
_UNSTATED = "user-import"


def import_(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="CSV, TSV, JSON lines, JSON or Parquet, plain, gzip or zstd; or a folder of them.",
        ),
    ],
    platform: Annotated[
        str | None,
        typer.Option("--platform", metavar="NAME", help="The network, where a file does not say."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="profiles, posts, follows, engagements or packs, where the columns do not tell.",
        ),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--mapping",
            metavar="COL=FIELD",
            help="Read a column as a field, over what its name suggests; an empty FIELD leaves it "
            "out. Repeatable; or a JSON file of such pairs.",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="COL=VALUE", help="Take only rows with this value; repeatable."
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            "--encoding", metavar="CODEC", help="Character encoding, where the guess is wrong."
        ),
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(
            "--licence",
            metavar="TEXT",
            help="Under which terms the file was obtained, recorded on every row: `own records`, "
            f"`dataset:CC-BY-4.0`. Default: {_UNSTATED}.",
        ),
    ] = None,
    lawful_basis: Annotated[
        str | None,
        typer.Option(
            "--lawful-basis", metavar="TEXT", help="Why you may process these people's data."
        ),
    ] = None,
    observed_at: Annotated[
        str | None,
        typer.Option(
            "--observed-at",
            metavar="TIME",
            help="When the file was true (2026-05-31 or 2026-05-31T12:00Z), where its rows do not "
            "say. Default: the file's modification time.",
        ),
    ] = None,
    contact_published: Annotated[
        bool,
        typer.Option(
            "--contact-published",
            help="The e-mail column holds addresses that people published for business.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show how the files would be read; import nothing.")
    ] = False,
    no_index: Annotated[
        bool,
        typer.Option("--no-index", help="Only store; the next import without it indexes."),
    ] = False,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Import files; no mapping to write, the columns that were understood are printed.

    Rows that cannot be taken go to a quarantine file with their line number and the reason.
    Importing a file twice changes nothing. What is stored is searchable when the command returns.
    """
    from influencr.engine import Engine
    from influencr.pipeline import files_in

    reading: dict[str, Any] = {
        "platform": platform,
        "kind": kind,
        "mapping": _pairs(mapping or (), option="--mapping"),
        "only": _pairs(only or (), option="--only"),
        "encoding": encoding,
    }
    stating: dict[str, Any] = {
        "licence": licence or _UNSTATED,
        "lawful_basis": lawful_basis,
        "observed_at": _instant(observed_at),
        "contact_published": contact_published,
    }
    paths = files_in(files)
    if dry_run:
        _show_plans(paths, reading, as_json=json_)
        return
    say = (lambda _: None) if json_ else print
    with Engine(session(context).home, create=True) as engine:
        outcomes = [
            _import_one(engine, path, {**reading, **stating}, say=say, quiet=quiet)
            for path in paths
        ]
        if licence is None and any(outcome.stored for outcome in outcomes):
            note(f'Recorded with licence "{_UNSTATED}"; state the terms with --licence.')
        refreshed = None
        if not no_index and any(outcome.stored for outcome in outcomes):
            with stages(quiet=quiet) as progress:
                refreshed = engine.refresh(progress=progress)
            say(searchable(refreshed))
    if json_:
        print_json(_document(outcomes, stating, refreshed))
    _exit(outcomes)


def _import_one(
    engine: Engine, path: Path, options: dict[str, Any], *, say: Callable[[str], None], quiet: bool
) -> FileOutcome:
    """One file: its plan first, so that a wrong guess is seen while there is time to stop it."""
    from influencr.sources.files import inspect

    # what cannot be read is reported by the import itself, which meets the same error
    with contextlib.suppress(InfluencrError):
        say(str(inspect(path, **{k: options[k] for k in _READING})))
    with stages(quiet=quiet) as progress:
        (outcome,) = engine.import_files(
            [path],
            progress=None if progress is None else lambda p, d, n: progress(p.name, d, n),
            **options,
        ).files
    say(_told(outcome))
    if outcome.error is not None:
        note(f"influencr: {outcome.error}")
    return outcome


_READING = ("platform", "kind", "mapping", "only", "encoding")


def _told(outcome: FileOutcome) -> str:
    """What became of the file's rows, in a few lines."""
    report = outcome.report
    if report is None:
        return f"{outcome.path.name}: nothing imported."
    lines = [str(report)]
    for table, counts in outcome.stored.items():
        parts = [f"{counts.new:,} new", f"{counts.unchanged:,} unchanged"]
        if counts.blocked:
            parts.append(f"{counts.blocked:,} of people who left, not stored")
        lines.append(f"  {table}: " + ", ".join(parts))
    return "\n".join(lines)


def _exit(outcomes: list[FileOutcome]) -> None:
    """1 when a file failed; 2 when nothing at all came in and only the options were wrong."""
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    if not errors:
        return
    misunderstood = all(isinstance(error, UsageError) for error in errors)
    nothing = not any(outcome.stored for outcome in outcomes)
    raise typer.Exit(2 if misunderstood and nothing else 1)


def _show_plans(paths: list[Path], reading: dict[str, Any], *, as_json: bool) -> None:
    from influencr.sources.files import inspect

    plans = [inspect(path, **reading) for path in paths]
    if as_json:
        print_json({"files": [_plan_document(plan) for plan in plans]})
        return
    for plan in plans:
        print(plan)


def _document(
    outcomes: list[FileOutcome], stating: dict[str, Any], refreshed: Refreshed | None
) -> dict[str, Any]:
    files = []
    for outcome in outcomes:
        report, plan = outcome.report, outcome.plan
        files.append(
            {
                "file": str(outcome.path),
                **(_plan_document(plan) if plan is not None else {}),
                "rows_read": report.rows_read if report else 0,
                "rows_kept": report.rows_kept if report else 0,
                "rows_quarantined": report.rows_quarantined if report else 0,
                "rows_duplicate": report.rows_duplicate if report else 0,
                "rows_left_out": report.rows_left_out if report else 0,
                "reasons": report.reasons if report else {},
                "notes": report.notes if report else {},
                "quarantine_file": report.quarantine_file if report else None,
                "stored": {table: counts._asdict() for table, counts in outcome.stored.items()},
                "error": str(outcome.error) if outcome.error is not None else None,
            }
        )
    return {
        "files": files,
        "licence": stating["licence"],
        "lawful_basis": stating["lawful_basis"],
        "creators": refreshed.n_searchable if refreshed else None,
        "generation": refreshed.generation if refreshed else None,
    }


def _plan_document(plan: FilePlan) -> dict[str, Any]:
    return {
        "file": str(plan.path),
        "format": plan.format,
        "compression": plan.compression,
        "encoding": plan.encoding,
        "delimiter": plan.delimiter,
        "kind": plan.kind,
        "tables": list(plan.tables),
        "platform": plan.platform,
        "platform_column": plan.platform_column,
        "mapping": plan.mapping,
        "unused": plan.unused,
        "decisions": list(plan.notes),
    }


def _pairs(values: list[str] | tuple[()], *, option: str) -> dict[str, str]:
    """COL=FIELD words, or JSON files of such pairs, as one dictionary."""
    pairs: dict[str, str] = {}
    for value in values:
        if value.endswith(".json"):
            pairs.update(_pairs_in(Path(value), option=option))
            continue
        # a column's name may hold "=", a field's never does; with --only it is the other way
        split = value.rpartition("=") if option == "--mapping" else value.partition("=")
        if not split[1] or not split[0]:
            raise UsageError(
                f"{option}: {value!r} is not COLUMN=VALUE; write for example "
                f"{option} 'User Name=handle'.",
                field=option,
            )
        pairs[split[0]] = split[2]
    return pairs


def _pairs_in(file: Path, *, option: str) -> dict[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{option}: {file} cannot be read as JSON ({error}).") from error
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise UsageError(
            f'{option}: {file} must hold one object of texts, like {{"User Name": "handle"}}.'
        )
    return found


def _instant(text: str | None) -> datetime | None:
    """A point in time; without a zone it is UTC."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"--observed-at: {text!r} is not a time; write 2026-05-31 or 2026-05-31T12:00Z.",
            field="--observed-at",
        ) from error
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
