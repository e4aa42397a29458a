"""Who belongs to a group, and which creators did the group arrive at?

Starting from a few linked episodes the two questions are answered in turn. Members are accounts
that came in several of the episodes, so many and so telling ones that hardly anybody would by
following these creators of their own accord: the controls, thinned to the expected number of
ordinary arrivals, say how many would. Customers are creators whose excess consists of such
accounts, far more than their audience at other times does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting.lockstep._candidates import Candidates
    from influencr.vetting.lockstep._links import Graph

__all__ = [
    "MIN_COVERED",
    "MIN_SHARE",
    "SLOWER",
    "SOME_DAYS_S",
    "Field",
    "Group",
    "grow",
    "shuffled",
    "split",
    "usual_length",
]

#: Share of an episode's excess that must be accounts of the group. Our own choice: a seller's
#: delivery consists of them nearly wholly, a crowd that merely contains some does not.
MIN_COVERED = 0.3
#: The same share must be this many times that of the creator's other followers (our own choice).
MIN_LIFT = 3.0
#: Smaller shares of a creator's followers are no delivery: a seller's accounts follow others at
#: random, many others when they are new, and reach about one follower in a hundred of popular
#: creators that way. Our own choice.
MIN_SHARE = 0.02
#: An episode that lasts this many times as long as the group's usual one, and some days more, must
#: consist of its accounts to this share: else it is the growth of a creator whose public is theirs,
#: too. Our own choice.
SLOWER, SOME_DAYS_S, _MOSTLY = 3.0, 3 * 86_400, 0.7
#: The usual length is told from creators with so many follows, where there are any: a seller's
#: accounts also follow one another, slowly, and these have next to no other public. Own choice.
_PUBLIC = 100
#: Chance of so many group accounts in an episode at the rate of other followers (our own choice).
CUSTOMER_P = 1e-5
#: Share of wrong members that is accepted, told from the controls (our own choice).
FALSE_MEMBERS = 0.01
#: A creator's own controls are joined by so many at a rate of other creators: our own choice, so
#: that a handful of controls decides nothing.
_PRIOR = 20.0
#: Which of the other creators' rates stands in (near the highest), and the rate when no creator has
#: controls enough. Our own choice.
_HIGH, _UNKNOWN = 0.95, 0.1
#: Rounds of members and customers; what still changes after them changes by single accounts.
_ROUNDS = 4
_DRAWS = 12
#: Second eigenvalue below which a group is two (one pool is at 0.7 and more), and the number of
#: episodes up to which this is looked at. Our own choice.
_ONE_PART, _MOST_SPLIT = 0.35, 2_000
#: How much of one pool is taken for granted when groups are told apart (our own choice).
_ALIKE = 0.05
#: Marking n places and reading the marks costs less than sorting n / _SPARSE numbers; measured.
_SPARSE = 50
#: Weight of one episode at most; beyond it an episode is all excess anyway.
_MAX_TELLING = 5.0


class Field(NamedTuple):
    """A graph of candidates, cut by row and by episode, and what each episode is worth.

    row_starts, episode                 episodes of each row
    starts, row, place                  rows of each episode; `place` is the edge by row
    other_starts, other_row             controls of each episode
    excess, telling                     per episode: arrivals above the expected, and log of how
                                        many times the expected they were
    scratch, places                     int32 per row and per episode, -1 between look-ups
    """

    graph: Graph
    candidates: Candidates
    row_starts: NDArray[np.int64]
    starts: NDArray[np.int64]
    row: NDArray[np.int32]
    other_starts: NDArray[np.int64]
    other_row: NDArray[np.int32]
    excess: NDArray[np.float64]
    telling: NDArray[np.float64]
    scratch: NDArray[np.int32]
    places: NDArray[np.int32]

    @classmethod
    def of(cls, graph: Graph, candidates: Candidates) -> Field:
        """Sorted both ways once, so that a group costs what its own episodes hold."""
        n, n_rows = len(candidates.creator), len(graph.account)
        by_episode = np.argsort(graph.episode, kind="stable")
        by_other = np.argsort(graph.other, kind="stable")
        excess = np.maximum(candidates.arrivals - candidates.expected, 0.5)
        ratio = 1.0 + excess / np.maximum(candidates.expected, 1e-3)
        return cls(
            graph,
            candidates,
            np.searchsorted(graph.row, np.arange(n_rows + 1)),
            np.searchsorted(graph.episode[by_episode], np.arange(n + 1)),
            graph.row[by_episode],
            np.searchsorted(graph.other[by_other], np.arange(n + 1)),
            graph.other_row[by_other],
            excess,
            np.minimum(np.log(ratio), _MAX_TELLING),
            np.full(n_rows, -1, dtype=np.int32),
            np.full(n, -1, dtype=np.int32),
        )

    def rows_of(self, episodes: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Rows in these episodes, and for each the place of its episode among those asked for."""
        return _gather(self.starts, self.row, episodes)

    def others_of(self, episodes: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The same of their controls."""
        return _gather(self.other_starts, self.other_row, episodes)


class Group(NamedTuple):
    """Accounts that arrive together, and where.

    rows        int64, rows of the graph: the members
    episodes    int64, the episodes in which they came
    covered     float64 per episode: share of its excess that they are
    p           float64 per episode, chance of so many of them at the rate of other followers
    false       expected share of wrong members
    usual       share of a creator's other followers that are members, near the highest seen
    """

    rows: NDArray[np.int64]
    episodes: NDArray[np.int64]
    covered: NDArray[np.float64]
    p: NDArray[np.float64]
    false: float
    usual: float


def _gather(
    starts: NDArray[np.int64], values: NDArray[np.int32], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    low, length = starts[chosen], starts[chosen + 1] - starts[chosen]
    owner = np.repeat(np.arange(len(chosen), dtype=np.int64), length)
    shift = low - np.concatenate([[0], np.cumsum(length)[:-1]]) if len(chosen) else low
    return values[np.arange(len(owner), dtype=np.int64) + shift[owner]], owner


def _distinct(numbers: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The different ones of numbers below n, ascending."""
    if len(numbers) * _SPARSE < n:
        return np.unique(numbers)
    there = np.zeros(n, dtype=bool)
    there[numbers] = True
    return np.flatnonzero(there)


def split(field: Field, seeds: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Of linked episodes, those of one group: the largest part that shares its followers."""
    episodes = np.unique(seeds)
    rows, _ = _members(field, episodes, rng)
    kept = episodes[_coherent(field, episodes, rows)] if len(rows) else episodes[:0]
    return kept if len(kept) else episodes


def _among(
    field: Field, rows: NDArray[np.int64], row: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
    """Which of `row` are in `rows`, and the place there (-1 for those that are not)."""
    field.scratch[rows] = np.arange(len(rows), dtype=np.int32)
    place: NDArray[np.int32] = field.scratch[row]
    field.scratch[rows] = -1
    return place >= 0, place


def grow(
    field: Field,
    seeds: NDArray[np.int64],
    free: NDArray[np.bool_],
    rng: np.random.Generator,
    *,
    min_customers: int,
) -> Group | None:
    """The group around some linked episodes, or None when nothing holds together.

    seeds   episodes; `free` says which episodes may be taken at all
    """
    episodes = seeds
    group = None
    for _ in range(_ROUNDS):
        if _n_creators(field, episodes) < min_customers:
            return None
        rows, false = _members(field, episodes, rng)
        if len(rows) < min_customers:
            return None
        found, covered, p, usual = _customers(field, episodes, rows, free)
        kept = _coherent(field, found, rows)
        found, covered, p = found[kept], covered[kept], p[kept]
        group = Group(rows, found, covered, p, false, usual)
        if np.array_equal(found, episodes):
            break
        episodes = found
    if group is None:
        return None
    alike = _alike(field, group)
    group = group._replace(
        episodes=group.episodes[alike], covered=group.covered[alike], p=group.p[alike]
    )
    if _n_creators(field, group.episodes) < min_customers:
        return None
    rows, false = _members(field, group.episodes, rng)
    return group._replace(rows=rows, false=false) if len(rows) >= min_customers else None


def usual_length(field: Field, episodes: NDArray[np.int64]) -> float:
    """How long these episodes last, as a rule: the median in seconds, 0 without any."""
    candidates = field.candidates
    public = episodes[candidates.n_follows[episodes] >= _PUBLIC]
    told = public if len(public) else episodes
    length = (candidates.to_at - candidates.from_at)[told]
    return float(np.median(length)) if len(length) else 0.0


def _alike(field: Field, group: Group) -> NDArray[np.bool_]:
    """Which episodes took about as long as the group's others, or consist of its accounts."""
    length = (field.candidates.to_at - field.candidates.from_at)[group.episodes]
    most = SLOWER * usual_length(field, group.episodes) + SOME_DAYS_S
    alike: NDArray[np.bool_] = (length <= most) | (group.covered >= _MOSTLY)
    return alike


def _coherent(
    field: Field, episodes: NDArray[np.int64], rows: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which episodes belong to the largest part whose episodes share members with one another.

    Two groups that were taken for one share hardly a member between them: the second eigenvalue of
    the normalised Laplacian of shared members is then near 0, and its vector tells the two apart.
    In one group, whose episodes are draws from one pool, it is near 1.
    """
    n = len(episodes)
    row, place = field.rows_of(episodes)
    inside, number = _among(field, rows, row)
    row, place = number[inside], place[inside]
    kept = np.bincount(place, minlength=n) > 0
    if n > _MOST_SPLIT:
        return kept
    from scipy.linalg import eigh
    from scipy.sparse import csr_array

    matrix = csr_array((np.ones(len(row)), (place, row)), shape=(n, len(rows)))
    shared = np.asarray((matrix @ matrix.T).todense())
    size = shared.diagonal().copy()
    # A little of what one pool would give, so that an episode with few members is not split off.
    shared += _ALIKE * np.outer(size, size) / max(len(rows), 1)
    np.fill_diagonal(shared, 0.0)
    kept &= shared.sum(axis=0) > 0
    while kept.sum() > 2:
        part = np.flatnonzero(kept)
        inner = shared[np.ix_(part, part)]
        degree = inner.sum(axis=0)
        if (degree <= 0).any():
            kept[part[degree <= 0]] = False
            continue
        root = 1.0 / np.sqrt(degree)
        # Two of the eigenvectors, not all: with a thousand episodes a fifth of the cost.
        values, vectors = eigh(
            inner * root[:, None] * root[None, :], subset_by_index=(len(part) - 2, len(part) - 1)
        )
        if 1.0 - values[0] >= _ONE_PART:
            break
        side = vectors[:, 0] * root > 0
        larger = side if size[part[side]].sum() >= size[part[~side]].sum() else ~side
        if larger.all():
            break
        kept[part[~larger]] = False
    return kept


def _n_creators(field: Field, episodes: NDArray[np.int64]) -> int:
    return len(np.unique(field.graph.first[episodes]))


def _members(
    field: Field, episodes: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], float]:
    """Rows in at least two of the episodes whose sum of weights is beyond that of the controls."""
    row, place = field.rows_of(episodes)
    weight = field.telling[episodes]
    rows, hits, score = _sums(row, weight[place])
    often = hits >= 2
    rows, score = rows[often], score[often]
    if not len(rows):
        return rows, 0.0
    other, at = field.others_of(episodes)
    # Ordinary arrivals that the controls of a creator stand for, a share of each control.
    there = np.maximum(np.bincount(at, minlength=len(episodes)), 1)
    share = np.minimum(field.candidates.expected[episodes] / there, 1.0)
    who, which = np.unique(other, return_inverse=True)
    worth, chance = weight[at], share[at]
    wrong: list[NDArray[np.float64]] = []
    for _ in range(_DRAWS):
        drawn = rng.random(len(other)) < chance
        of_drawn = np.bincount(which[drawn], weights=worth[drawn], minlength=len(who))
        n_drawn = np.bincount(which[drawn], minlength=len(who))
        wrong.append(of_drawn[n_drawn >= 2])
    null = np.sort(np.concatenate(wrong))
    order = np.argsort(-score)
    threshold = score[order]
    n_wrong = (len(null) - np.searchsorted(null, threshold, side="left")) / _DRAWS
    share_wrong = n_wrong / np.arange(1, len(order) + 1)
    fine = np.flatnonzero(share_wrong <= FALSE_MEMBERS)
    if not len(fine):
        return rows[:0], 0.0
    last = fine[-1]
    return np.sort(rows[score >= threshold[last]]), float(share_wrong[last])


def _sums(
    row: NDArray[np.int32], weight: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Each row that occurs, how often, and the sum of its weights."""
    rows, place = np.unique(row, return_inverse=True)
    hits = np.bincount(place, minlength=len(rows))
    return rows.astype(np.int64), hits, np.bincount(place, weights=weight, minlength=len(rows))


def _customers(
    field: Field, episodes: NDArray[np.int64], rows: NDArray[np.int64], free: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], float]:
    """Episodes whose excess consists of accounts that came in other episodes of the group too."""
    from scipy.special import betainc

    graph = field.graph
    # From the members to their episodes: an episode may hold a hundred times as many others.
    edge, number = _gather(field.row_starts, graph.episode, rows)
    own = np.zeros(len(free), dtype=bool)
    own[episodes] = True
    hits = np.bincount(number[own[edge]], minlength=len(rows))
    touched = _distinct(np.concatenate([edge, episodes]), len(free))
    touched = touched[free[touched]]
    # Counted without the episode itself: a member there must be one by its other arrivals.
    needed = np.where(own[touched], 2, 1)
    field.places[touched] = np.arange(len(touched), dtype=np.int32)
    place = field.places[edge]
    field.places[touched] = -1
    place, number = place[place >= 0], number[place >= 0]
    n = np.bincount(place[hits[number] >= needed[place]], minlength=len(touched)).astype(float)
    other, at = field.others_of(touched)
    member, _ = _among(field, rows, other)
    n_others = np.bincount(at, minlength=len(touched))
    theirs = np.bincount(at[member], minlength=len(touched))
    # Where a creator has few controls, the highest rates among the others stand in: a creator whose
    # public the group belongs to anyway (one language, one town) has such a rate.
    sampled = n_others >= _PRIOR
    pooled = (theirs.sum() + 1.0) / (n_others.sum() + 1.0 / _UNKNOWN)
    rates = (theirs[sampled] + _PRIOR * pooled) / (n_others[sampled] + _PRIOR)
    mean = float(np.quantile(rates, _HIGH)) if len(rates) else _UNKNOWN
    usual = (theirs + _PRIOR * mean) / (n_others + _PRIOR)
    size = field.candidates.arrivals[touched].astype(float)
    p = np.where(n > 0, betainc(np.maximum(n, 1), size - n + 1, usual), 1.0)
    covered = np.minimum(n / field.excess[touched], 1.0)
    keep = (n >= 3) & (p < CUSTOMER_P) & (covered >= MIN_COVERED) & (n / size >= MIN_LIFT * usual)
    # All episodes of a creator together must matter to it.
    _, whose = np.unique(graph.first[touched], return_inverse=True)
    of_all = np.bincount(whose[keep], weights=n[keep], minlength=len(touched))
    keep &= of_all[whose] >= MIN_SHARE * field.candidates.n_follows[touched]
    return touched[keep], covered[keep], p[keep], mean


def shuffled(
    field: Field, group: Group, rng: np.random.Generator, *, draws: int = 40
) -> tuple[float, float]:
    """Joint arrivals of the group's episodes against the same after times are shuffled.

    Within each creator the follows inside the episode and the controls change places at random, so
    that every follower keeps whom they follow and every creator keeps how many came when; only who
    came together is lost. Returns (joint arrivals, p) by a gamma tail through mean and variance of
    the shuffled counts, since a p of 1e-6 cannot be counted out.
    """
    from scipy.special import gammaincc

    row, place = field.rows_of(group.episodes)
    other, at = field.others_of(group.episodes)
    seen = _pairs(row)
    # Followers of one creator who are in none of the graph's pairs were left out of the graph;
    # they take places too.
    n_inside = field.candidates.arrivals[group.episodes]
    n_all = n_inside + field.graph.n_controls[group.episodes]
    pool = np.concatenate([row, other])
    whose = np.concatenate([place, at])
    counts = np.zeros(draws)
    for draw in range(draws):
        # Each keeps a place inside with the chance that a place inside is drawn.
        taken = rng.random(len(pool)) < (n_inside / n_all)[whose]
        counts[draw] = _pairs(pool[taken])
    mean, variance = counts.mean() + 0.5, counts.var() + counts.mean() + 0.5
    shape, scale = mean * mean / variance, variance / mean
    return seen, max(float(gammaincc(shape, seen / scale)), 1e-300)


def _pairs(row: NDArray[np.int32]) -> float:
    times = np.unique(row, return_counts=True)[1].astype(float)
    return float((times * (times - 1)).sum() / 2)
