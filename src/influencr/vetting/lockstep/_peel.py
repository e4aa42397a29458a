"""Greedy peeling: the part of a weighted graph with the most weight per node.

Nodes of least weight are taken away again and again, and the densest state that was passed is the
answer; taking one at a time gives at least half of the optimum. Here the lowest twentieth goes at
once while the graph is large, and single nodes at the end, so that a graph of millions of edges
takes some hundreds of vector operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Dense", "densest"]

#: Share of the remaining nodes that goes at once. Our own choice: at a twentieth the density found
#: differs from that of single steps by less than a hundredth on the benchmark's graphs.
STEP = 0.05


class Dense(NamedTuple):
    """nodes (int64, ascending) and their density: weight inside over number of nodes."""

    nodes: NDArray[np.int64]
    density: float


def densest(
    one: NDArray[np.integer],
    two: NDArray[np.integer],
    weight: NDArray[np.floating],
    n: int,
    *,
    prior: NDArray[np.floating] | None = None,
) -> Dense:
    """The densest part of a graph of n nodes.

    one, two, weight   edges between nodes 0..n-1; every weight > 0
    prior              weight that each node has by itself; none is 0

    Without edges and priors the answer is empty and has density 0.
    """
    alone = np.zeros(n) if prior is None else np.asarray(prior, dtype=float)
    degree = (
        alone
        + np.bincount(one, weights=weight, minlength=n)
        + np.bincount(two, weights=weight, minlength=n)
    )
    nodes = np.flatnonzero(degree > 0)
    left = float(alone.sum() + weight.sum())
    removed_at = np.full(n, np.iinfo(np.int64).max)
    removed_at[degree <= 0] = -1
    best, best_step, step = 0.0, 0, 0
    one, two, weight = np.asarray(one), np.asarray(two), np.asarray(weight, dtype=float)
    alive = degree > 0
    while len(nodes):
        density = left / len(nodes)
        if density > best:
            best, best_step = density, step
        n_gone = max(1, int(len(nodes) * STEP))
        gone = nodes[np.argpartition(degree[nodes], n_gone - 1)[:n_gone]]
        removed_at[gone] = step
        alive[gone] = False
        touched = ~(alive[one] & alive[two])
        lost_one, lost_two, lost = one[touched], two[touched], weight[touched]
        left -= float(lost.sum() + alone[gone].sum())
        degree -= np.bincount(lost_one, weights=lost, minlength=n)
        degree -= np.bincount(lost_two, weights=lost, minlength=n)
        keep = ~touched
        one, two, weight = one[keep], two[keep], weight[keep]
        nodes = nodes[alive[nodes]]
        step += 1
    if best <= 0:
        return Dense(np.zeros(0, dtype=np.int64), 0.0)
    return Dense(np.flatnonzero(removed_at >= best_step), best)
