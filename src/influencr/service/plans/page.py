"""A plan in the words and figures of its page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

from influencr.planning import Pick, Plan, Spread
from influencr.service.plans.asked import PRICE, Asked
from influencr.service.plans.curve import Curve, curve
from influencr.service.web import numbers, words
from influencr.service.web.marked import plain
from influencr.service.web.row import dossier_path

__all__ = ["Page", "Row", "as_csv", "told"]

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_NBSP = "\N{NO-BREAK SPACE}"
_DASH = "\N{EN DASH}"
#: Width of the bar of a row in the units of its drawing.
_BAR = 120.0
_WIDE = 400.0
#: From which share on a cell of the heat map is a shade darker, as on the page of comparison.
_SHADES = (0.02, 0.05, 0.10, 0.20, 0.35, 0.50)
_WORDS = (
    *("No one", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"),
    *("Eleven", "Twelve"),
)


class Row(NamedTuple):
    """A member of the roster, or who was left out (`reason`)."""

    number: str
    name: str
    handle: str
    href: str
    where: str
    verdict: Any
    field: str
    typed: str
    price: str
    basis: str
    audience: str
    new: str
    new_bar: float
    old_bar: float
    spoken: str
    per_1000: str
    respond: str
    likely: str
    required: bool
    keep: str
    drop: str
    reason: str


class Page(NamedTuple):
    """Everything that the template shows."""

    title: str
    money: str
    uses: str
    total: str
    times: str
    unique: str
    unique_bar: float
    at_least: bool
    gap: str
    proof: str
    respond: str
    respond_ends: str
    seen: str
    seen_ends: str
    often: tuple[str, ...]
    unknown_place: str
    rows: tuple[Row, ...]
    left: tuple[Row, ...]
    n_left: int
    sum_price: str
    sum_audience: str
    sum_per_1000: str
    sum_respond: str
    sign: str
    curve: Curve | None
    curve_says: str
    usual: tuple[tuple[str, str, str], ...]
    heat: tuple[tuple[str, tuple[tuple[str, str, int], ...]], ...]
    heat_names: tuple[str, ...]
    as_of: str
    weighed: str
    sources: tuple[str, ...]


def told(plan: Plan, asked: Asked) -> Page:
    """The page of a plan."""
    sign = _SIGNS.get(plan.brief.currency, f"{plan.brief.currency}{_NBSP}")
    n = len(plan.picks)
    who = _WORDS[n] if n < len(_WORDS) else numbers.count(n)
    reach = "creator reaches" if n == 1 else "creators reach"
    where = f" in {plan.brief.place}" if plan.brief.place else ""
    largest = max((pick.audience for pick in plan.picks), default=1) or 1
    names = [_name(pick) for pick in plan.picks]
    return Page(
        title=f"{who} {reach} {numbers.count(plan.unique)} different people{where}",
        money=_range(plan.cost_low, plan.cost_high, sign),
        uses=_uses(plan, sign),
        total=numbers.count(plan.total),
        times=f"{plan.total / max(1, plan.unique):.2f}",
        unique=numbers.count(plan.unique),
        unique_bar=round(_WIDE * plan.unique / max(1, plan.total), 1),
        at_least=plan.at_least,
        gap=_percent(plan.gap),
        proof=_proof(plan, sign),
        respond=_likely(plan.responders),
        respond_ends=_ends(plan.responders),
        seen=_likely(plan.seen),
        seen_ends=_ends(plan.seen),
        often=tuple(
            f"{numbers.count(people)} follow at least {k}"
            for k, people in enumerate(plan.frequency[1:4], 2)
            if people
        ),
        unknown_place="" if not plan.place_unknown else numbers.count(plan.place_unknown),
        rows=tuple(_row(i, pick, asked, largest) for i, pick in enumerate(plan.picks)),
        left=tuple(_left(one, asked) for one in plan.left[:_MOST_LEFT]),
        n_left=plan.n_left,
        sum_price=_range(plan.cost_low, plan.cost_high, sign),
        sum_audience=numbers.count(plan.total),
        sum_per_1000=_money(plan.cost_likely / max(1, plan.unique) * 1_000),
        sum_respond=_three(plan.responders),
        sign=sign,
        curve=curve(plan, sign) if plan.frontier else None,
        curve_says=_more(plan, sign),
        usual=tuple(
            (
                one.because,
                numbers.count(one.people),
                f"{_percent(one.people / max(1, plan.unique))} of ours",
            )
            for one in plan.usual
        ),
        heat=tuple(
            (name, tuple(_cell(plan.shared, i, j) for j in range(n)))
            for i, name in enumerate(names)
        )
        if 1 < n <= _MOST_HEAT
        else (),
        heat_names=tuple(names),
        as_of=numbers.day(plan.as_of),
        weighed=f"{numbers.count(plan.n_weighed)} of {numbers.count(plan.n_matching)} that match",
        sources=tuple(
            sorted({p.price.basis for p in plan.picks} - {"typed", "kept", "per 1,000 followers"})
        ),
    )


#: Candidates without an audience or a price that the table names.
_MOST_LEFT = 3
#: More rows than these make a map that nobody reads.
_MOST_HEAT = 16


def _name(pick: Any) -> str:
    return plain(pick.name or pick.handle or pick.profile_id)


def _row(at: int, pick: Pick, asked: Asked, largest: int) -> Row:
    field = f"{PRICE}{pick.profile_id}"
    price = _range(pick.price.low, pick.price.high, "")
    include = asked.address.values("include")
    kept = [one for one in include if one != pick.profile_id]
    lock = {"include": kept if pick.required else [*include, pick.profile_id]}
    drop = {"include": kept, "exclude": [*asked.address.values("exclude"), pick.profile_id]}
    least = "" if pick.is_whole else "≥\N{NO-BREAK SPACE}"
    return Row(
        number=str(at + 1),
        name=_name(pick),
        handle=plain(pick.handle or ""),
        href=dossier_path(pick.platform, pick.handle, pick.profile_id),
        where=" · ".join(x for x in (words.platform(pick.platform), plain(pick.place or "")) if x),
        verdict=words.VERDICT.get(pick.verdict or "", words.VERDICT["unknown"]),
        field=field,
        typed=asked.one(field),
        price=price,
        basis=pick.price.basis,
        audience=f"{least}{numbers.count(pick.audience)}",
        new=numbers.count(pick.new),
        new_bar=round(_BAR * pick.new / largest, 1),
        old_bar=round(_BAR * pick.already / largest, 1),
        spoken=f"{numbers.count(pick.new)} new, {numbers.count(pick.already)} already counted",
        per_1000="unknown" if pick.per_1000 is None else _money(pick.per_1000),
        respond=_three(pick.responders),
        likely=_likely(pick.responders),
        required=pick.required,
        keep=asked.changed(lock),
        drop=asked.changed(drop),
        reason="",
    )


def _left(one: Any, asked: Asked) -> Row:
    field = f"{PRICE}{one.profile_id}"
    return Row(
        number=_DASH,
        name=_name(one),
        handle=plain(one.handle or ""),
        href=dossier_path(one.platform, one.handle, one.profile_id),
        where=words.platform(one.platform),
        verdict=words.VERDICT.get(one.verdict or "", words.VERDICT["unknown"]),
        field=field,
        typed=asked.one(field),
        price="" if one.price is None else _range(one.price.low, one.price.high, ""),
        basis="" if one.price is None else one.price.basis,
        audience="unknown",
        new="unknown",
        new_bar=0.0,
        old_bar=0.0,
        spoken="",
        per_1000=_DASH,
        respond="unknown",
        likely="",
        required=False,
        keep="",
        drop="",
        reason=one.reason,
    )


def _uses(plan: Plan, sign: str) -> str:
    if plan.brief.budget is None:
        return ""
    left = plan.brief.budget - plan.cost_high
    return (
        f"Uses {_range(plan.cost_low, plan.cost_high, sign)}, likely {sign}"
        f"{_money(plan.cost_likely)}. At the upper prices {sign}{_money(left)} is left."
    )


def _proof(plan: Plan, sign: str) -> str:
    if plan.brief.budget is not None:
        return (
            f"No roster of these candidates for this budget can beat it by more than "
            f"{_percent(plan.gap)} (at most {numbers.count(int(plan.bound))}). "
            "Proven, not estimated."
        )
    return (
        f"No roster of these candidates does it for less than {sign}{_money(plan.bound)}, "
        f"{_percent(plan.gap)} below. Proven, not estimated."
    )


def _more(plan: Plan, sign: str) -> str:
    points = [p for p in plan.frontier if p.people is not None]
    if len(points) < 2:
        return ""
    last, before = points[-1], points[-2]
    step = last.budget - before.budget
    more = (last.people or 0) - (before.people or 0)
    unit = plan.frontier[0].budget
    each = round(more / step * unit) if step else 0
    return (
        f"Past {sign}{_money(before.budget)} each further {sign}{_money(unit)} adds about "
        f"{numbers.plural(each, 'person', 'people')}."
    )


def _cell(shared: Sequence[Sequence[int]], row: int, column: int) -> tuple[str, str, int]:
    if row == column or not shared[row][row]:
        return "", "", 0
    share = shared[row][column] / shared[row][row]
    people = numbers.plural(shared[row][column], "person follows both", "people follow both")
    return _percent(share), people, sum(share >= least for least in _SHADES)


def _money(value: float) -> str:
    return f"{value:,.2f}" if 0 < value < 10 else f"{value:,.0f}"


def _range(low: float, high: float, sign: str) -> str:
    if low == high:
        return f"{sign}{_money(high)}"
    return f"{sign}{_money(low)}{_DASH}{_money(high)}"


def _percent(share: float) -> str:
    return f"{numbers.percent(share)}{_NBSP}%"


def _likely(spread: Spread | None) -> str:
    if spread is None or spread.likely is None:
        return "unknown"
    return numbers.count(round(spread.likely))


def _ends(spread: Spread | None) -> str:
    if spread is None:
        return "not measured"
    return f"{numbers.count(round(spread.worst))} worst, {numbers.count(round(spread.best))} best"


def _three(spread: Spread | None) -> str:
    if spread is None:
        return "unknown"
    ends = (numbers.count(round(spread.worst)), numbers.count(round(spread.best)))
    return f"{ends[0]} / {_likely(spread)} / {ends[1]}"


def as_csv(plan: Plan) -> str:
    """The roster as a table, one line per member, a text that a spreadsheet would run quoted."""
    out = io.StringIO()
    table = csv.writer(out)
    money = plan.brief.currency
    table.writerow(
        (
            *("order", "platform", "handle", "name", "verdict", "followers", "audience_counted"),
            *("new_people", "already_counted", f"price_low_{money}", f"price_high_{money}"),
            *("price_from", f"cost_low_{money}", f"cost_high_{money}", f"per_1000_new_{money}"),
            *("responders_worst", "responders_likely", "responders_best", "as_of"),
        )
    )
    for number, pick in enumerate(plan.picks, 1):
        spread = pick.responders
        table.writerow(
            (
                *(number, pick.platform, _safe(pick.handle), _safe(pick.name), pick.verdict),
                *(pick.followers, pick.audience, pick.new, pick.already, pick.price.low),
                *(pick.price.high, pick.price.basis, pick.cost_low, pick.cost_high),
                pick.per_1000,
                *((None,) * 3 if spread is None else (spread.worst, spread.likely, spread.best)),
                plan.as_of.isoformat(),
            )
        )
    return out.getvalue()


def _safe(text: str | None) -> str:
    value = text or ""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
