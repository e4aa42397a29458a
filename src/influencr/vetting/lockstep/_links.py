"""Which episodes of different creators share more followers than the creators' audiences do?

Two episodes are linked when the same accounts came in both, more of them than chance and than the
overlap of the two audiences at other times (the controls) account for. Only pairs that share
somebody are ever formed: a sparse product of the follower-by-episode matrix with itself, in slices
so that memory stays bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting.lockstep._candidates import Candidates

__all__ = ["LINK_P", "Graph", "Links", "graph_of", "link"]

#: Chance of so many shared followers below which two episodes are linked. Our own choice: weak
#: enough that a tenth of a seller's accounts makes a link; what is linked by accident falls away
#: when members and customers are decided.
LINK_P = 1e-5
#: Fewer shared followers than this never make a link (our own choice: two may be friends).
MIN_SHARED = 3
#: Accounts in more episodes than this are left out of the pairs: they cost the square of their
#: episodes and tell least. They are still judged as members. Our own choice.
_MAX_EPISODES = 400
#: Products per slice of the sparse multiplication; bounds memory at about 200 MB.
_PRODUCTS = 8_000_000


class Graph(NamedTuple):
    """Candidates with their accounts numbered from 0.

    account             int32[r], row in the accounts of each follower that is in some episode or
                        among the controls; `row` below is a place in it
    row, episode        int32[n], the follows in episodes, sorted by row
    other_row, other    int32[c], the controls, and the episode that each stands beside
    first               int32[e], first episode of the creator of each episode
    n_controls          int64[e], controls of each episode
    """

    account: NDArray[np.int32]
    row: NDArray[np.int32]
    episode: NDArray[np.int32]
    other_row: NDArray[np.int32]
    other: NDArray[np.int32]
    first: NDArray[np.int32]
    n_controls: NDArray[np.int64]


class Links(NamedTuple):
    """Pairs of episodes that share more followers than they should.

    one, two      int32, episodes, one < two, of different creators
    shared        int32; expected float64; weight float64, log likelihood ratio of the two
    rate          chance that two follows at other times are of the same account, over all pairs
    """

    one: NDArray[np.int32]
    two: NDArray[np.int32]
    shared: NDArray[np.int32]
    expected: NDArray[np.float64]
    weight: NDArray[np.float64]
    rate: float


def graph_of(candidates: Candidates) -> Graph:
    """Accounts that follow only one of the creators are left out; they can be in nothing."""
    size = int(max(candidates.who.max(initial=-1), candidates.other_who.max(initial=-1))) + 1
    n_times = np.bincount(candidates.who, minlength=size)
    inside = n_times[candidates.who] >= 2
    # Controls of accounts that are in no two episodes still count for the overlap of audiences.
    n_all = n_times + np.bincount(candidates.other_who, minlength=size)
    beside = n_all[candidates.other_who] >= 2
    number = np.full(size, -1, dtype=np.int32)
    account = np.flatnonzero(n_all >= 2).astype(np.int32)
    number[account] = np.arange(len(account), dtype=np.int32)
    keep = inside | (n_all[candidates.who] >= 2)
    row, episode = number[candidates.who[keep]], candidates.episode[keep]
    order = np.argsort(row, kind="stable")
    n_controls = np.bincount(candidates.other, minlength=len(candidates.creator))
    return Graph(
        account,
        row[order],
        episode[order],
        number[candidates.other_who[beside]],
        candidates.other[beside],
        _first(candidates),
        n_controls,
    )


def _first(candidates: Candidates) -> NDArray[np.int32]:
    """The first episode of the creator of each episode."""
    creators, position = np.unique(candidates.creator, return_inverse=True)
    earliest = np.full(len(creators), len(position), dtype=np.int32)
    np.minimum.at(earliest, position, np.arange(len(position), dtype=np.int32))
    first: NDArray[np.int32] = earliest[position]
    return first


def link(graph: Graph, candidates: Candidates) -> Links:
    """All linked pairs of episodes."""
    from scipy.special import gammainc

    n_rows, n = len(graph.account), len(candidates.creator)
    degree = np.bincount(graph.row, minlength=n_rows)
    light = degree[graph.row] <= _MAX_EPISODES
    row, episode = graph.row[light], graph.episode[light]
    size = candidates.arrivals.astype(float)
    rate = _rate(graph, candidates)
    inside = _matrix(row, episode, n_rows, n)
    one, two, shared = _products(inside, size, rate)
    apart = graph.first[one] != graph.first[two]
    one, two, shared = one[apart], two[apart], shared[apart]
    sure = gammainc(shared, size[one] * size[two] * rate) < LINK_P
    one, two, shared = one[sure], two[sure], shared[sure]
    # How much do these two audiences overlap at other times?
    beside = _matrix(graph.other_row, graph.other, n_rows, n)
    common = (
        _pairwise(inside, one, beside, two)
        + _pairwise(beside, one, inside, two)
        + _pairwise(beside, one, beside, two)
    )
    n_one, n_two = graph.n_controls[one], graph.n_controls[two]
    exposure = size[one] * n_two + n_one * size[two] + n_one * n_two
    natural = (common + 1.0) / (exposure + 1.0 / max(rate, 1e-12))
    expected = np.maximum(natural, rate) * size[one] * size[two]
    sure = (shared > expected) & (gammainc(shared, expected) < LINK_P)
    one, two, shared, expected = one[sure], two[sure], shared[sure], expected[sure]
    weight = shared * np.log(shared / expected) - (shared - expected)
    return Links(one, two, shared, expected, weight, rate)


def _rate(graph: Graph, candidates: Candidates) -> float:
    """Chance that two follows of different creators are of the same account, among the controls.

    Not among the episodes: where sellers are many, they would be their own measure.
    """
    once = graph.other == graph.first[graph.other]
    degree = np.bincount(graph.other_row[once], minlength=len(graph.account)).astype(float)
    single = candidates.other == _first(candidates)[candidates.other]
    total = float(single.sum())
    # As if one more pair had been seen, so that few controls do not make a rate of nought.
    return (float((degree * (degree - 1)).sum()) + 2.0) / max(total * total, 10_000.0)


def _matrix(row: NDArray[np.int32], column: NDArray[np.int32], n_rows: int, n_columns: int) -> Any:
    from scipy.sparse import csc_array

    return csc_array((np.ones(len(row), dtype=np.int32), (row, column)), shape=(n_rows, n_columns))


def _products(
    inside: Any,
    size: NDArray[np.float64],
    rate: float,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Pairs (one < two) that share at least MIN_SHARED accounts and more than expected."""
    by_row = inside.tocsr()
    transposed = inside.T.tocsr()
    degree = np.diff(by_row.indptr)
    # The work of an episode is the sum over its accounts of their episodes.
    work = np.asarray(transposed @ degree, dtype=np.int64)
    total = np.cumsum(work)
    pieces = []
    begin = 0
    while begin < len(size):
        done = int(total[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, done + _PRODUCTS, side="right")))
        product = (transposed[begin:end] @ by_row).tocoo()
        one, two, shared = product.row + begin, product.col, product.data
        keep = (one < two) & (shared >= MIN_SHARED)
        one, two, shared = one[keep], two[keep], shared[keep]
        more = shared > size[one] * size[two] * rate
        pieces.append((one[more].astype(np.int32), two[more].astype(np.int32), shared[more]))
        begin = end
    if not pieces:
        none = np.zeros(0, dtype=np.int32)
        return none, none, none
    one, two, shared = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return one, two, shared


def _pairwise(
    left: Any,
    one: NDArray[np.int32],
    right: Any,
    two: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Shared accounts of left's column one[i] and right's column two[i], for every i."""
    result = np.zeros(len(one))
    step = max(1, 4_000_000 // max(1, int(left.nnz / max(left.shape[1], 1)) + 1))
    for begin in range(0, len(one), step):
        part = slice(begin, begin + step)
        both = left[:, one[part]].multiply(right[:, two[part]])
        result[part] = np.asarray(both.sum(axis=0)).ravel()
    return result
