"""Groups of accounts that arrive together at many creators, found without being told where.

Episodes that share followers beyond chance are linked (`_links`); the densest part of the links is
peeled off (`_peel`), grown into members and customers (`_members`) and tested; then the next, until
nothing dense is left. What follows each other back is a ring and not a delivery, and is called so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.vetting.lockstep._deliveries import numbered
from influencr.vetting.lockstep._kinds import KINDS, kind_of
from influencr.vetting.lockstep._links import Links, graph_of, link
from influencr.vetting.lockstep._members import (
    Field,
    Group,
    grow,
    shuffled,
    split,
    usual_length,
)
from influencr.vetting.lockstep._peel import densest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from influencr.vetting._audience import Accounts
    from influencr.vetting.lockstep._candidates import Candidates

__all__ = ["BLOCK_P", "KINDS", "MIN_CUSTOMERS", "Blocks", "blocks"]

#: Fewer creators than this are no group: two creators share their public for many reasons (own
#: choice).
MIN_CUSTOMERS = 3
#: Chance under shuffled times below which a group is reported (our own choice; groups are few).
BLOCK_P = 1e-6
#: A link weighs at most this much, so that many links count for more than a strong one.
_MAX_LINK = 30.0
#: Parts of the links with less weight per episode than this are left (own choice: three creators
#: whose links all are at the bar of `LINK_P`).
_MIN_DENSITY = 8.0


class Blocks(NamedTuple):
    """Groups, the strongest first.

    kind                  int8[b], place in KINDS
    p, value              float64[b]: under shuffled times; joint arrivals over their expectation
    false                 float64[b], expected share of wrong members
    usual                 float64[b], share of other creators' followers that are its members, near
                          the highest seen
    n_customers           int64[b]
    length                float64[b], how long a delivery lasts as a rule, in seconds
    member, member_block  int32[x]: row in the accounts, and the group; an account in one at most
    customer              uint64[y], key of the creator; `customer_block` int32[y]. One entry per
                          delivery: a creator may have several from one group
    from_at, to_at        int64[y], seconds UTC between which its members came
    arrivals, expected    int64[y], float64[y], of the delivery's episodes
    covered, customer_p   float64[y]: share of the excess that are members; p of that share
    """

    kind: NDArray[np.int8]
    p: NDArray[np.float64]
    value: NDArray[np.float64]
    false: NDArray[np.float64]
    usual: NDArray[np.float64]
    n_customers: NDArray[np.int64]
    length: NDArray[np.float64]
    member: NDArray[np.int32]
    member_block: NDArray[np.int32]
    customer: NDArray[np.uint64]
    customer_block: NDArray[np.int32]
    from_at: NDArray[np.int64]
    to_at: NDArray[np.int64]
    arrivals: NDArray[np.int64]
    expected: NDArray[np.float64]
    covered: NDArray[np.float64]
    customer_p: NDArray[np.float64]


def blocks(candidates: Candidates, accounts: Accounts, *, seed: int = 1) -> Blocks:
    """Groups of a whole world from the candidates of all its groups of creators.

    candidates   of all creators together (`Candidates.join`)
    accounts     the table that `candidates.who` points into
    seed         of the shuffles; the same seed gives the same answer
    """
    rng = np.random.default_rng([seed, 41])
    graph = graph_of(candidates)
    field = Field.of(graph, candidates)
    links = link(graph, candidates)
    free = np.ones(len(candidates.creator), dtype=bool)
    found: list[tuple[Group, float, float]] = []
    for linked in _parts(links, free):
        seeds = split(field, linked, rng)
        group = grow(field, seeds, free, rng, min_customers=MIN_CUSTOMERS)
        if group is None or not np.isin(seeds, group.episodes).any():
            free[seeds] = False
        if group is None:
            continue
        free[group.episodes] = False
        value, p = shuffled(field, group, rng)
        if p < BLOCK_P:
            found.append((group, value, p))
    found.sort(key=lambda one: -len(one[0].rows) * len(one[0].episodes))
    return _as_blocks(field, accounts, found)


def _parts(links: Links, free: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
    """Dense parts of the links, the densest of each connected part first.

    `free` is read anew each time: episodes that were taken meanwhile are no longer offered.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(links.one):
        return
    n = len(free)
    _, label = connected_components(
        coo_array((np.ones(len(links.one)), (links.one, links.two)), shape=(n, n)), directed=False
    )
    order = np.argsort(label[links.one], kind="stable")
    bounds = np.flatnonzero(np.append(True, np.diff(label[links.one][order]) != 0))
    weight = np.minimum(links.weight, _MAX_LINK)
    for part in np.split(order, bounds[1:]):
        rows = part
        while len(rows):
            nodes, place = np.unique(
                np.concatenate([links.one[rows], links.two[rows]]), return_inverse=True
            )
            dense = densest(place[: len(rows)], place[len(rows) :], weight[rows], len(nodes))
            if dense.density < _MIN_DENSITY:
                break
            yield nodes[dense.nodes].astype(np.int64)
            rows = rows[free[links.one[rows]] & free[links.two[rows]]]


