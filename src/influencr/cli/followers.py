"""`followers`: score profiles with the shipped model; fit, use and evaluate one of your own."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli._session import console, note, print_json
from influencr.errors import UnreadableInput, UsageError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["followers"]

followers = typer.Typer(
    help="Follower profiles: how much they look bought, and models from labels of your own.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

#: Texts of which an empty cell says "known to be empty", as soon as any cell of the column is full.
_EMPTY_IS_KNOWN = ("bio", "bio_text", "description", "display_name", "link")

Input = Annotated[
    Path, typer.Option("--input", metavar="FILE", help="CSV (or TSV) with a header row.")
]
Label = Annotated[
    str,
    typer.Option(
        "--label",
        metavar="COLUMN",
        help="Holds 1/0, f/r, fake/real, true/false; an empty cell leaves the row out.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Splits and draws; repeatable.")]


@followers.command("score")
def score(
    input_: Annotated[
        Path,
        typer.Option(
            "--input",
            metavar="FILE",
            help="CSV with a header row. Understood, any may be missing or empty: platform, "
            "handle, display_name, bio, link, has_avatar, has_banner, is_private, posts, "
            "followers, following, likes_given, created_at, last_active_at, observed_at; or, "
            "where only these are known, handle_digit_share, display_name_words, "
            "display_name_digit_share, display_name_equals_handle, bio_length, has_link.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", metavar="FILE", help="The same rows with p_bought and reasons."),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", metavar="FILE", help="A model of `followers fit` instead of the shipped one."
        ),
    ] = None,
    quiet: opt.Quiet = False,
) -> None:
    """Add to each row how much the profile looks bought, and what says so.

    p_bought is between 0 and 1, empty where too little is known; reasons are phrases with "; "
    between them. It is for shares over many profiles and for ordering, never a statement about one
    person.
    """
    import polars as pl

    from influencr.cli._rows import written_whole
    from influencr.vetting import followers as judge

    table = _read(input_)
    if model is not None:
        told = judge.load_model(model).score(_texts_known(table))
    elif not table.height:
        told = pl.DataFrame(schema={"p_bought": pl.Float32, "reasons": pl.List(pl.String)})
    else:
        told = judge.score(_texts_known(table))
    told = told.with_columns(
        pl.col("p_bought").cast(pl.Float64).round(6), pl.col("reasons").list.join("; ")
    )
    with written_whole(output) as file:
        file.write(table.drop("p_bought", "reasons", strict=False).hstack(told).write_csv())
    if not quiet:
        n_known = table.height - told["p_bought"].null_count()
        note(f"{table.height:,} rows, {n_known:,} of them scored: {output}")


@followers.command("fit")
def fit(
    input_: Input,
    label: Label,
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="The model, one file.")],
    seed: Seed = 0,
    quiet: opt.Quiet = False,
) -> None:
    """Fit a model to labelled profiles: any columns with numbers or flags, and the known texts.

    The file holds no row of the table, and reading it runs no code.
    """
    from influencr.vetting import followers as judge

    labelled = judge.read_labelled(_texts_known(_read(input_)), label)
    model = judge.fit_model(labelled, label=label, seed=seed, say=None if quiet else note)
    judge.save_model(model, output)
    if not quiet:
        held = model.about["out_of_fold"]
        note(
            f"{len(labelled.y):,} rows, {len(labelled.columns)} columns; out of fold AUC "
            f"{held['auc']:.3f}, at the cut {model.about['cut']:.3f} sensitivity {held['se']:.3f} "
            f"and specificity {held['sp']:.3f}: {output}"
        )
        for name, why in labelled.skipped.items():
            note(f"Column {name!r} is not used: {why}.")


@followers.command("evaluate")
def evaluate(
    input_: Input,
    label: Label,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            metavar="FILE",
            help="Judge this model on the labels; default: cross-validate a fit to them.",
        ),
    ] = None,
    folds: Annotated[
        int, typer.Option("--folds", metavar="N", min=2, max=20, help="Of the cross-validation.")
    ] = 10,
    seed: Seed = 0,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """How good a model of these labels is on rows that it has not seen, with 95 % intervals.

    F1, MCC, precision and recall are at the cut of the best expected F1, Se and Sp at the cut for
    specificity 0.99; both cuts are chosen inside the training part.
    """
    from influencr.vetting import followers as judge

    table = _texts_known(_read(input_))
    labelled = judge.read_labelled(table, label)
    if model is not None:
        found = judge.evaluate_model(table, label, judge.load_model(model))
    else:
        found = judge.evaluate_labels(labelled, folds=folds, seed=seed, say=None if quiet else note)
    if json_:
        print_json(found)
        return
    _print(found)


def _print(found: dict[str, Any]) -> None:
    from rich.table import Table

    out = console()
    how = f"{found['folds']} folds" if "folds" in found else "the model as it is"
    out.print(
        f"{found['n_positive']:,} positive, {found['n_negative']:,} negative, "
        f"{len(found['columns'])} columns, {how}"
    )
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    table.add_column("")
    table.add_column("Value", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, one in found["figures"].items():
        title = name.replace("_", " ")
        table.add_row(title, f"{one['value']:.3f}", f"{one['low']:.3f}-{one['high']:.3f}")
    out.print(table)
    for name, why in found.get("skipped", {}).items():
        note(f"Column {name!r} is not used: {why}.")


def _read(path: Path) -> pl.DataFrame:
    """The table as texts, in order; column names without blanks around them."""
    import polars as pl

    if not path.is_file():
        raise UsageError(f"--input: {path} is not a file; check the spelling.", field="--input")
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        import gzip

        try:
            data = gzip.decompress(data)
        except (OSError, EOFError) as error:
            raise UnreadableInput(f"{path.name} is damaged: {error}.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableInput(
            f"{path.name} is not UTF-8 text (byte {error.start}); save it as UTF-8."
        ) from error
    if not text.strip():
        raise UnreadableInput(f"{path.name} is empty; give a header row and rows.")
    header = text.lstrip().splitlines()[0]
    try:
        table = pl.read_csv(
            io.BytesIO(text.encode()),
            separator=max(",;\t", key=header.count),
            infer_schema=False,
        )
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0].rstrip(".")
        raise UnreadableInput(f"{path.name} is no table with one header row: {first}.") from error
    names = {name: name.strip() for name in table.columns}
    if len(set(names.values())) < len(names):
        raise UnreadableInput(f"{path.name}: two columns have the same name.")
    return table.rename(names)


def _texts_known(table: pl.DataFrame) -> pl.DataFrame:
    """Empty cells of a text column that has full ones are known to be empty."""
    import polars as pl

    full = [
        name
        for name in table.columns
        if name.casefold() in _EMPTY_IS_KNOWN and (table[name].fill_null("") != "").any()
    ]
    return table.with_columns(pl.col(name).fill_null("") for name in full)
