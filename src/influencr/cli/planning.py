"""`plan`: whom to book for a budget, counted in people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from influencr.cli import _options as opt
from influencr.cli._progress import stages
from influencr.cli._session import console, engine, note, print_json
from influencr.errors import UsageError

__all__ = ["plan"]


def plan(
    context: typer.Context,
    text: opt.Text = None,
    budget: Annotated[
        float | None,
        typer.Option("--budget", metavar="MONEY", help="Most unique people for this much."),
    ] = None,
    people: Annotated[
        int | None,
        typer.Option("--people", metavar="N", help="The cheapest roster that reaches so many."),
    ] = None,
    audience_in: Annotated[
        str | None,
        typer.Option("--audience-in", metavar="PLACE", help="Count only people who live there."),
    ] = None,
    who: Annotated[
        list[str] | None,
        typer.Option("--who", metavar="WHO", help="A candidate by name; repeatable."),
    ] = None,
    on: Annotated[
        str | None, typer.Option("--list", metavar="NAME", help="Candidates are those on a list.")
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option("--include", metavar="WHO", help="Has to be in the roster; repeatable."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="WHO", help="May not be in it; repeatable."),
    ] = None,
    posts: Annotated[int, typer.Option("--posts", metavar="N", help="Posts of each.")] = 1,
    currency: Annotated[str, typer.Option("--currency", metavar="CODE", help="ISO 4217.")] = "USD",
    price: Annotated[
        list[str] | None,
        typer.Option(
            "--price", metavar="WHO=RANGE", help="Money for one post: @ana=120-180; repeatable."
        ),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option(
            "--prices",
            metavar="FILE.csv",
            help="Columns: profile, price (or low, high), and agency for --per-agency.",
        ),
    ] = None,
    per_1000: Annotated[
        str | None,
        typer.Option(
            "--per-1000", metavar="RANGE", help="Money for a post per 1,000 followers: 10-20."
        ),
    ] = None,
    no_published: Annotated[
        bool,
        typer.Option("--no-published", help="Use no published table where no price is known."),
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep-prices", help="Keep the prices given here for later plans.")
    ] = False,
    max_creators: Annotated[
        int | None, typer.Option("--max-creators", metavar="N", help="Members, at most.")
    ] = None,
    per_topic: Annotated[
        int | None,
        typer.Option("--per-topic", metavar="N", help="Members of one main topic, at most."),
    ] = None,
    per_list: Annotated[
        list[str] | None,
        typer.Option(
            "--per-list", metavar="NAME=N", help="Members of a list, at most; repeatable."
        ),
    ] = None,
    per_agency: Annotated[
        int | None,
        typer.Option(
            "--per-agency", metavar="N", help="Members of one agency (see --prices), at most."
        ),
    ] = None,
    size: Annotated[
        list[str] | None,
        typer.Option(
            "--size",
            metavar="RANGE:N-M",
            help="Of a size at least N and at most M members: 1000-10000:3- ; repeatable.",
        ),
    ] = None,
    candidates: Annotated[
        int, typer.Option("--candidates", metavar="N", help="Weighed of those who match, at most.")
    ] = 1_000,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="The same seed gives the same roster.")
    ] = 0,
    near: opt.Near = None,
    within: opt.Within = None,
    place: opt.Place = None,
    country: opt.Country = None,
    platform: opt.Platform = None,
    language: opt.Language = None,
    topic: opt.Topic = None,
    followers: opt.Followers = None,
    verdict: opt.Verdict = None,
    everything: opt.Everything = False,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Whom to book: most different people for a budget, or the least money for a number of people.

    Candidates are those whom TEXT and the filters find, or a list, or named creators. Every person
    counts once, however many of the roster they follow, and the plan says what no other roster can
    exceed. Prices count at their upper end.
    """
    from influencr.planning import read_agencies, read_range

    typed = {}
    for one in price or ():
        name, sign, amount = one.rpartition("=")
        if not sign:
            raise UsageError(f"--price {one!r} is not like @ana=120-180.", field="--price")
        typed[name] = read_range(amount, field=f"--price of {name}")
    if per_agency is not None and prices is None:
        raise UsageError(
            "--per-agency needs --prices FILE.csv with a column agency.", field="--per-agency"
        )
    searched = ("text", "near", "within", "place", "country", "platform", "language", "topic")
    asked = any(context.params.get(n) for n in (*searched, "followers", "verdict", "everything"))
    base = engine(context)
    with stages(quiet=quiet or json_) as progress:
        made = base.plan(
            opt.query_of(_as_search(context.params)) if asked or not (who or on) else None,
            who=tuple(who or ()),
            on=on,
            prices=typed,
            price_file=prices,
            progress=progress,
            budget=budget,
            people=people,
            place=audience_in,
            posts=posts,
            currency=currency.upper(),
            per_1000=None if per_1000 is None else read_range(per_1000, field="--per-1000"),
            published=not no_published,
            include=tuple(include or ()),
            exclude=tuple(without or ()),
            max_creators=max_creators,
            per_topic=per_topic,
            per_list=dict(_at_most(one) for one in per_list or ()),
            per_group=per_agency,
            groups={} if per_agency is None or prices is None else read_agencies(prices),
            sizes=tuple(_size(one) for one in size or ()),
            candidates=candidates,
            seed=seed,
        )
    if keep:
        given = dict(typed)
        if prices is not None:
            from influencr.planning import read_prices

            given = {**read_prices(prices), **given}
        n = base.keep_prices(given, currency=currency.upper())
        if not quiet:
            note(f"{n:,} prices kept.")
    if json_:
        import msgspec

        print_json(msgspec.to_builtins(made))
    else:
        from influencr.cli._roster import print_plan

        print_plan(made, console())


def _as_search(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a search, those that `plan` has not being as if not given."""
    plain = {"words_only": False, "region_level": False, "sort": "relevance"}
    return defaultdict(lambda: None, {**plain, "similar_by": "content", **params})


def _size(text: str) -> tuple[int, int | None, int, int | None]:
    words, _, numbers = text.rpartition(":")
    try:
        low, below = _ends(words)
        least, most = _ends(numbers)
    except ValueError as error:
        raise UsageError(
            f"--size {text!r} is not like 1000-10000:3-5 (three to five members of that size).",
            field="--size",
        ) from error
    return low or 0, below, least or 0, most


def _at_most(text: str) -> tuple[str, int]:
    name, sign, number = text.rpartition("=")
    if not sign or not name.strip() or not number.strip().isdigit():
        raise UsageError(
            f'--per-list {text!r} is not like "Agency North=2" (two members of that list at most).',
            field="--per-list",
        )
    return name.strip(), int(number)


def _ends(text: str) -> tuple[int | None, int | None]:
    low, dash, high = text.strip().partition("-")
    first = int(low) if low else None
    return first, (int(high) if high else None) if dash else first