def _as_blocks(field: Field, accounts: Accounts, found: list[tuple[Group, float, float]]) -> Blocks:
    candidates, graph = field.candidates, field.graph
    taken = np.full(len(accounts.key), -1, dtype=np.int32)
    kinds: list[int] = []
    columns: dict[str, list[NDArray[np.generic]]] = {
        name: [np.zeros(0, dtype=kind)] for name, kind in _CUSTOMER_TYPES.items()
    }
    for number, (group, _, _) in enumerate(found):
        members = graph.account[group.rows]
        members = members[taken[members] < 0]
        taken[members] = number
        edges = np.flatnonzero(_marked(candidates, group.episodes))
        edges = edges[taken[candidates.who[edges]] == number]
        kinds.append(
            kind_of(
                candidates.who[edges],
                graph.first[candidates.episode[edges]].astype(np.int64),
                candidates.at[edges],
                candidates.mutual[edges],
                accounts.created,
            )
        )
        for name, values in _customers(candidates, graph.first, group, edges, number).items():
            columns[name].append(values)
    member = np.flatnonzero(taken >= 0).astype(np.int32)
    whole = {name: np.concatenate(values) for name, values in columns.items()}
    return Blocks(
        kind=np.array(kinds, dtype=np.int8),
        p=np.array([p for _, _, p in found]),
        value=np.array([value for _, value, _ in found]),
        false=np.array([group.false for group, _, _ in found]),
        usual=np.array([group.usual for group, _, _ in found]),
        n_customers=np.array(
            [len(np.unique(graph.first[group.episodes])) for group, _, _ in found], dtype=np.int64
        ),
        length=np.array([usual_length(field, group.episodes) for group, _, _ in found]),
        member=member,
        member_block=taken[member],
        **whole,
    )


_CUSTOMER_TYPES = {
    "customer": np.uint64,
    "customer_block": np.int32,
    "from_at": np.int64,
    "to_at": np.int64,
    "arrivals": np.int64,
    "expected": np.float64,
    "covered": np.float64,
    "customer_p": np.float64,
}


def _marked(candidates: Candidates, episodes: NDArray[np.int64]) -> NDArray[np.bool_]:
    chosen = np.zeros(len(candidates.creator), dtype=bool)
    chosen[episodes] = True
    return chosen[candidates.episode]


def _customers(
    candidates: Candidates,
    first: NDArray[np.int32],
    group: Group,
    edges: NDArray[np.int64],
    number: int,
) -> dict[str, NDArray[np.generic]]:
    """One entry per delivery: episodes of a creator that follow one another are taken together."""
    episodes = group.episodes
    of = np.full(len(candidates.creator), -1, dtype=np.int64)
    of[episodes] = np.arange(len(episodes))
    at, where = candidates.at[edges], of[candidates.episode[edges]]
    begin = np.full(len(episodes), np.iinfo(np.int64).max)
    end = np.full(len(episodes), np.iinfo(np.int64).min)
    np.minimum.at(begin, where, at)
    np.maximum.at(end, where, at)
    nobody = begin > end
    begin[nobody] = candidates.from_at[episodes[nobody]]
    end[nobody] = candidates.to_at[episodes[nobody]]
    place = numbered(first[episodes], begin, end)
    n = int(place.max(initial=-1)) + 1
    creators = np.zeros(n, dtype=np.int64)
    creators[place] = first[episodes]
    low = np.full(n, np.iinfo(np.int64).max)
    high = np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(low, place, begin)
    np.maximum.at(high, place, end)
    covered = np.zeros(n)
    np.maximum.at(covered, place, group.covered)
    p = np.ones(n)
    np.minimum.at(p, place, group.p)
    arrivals = candidates.arrivals[episodes].astype(float)
    return {
        "customer": candidates.creator[creators],
        "customer_block": np.full(n, number, dtype=np.int32),
        "from_at": low,
        "to_at": high,
        "arrivals": np.bincount(place, weights=arrivals, minlength=n).astype(np.int64),
        "expected": np.bincount(place, weights=candidates.expected[episodes], minlength=n),
        "covered": covered,
        "customer_p": p,
    }
