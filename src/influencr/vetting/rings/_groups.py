"""Small circles in which nearly everybody is tied to nearly everybody: the search itself.

A tie is something mutual between a creator and an account: they follow each other, or they react to
each other's posts within the hour. Two creators that share far more tied accounts than their
numbers of ties let expect are linked; the densest part of the links is grown into creators and
members in turn and kept when ties inside are many more than a graph with the same degrees has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.vetting.lockstep import densest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csc_array, csr_array

__all__ = ["CIRCLE_P", "MIN_CREATORS", "MIN_MEMBERS", "MIN_TIED", "Circle", "circles"]

#: Fewer creators or members than this are friends and no circle (our own choice).
MIN_CREATORS, MIN_MEMBERS = 3, 5
#: Share of the possible ties inside that must exist, for the circle and for each of its members.
#: Our own choice: planted rings follow 3 in 4 of their members, so that about half is mutual.
MIN_TIED = 0.3
#: Chance of so many ties inside, in a graph with the same degrees (our own choice).
CIRCLE_P = 1e-6
#: Two creators are linked when they share so many tied accounts, this share of the smaller one's,
#: and so improbably many; the circle as a whole is tested anew. Our own choice.
_MIN_SHARED, _SHARED, _SHARED_P = 3, 0.15, 1e-3
#: Accounts with more ties than this tell nothing about any of them (our own choice).
_MOST_TIES = 2_000
#: How many times as often as under equal chances two creators may share an account by popularity
#: alone, at most (our own choice).
_SKEW = 3.0
_ROUNDS = 4


class Circle(NamedTuple):
    """creators and members (int64, numbers as given), share of possible ties, p, and how many
    times the expected number of ties there are."""

    creators: NDArray[np.int64]
    members: NDArray[np.int64]
    tied: float
    p: float
    lift: float


def circles(
    creator: NDArray[np.int64], member: NDArray[np.int64], *, possible: int
) -> list[Circle]:
    """Circles among ties, the largest first.

    creator, member   ties, each once; numbers from 0. A creator may be a member of others' ties;
                      it then has the same number in both columns
    possible          how many accounts could have been tied
    """
    from scipy.sparse import csc_array, csr_array

    if not len(creator):
        return []
    n = int(max(creator.max(), member.max())) + 1
    ties = csr_array((np.ones(len(creator)), (creator, member)), shape=(n, n))
    ties.data[:] = 1.0
    of_creator = np.diff(ties.indptr).astype(float)
    of_member = np.asarray(ties.sum(axis=0)).ravel()
    total = float(of_creator.sum())
    taken = np.zeros(n, dtype=bool)
    found = []
    # Turned once: a circle reads a few rows and columns of millions.
    both = ties, csc_array(ties)
    links = _links(ties, of_creator, of_member, possible)
    for seeds in _parts_of_all(*links, taken):
        circle = _grown(*both, seeds, of_creator, of_member, total, taken)
        taken[seeds] = True
        if circle is not None:
            taken[circle.creators] = True
            found.append(circle)
    return sorted(found, key=lambda one: -len(one.members) * len(one.creators))


def _links(
    ties: object,
    of_creator: NDArray[np.float64],
    of_member: NDArray[np.float64],
    possible: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs of creators that share improbably many tied accounts, and how many."""
    from scipy.sparse import csr_array, diags_array
    from scipy.special import gammainc

    light = csr_array(ties @ diags_array((of_member <= _MOST_TIES).astype(float)))
    shared = (light @ light.T).tocoo()
    one, two, n = shared.row, shared.col, shared.data
    # Popular accounts are shared more often; yet a circle must not be its own measure.
    used = of_member[of_member <= _MOST_TIES]
    by_degree = float((used * (used - 1)).sum()) / max(float(of_creator.sum()) ** 2, 1.0)
    rate = min(by_degree, _SKEW / max(possible, 1))
    keep = (one < two) & (n >= _MIN_SHARED)
    keep &= n >= _SHARED * np.minimum(of_creator[one], of_creator[two])
    one, two, n = one[keep], two[keep], n[keep]
    sure = gammainc(n, np.maximum(of_creator[one] * of_creator[two] * rate, 1e-9)) < _SHARED_P
    return one[sure].astype(np.int64), two[sure].astype(np.int64), n[sure]


