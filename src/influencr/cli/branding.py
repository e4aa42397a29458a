"""`brand`: keep what a member's brands look for, see how they are understood, let them go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from influencr.cli import _options as opt
from influencr.cli._progress import stages
from influencr.cli._session import console, engine, note, print_json

if TYPE_CHECKING:
    from influencr.search.brand import Brand, BrandRead

__all__ = ["brands"]

brands = typer.Typer(
    help="Keep brands: what their creators say, and whom they want to reach.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="How the brand is called.")]


def _repeated(flag: str, metavar: str, text: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=f"{text}; repeatable.")


@brands.command("save")
def save(
    context: typer.Context,
    name: Name,
    word: Annotated[
        list[str] | None, _repeated("--word", "WORDS", "A word or phrase that fitting creators use")
    ] = None,
    description: Annotated[
        str, typer.Option("--description", metavar="TEXT", help="What it makes and for whom.")
    ] = "",
    handle: Annotated[
        list[str] | None, _repeated("--handle", "HANDLE", "An account of the brand itself")
    ] = None,
    example: Annotated[
        list[str] | None, _repeated("--example", "HANDLE", "A creator who fits")
    ] = None,
    place: Annotated[
        list[str] | None, _repeated("--place", "PLACE", "Where the audience should be")
    ] = None,
    language: Annotated[
        list[str] | None,
        _repeated("--language", "CODE", "What the audience should read, ISO 639-1"),
    ] = None,
    topic: Annotated[
        list[str] | None, _repeated("--topic", "NAME", "What the audience should care about")
    ] = None,
    competitor: Annotated[
        list[str] | None, _repeated("--competitor", "NAME", "A competitor's name or @handle")
    ] = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Keep a brand, in place of one of that name, and read audiences and mentions for it.

    `influencr search --brand NAME` then ranks by it.
    """
    from influencr.search.brand import make_brand

    brand = make_brand(
        name=name,
        words=word,
        description=description,
        handles=handle,
        examples=example,
        places=place,
        languages=language,
        topics=topic,
        competitors=competitor,
    )
    with stages(quiet=quiet) as progress:
        read = engine(context).brands.save(brand, progress=progress)
    _told(brand, read, as_json=json_)


@brands.command("list")
def list_(context: typer.Context, json_: opt.Json = False) -> None:
    """The brands that are kept here."""
    found = engine(context).brands.list()
    if json_:
        print_json([msgspec.to_builtins(brand) for brand in found])
        return
    if not found:
        note("No brand is kept here; `influencr brand save NAME --word ...` keeps one.")
    for brand in found:
        console().print(brand.name)


@brands.command("show")
def show(context: typer.Context, name: Name, json_: opt.Json = False) -> None:
    """One brand, and how it is understood in this home."""
    kept = engine(context).brands
    _told(kept.get(name), kept.read(name), as_json=json_)


@brands.command("remove")
def remove(context: typer.Context, name: Name) -> None:
    """Forget a brand and what was read for it."""
    engine(context).brands.remove(name)
    note(f"{name} is no longer kept.")


def _told(brand: Brand, read: BrandRead, *, as_json: bool) -> None:
    if as_json:
        print_json({"brand": msgspec.to_builtins(brand), "read": msgspec.to_builtins(read)})
        return
    out = console()
    for line in _lines(brand, read):
        out.print(line)


def _lines(brand: Brand, read: BrandRead) -> Iterator[str]:
    yield brand.name
    listed = (
        ("words", read.words),
        ("topics", read.topics),
        ("like", read.examples),
        ("who say", read.example_words),
        ("not here", read.missing),
        ("accounts", brand.handles),
        ("reach", (*brand.places, *brand.languages, *brand.topics)),
        ("rivals", brand.competitors),
    )
    for label, values in listed:
        if values:
            yield f"  {label:<9}{', '.join(values)}"
    if read.reason is not None:
        yield f"  audience unknown: {read.reason}"
    else:
        judged = " and ".join(read.pieces)
        yield f"  audience known of {read.n_aligned:,} creators, by {judged}"
