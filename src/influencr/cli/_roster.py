"""A plan on a terminal: the sentence, the roster by what each adds, what others would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from influencr.planning import Pick, Plan, Spread

__all__ = ["print_plan"]


def print_plan(plan: Plan, console: Console) -> None:
    """Everything that a plan says, in lines that fit a terminal."""
    from rich.table import Table

    brief = plan.brief
    console.print(plan.sentence, markup=False, highlight=False)
    console.print(
        f"{plan.total:,} follows for {plan.unique:,} people: counted "
        f"{plan.total / max(1, plan.unique):.2f} times on average. "
        f"Follower lists of {plan.as_of:%Y-%m-%d}; {plan.n_weighed:,} candidates weighed of "
        f"{plan.n_matching:,} that match.",
        markup=False,
        highlight=False,
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, right in (
        ("", True),
        ("creator", False),
        ("verdict", False),
        ("price", True),
        ("audience", True),
        ("new", True),
        ("already", True),
        (f"{brief.currency}/1,000 new", True),
        ("respond", True),
    ):
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for number, pick in enumerate(plan.picks, 1):
        table.add_row(str(number), *_cells(pick))
    console.print(table)
    if plan.n_left:
        console.print(
            f"Not weighed, in no sum: {plan.n_left:,} (" + _reasons(plan) + ")", markup=False
        )
    for line in _lines(plan):
        console.print(line, markup=False, highlight=False)


def _cells(pick: Pick) -> tuple[str, ...]:
    called = f"{pick.platform}:@{pick.handle}" if pick.handle else pick.profile_id
    least = "" if pick.is_whole else ">= "
    return (
        called + (" (asked for)" if pick.required else ""),
        pick.verdict or "unknown",
        _range(pick.price.low, pick.price.high),
        f"{least}{pick.audience:,}",
        f"{pick.new:,}",
        f"{pick.already:,}",
        "-" if pick.per_1000 is None else f"{pick.per_1000:,.0f}",
        "unknown" if pick.responders is None else _spread(pick.responders),
    )


def _lines(plan: Plan) -> list[str]:
    lines = []
    if len(plan.frequency) > 1:
        told = ", ".join(f"{n:,} at least {k} times" for k, n in enumerate(plan.frequency[1:5], 2))
        lines.append(f"Of them follow several of the roster: {told}.")
    if plan.place_unknown:
        lines.append(f"{plan.place_unknown:,} more people tell no place, or one too coarse to say.")
    lines.append(f"People who see a post, worst / likely / best: {_spread(plan.seen)}.")
    if plan.responders is not None:
        missing = (
            f"; not measured for {plan.n_responders_unknown}" if plan.n_responders_unknown else ""
        )
        lines.append(f"People who respond, per post each: {_spread(plan.responders)}{missing}.")
    for usual in plan.usual:
        lines.append(
            f"Instead, {usual.because}: {usual.people:,} people with {usual.n} creators "
            f"for {usual.cost:,.0f}."
        )
    for point in plan.frontier:
        if point.people is None:
            lines.append(f"{point.budget:>12,.0f} buys nobody.")
        else:
            lines.append(
                f"{point.budget:>12,.0f} reaches {point.people:,}, and no roster more than "
                f"{point.bound:,.0f}."
            )
    return lines


def _reasons(plan: Plan) -> str:
    counts: dict[str, int] = {}
    for one in plan.left:
        word = one.reason.partition(":")[0]
        counts[word] = counts.get(word, 0) + 1
    return ", ".join(counts)


def _range(low: float, high: float) -> str:
    return f"{high:,.0f}" if low == high else f"{low:,.0f}-{high:,.0f}"


def _spread(spread: Spread) -> str:
    middle = "unknown" if spread.likely is None else f"{spread.likely:,.0f}"
    return f"{spread.worst:,.0f} / {middle} / {spread.best:,.0f}"