def _parts_of_all(
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    weight: NDArray[np.float64],
    taken: NDArray[np.bool_],
) -> Iterator[NDArray[np.int64]]:
    """`_parts` of each connected piece of the links: what is far apart is not read again and again,
    so the cost grows with the links and not with their square."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(one):
        return
    nodes, place = np.unique(np.concatenate([one, two]), return_inverse=True)
    first, second = place[: len(one)], place[len(one) :]
    _, label = connected_components(
        coo_array((weight, (first, second)), shape=(len(nodes),) * 2), directed=False
    )
    piece = label[first]
    order = np.argsort(piece, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(piece[order])) + 1):
        yield from _parts(one[part], two[part], weight[part], taken)


def _parts(
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    weight: NDArray[np.float64],
    taken: NDArray[np.bool_],
) -> Iterator[NDArray[np.int64]]:
    """Densest parts of the links, one after another; `taken` is read anew each time."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    while True:
        free = ~taken[one] & ~taken[two]
        one, two, weight = one[free], two[free], weight[free]
        if not len(one):
            return
        nodes, place = np.unique(np.concatenate([one, two]), return_inverse=True)
        first, second = place[: len(one)], place[len(one) :]
        dense = densest(first, second, weight, len(nodes))
        # Two circles that are alike dense are found at once, though nothing ties them.
        inside = np.isin(first, dense.nodes) & np.isin(second, dense.nodes)
        _, label = connected_components(
            coo_array((weight[inside], (first[inside], second[inside])), shape=(len(nodes),) * 2),
            directed=False,
        )
        largest = np.argmax(np.bincount(label[dense.nodes]))
        yield nodes[dense.nodes[label[dense.nodes] == largest]]


def _grown(
    by_creator: csr_array,
    by_member: csc_array,
    seeds: NDArray[np.int64],
    of_creator: NDArray[np.float64],
    of_member: NDArray[np.float64],
    total: float,
    taken: NDArray[np.bool_],
) -> Circle | None:
    from scipy.special import gammainc

    creators = seeds
    for _ in range(_ROUNDS):
        if len(creators) < MIN_CREATORS:
            return None
        # Counted over what is tied at all: most of a world is tied to none of them.
        tied_to, hits = np.unique(by_creator[creators].indices, return_counts=True)
        # A creator of the circle can be tied to the others only.
        most = len(creators) - np.isin(tied_to, creators)
        members = tied_to[(hits >= MIN_TIED * most) & (hits >= 2)].astype(np.int64)
        if len(members) < MIN_MEMBERS:
            return None
        ties_of, back = np.unique(by_member[:, members].indices, return_counts=True)
        most = len(members) - np.isin(ties_of, members)
        again = ties_of[(back >= MIN_TIED * most) & (back >= _MIN_SHARED) & ~taken[ties_of]].astype(
            np.int64
        )
        if np.array_equal(again, creators):
            break
        creators = again
    else:
        if len(creators) < MIN_CREATORS:
            return None
    inside = by_creator[creators][:, members]
    seen = float(inside.sum())
    possible_ties = len(creators) * len(members) - np.isin(creators, members).sum()
    # By the ties that go elsewhere, one more for each: inside ones would vouch for themselves.
    outside = of_creator[creators].sum() - seen + len(creators)
    beside = of_member[members].sum() - seen + len(members)
    expected = float(outside * beside / (total + len(of_creator)))
    p = float(gammainc(max(seen, 1.0), max(expected, 1e-9)))
    tied = seen / max(float(possible_ties), 1.0)
    if p >= CIRCLE_P or tied < MIN_TIED:
        return None
    return Circle(creators, members, tied, max(p, 1e-300), seen / max(expected, 1e-9))
