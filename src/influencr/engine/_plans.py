"""Plans: candidates from a search, a list or by name, their people, their prices."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from influencr.errors import Busy, HomeError, UnknownValue, UsageError

if TYPE_CHECKING:
    from influencr.engine._listing import Listing
    from influencr.engine._opened import Opened, Progress
    from influencr.planning import Audience, Brief, Plan, Together
    from influencr.search import Query

__all__ = ["audiences", "keep_prices", "overlap", "plan"]

_NOT_KNOWN = (
    "Nobody's followers are known one by one in this home, so people cannot be counted; collect or "
    "import follows first."
)


def audiences(engine: Opened, progress: Progress | None) -> Audience | None:
    """See `Engine.audiences`."""
    from influencr.pipeline.audiences import audiences_of, held_audiences
    from influencr.planning import Audience

    home = engine.home
    told = None if progress is None else lambda done, n: progress("audiences", done, n)
    try:
        sets = audiences_of(home.path, home.judged, engine.catalogue, progress=told)
    except Busy:
        sets = held_audiences(home.path)
    return None if sets is None else Audience(sets)


def plan(
    engine: Listing,
    query: Query | None,
    who: tuple[str, ...],
    on: str | None,
    prices: Mapping[str, tuple[float, float]],
    price_file: str | os.PathLike[str] | None,
    curve: bool,
    progress: Progress | None,
    fields: Mapping[str, Any],
) -> Plan:
    """See `Engine.plan`."""
    from influencr.planning import Pricing, make_plan, read_prices

    brief = _brief(engine, fields)
    rows, n_matching = _candidates(engine, query, who, on, brief)
    people = audiences(engine, progress)
    if people is None:
        raise HomeError(_NOT_KNOWN)
    typed = dict(prices)
    if price_file is not None:
        typed = {**read_prices(Path(price_file)), **typed}
    ids = [str(row["profile_id"]) for row in rows]
    pricing = Pricing(
        typed=_by_id(engine, typed),
        kept=_kept(engine).prices.all(brief.currency),
        per_1000=brief.per_1000,
        published=brief.published,
        currency=brief.currency,
    )
    return make_plan(
        brief,
        rows,
        people,
        pricing,
        n_matching=n_matching,
        area=None if brief.place is None else engine.read_place(brief.place),
        facts=_facts(engine, ids),
        curve=curve,
    )


def overlap(engine: Listing, who: Iterable[str], progress: Progress | None) -> Together:
    """See `Engine.overlap`."""
    from influencr.planning import together

    ids = engine.ids(who)
    people = audiences(engine, progress)
    if people is None:
        raise HomeError(_NOT_KNOWN)
    rows = engine.rows(ids)
    return together(people, [(i, rows[i]["platform"], rows[i].get("handle")) for i in ids])


def keep_prices(engine: Listing, prices: Mapping[str, tuple[float, float]], currency: str) -> int:
    """See `Engine.keep_prices`."""
    found = _by_id(engine, prices)
    _kept(engine).prices.keep(found, currency)
    return len(found)


def _brief(engine: Listing, fields: Mapping[str, Any]) -> Brief:
    from influencr.planning import Brief, checked_brief

    for name in fields:
        if name not in Brief.__struct_fields__:
            raise UnknownValue("plan", name, Brief.__struct_fields__)
    named = dict(fields)
    for name in ("include", "exclude"):
        named[name] = tuple(engine.ids(fields.get(name) or ()))
    together = dict(fields.get("groups") or {})
    named["groups"] = {who: together[name] for name in together for who in engine.ids([name])}
    # Lists are named here and may be meant by their ids; the plan speaks of them by name.
    given, at_most = dict(fields.get("lists") or {}), {}
    for which, most in dict(fields.get("per_list") or {}).items():
        if which in given:
            at_most[which] = most
            continue
        kept = engine.lists.get(which)
        at_most[kept.name] = min(most, at_most.get(kept.name, most))
        given[kept.name] = tuple(item.profile_id for item in engine.lists.items(which))
    named["per_list"], named["lists"] = at_most, given
    return checked_brief(Brief(**named))


def _candidates(
    engine: Listing, query: Query | None, who: tuple[str, ...], on: str | None, brief: Brief
) -> tuple[list[dict[str, Any]], int]:
    """Rows of the candidates, those asked for among them, and how many match."""
    if sum(bool(given) for given in (query, who, on)) > 1:
        raise UsageError(
            "Candidates come from a search, from a list, or are named; give one of them.",
            field="candidates",
        )
    if who:
        ids = engine.ids(who)
    elif on is not None:
        ids = [item.profile_id for item in engine.lists.items(on) if item.creator is not None]
        if not ids:
            raise UsageError(f"Nobody on the list {on!r} is listed now.", field="list")
    else:
        return _found(engine, query, brief)
    known = engine.rows([*ids, *brief.include])
    return [row for who, row in known.items() if who not in set(brief.exclude)], len(ids)


def _found(engine: Listing, query: Query | None, brief: Brief) -> tuple[list[dict[str, Any]], int]:
    from influencr.search import make_query

    engine._need_index()
    asked = make_query() if query is None else query
    best = msgspec.structs.replace(asked, limit=brief.candidates, facets=(), funnel=False)
    rows = {hit.profile_id: hit.creator for hit in engine.searcher.search(best).hits}
    n_matching = engine.searcher.count(asked)
    rows |= engine.rows(one for one in brief.include if one not in rows)
    for gone in brief.exclude:
        rows.pop(gone, None)
    return list(rows.values()), n_matching


def _by_id(
    engine: Listing, prices: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    from influencr.planning import checked_range

    found = {}
    for name, ends in prices.items():
        (who,) = engine.ids([name])
        found[who] = checked_range(ends, name)
    return found


def _kept(engine: Opened) -> Any:
    from influencr.kept import Kept

    return Kept(engine.home.path, engine.owner)


def _facts(engine: Opened, ids: list[str]) -> dict[str, dict[str, Any]]:
    from influencr.pipeline.influence import read_influence

    try:
        return {str(row["profile_id"]): row for row in read_influence(engine.home.judged, ids)}
    except HomeError:
        # Judged by a version that read no acts: nothing is known of who sees a post.
        return {}
