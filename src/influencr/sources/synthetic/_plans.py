"""What is planted in the graph, collected: follows with a cause and an event, and rows of truth.

`_crowds` plans what is innocent, `_sales` what is bought, `_planting` calls them. Planned edges win
over organic doubles, so a member of a batch really follows inside the batch's window.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from influencr.sources.synthetic._cast import DAY, Cast
from influencr.sources.synthetic._market import Market
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._sizes import Parameters

__all__ = ["CAUSES", "Pack", "Planner", "Plans", "Special"]

CAUSES = (
    "organic",
    "pack",
    "onboarding",
    "viral",
    "giveaway",
    "press",
    "bought",
    "ring",
    "follow_back",
    "unsolicited",  # a seller's accounts follow somebody who ordered nothing
    "padding",  # and one another, to have followers
)

#: Share of the ordinary audience that opens its account because of something outside the network
#: (press, a giveaway) and follows its cause minutes to days later.
_RECRUITS = 0.04


class Pack(NamedTuple):
    """A starter pack: `theme` is topic, place or mixed."""

    owner: int
    theme: str
    topic: int
    place: int
    language: int
    made_at: int
    members: Array
    added_at: Array


class Special(NamedTuple):
    """A post that must exist: the cause of a viral burst or a giveaway, or a mention in the press.

    about   the creator whom the post names, -1 for nobody; the crowd of a mention does not react
            to the post that brought it
    """

    creator: int
    at: int
    kind: str
    event: int
    about: int = -1


class Edges(NamedTuple):
    """Planned follows, sorted by follower; kept narrow, for there may be tens of millions.

    cause, pack   per event: number into CAUSES, and the pack behind it or -1
    """

    follower: Array
    followed: Array
    at: Array
    event: Array
    cause: Array
    pack: Array


class Plans(NamedTuple):
    """Everything planted; `rows` holds truth tables by name as lists of dicts."""

    edges: Edges
    packs: list[Pack]
    specials: list[Special]
    pods: list[Array]
    rows: dict[str, list[dict[str, Any]]]


class Planner:
    """Collects planned follows and truth rows; events are numbered in order of planning."""

    def __init__(self, p: Parameters, cast: Cast, market: Market) -> None:
        self.p, self.cast, self.market = p, cast, market
        self.graph = cast.in_graph(p.n_creators)
        self.people = self.graph[cast.is_kind("creator")[self.graph]]
        self.pieces: list[tuple[Array, Array, Array, int]] = []
        self.causes: list[int] = []
        self.pack_of: list[int] = []
        self.pack_list: list[Pack] = []
        self.specials: list[Special] = []
        self.pod_list: list[Array] = []
        self.rows: dict[str, list[dict[str, Any]]] = {
            "batches": [],
            "bursts": [],
            "rings": [],
            "pods": [],
        }
        self.n_events = 0
        audience = p.n_creators + np.flatnonzero(
            ~cast.is_kind("bought", "exchange")[p.n_creators :]
        )
        rng = stream(p.seed, "plan-recruits")
        recruit = rng.random(len(audience)) < _RECRUITS
        recruits = rng.permutation(audience[recruit])
        #: Accounts that no other plan touches, by language: their creation may still be set.
        self.recruits = {
            int(number): recruits[cast.language[recruits] == number]
            for number in np.unique(cast.language)
        }
        audience = audience[~recruit]
        order = np.argsort(cast.language[audience], kind="stable")
        self.audience = audience[order]
        self.bounds = np.searchsorted(
            cast.language[self.audience], np.arange(int(cast.language.max()) + 2)
        )

    def add(
        self, follower: Array, followed: Array, at: Array, cause: str, *, via: int = -1
    ) -> None:
        """The follows of one event; those before either account existed are left out."""
        created = self.cast.created
        keep = (
            (at > created[follower])
            & (at > created[followed])
            & (at < self.p.now)
            & (follower != followed)
        )
        self.pieces.append(
            (
                follower[keep].astype(np.int32),
                followed[keep].astype(np.int32),
                at[keep].astype(np.uint32),
                self.n_events,
            )
        )
        self.causes.append(CAUSES.index(cause))
        self.pack_of.append(via)

    def crowd(self, rng: np.random.Generator, language: int, n: int, *, before: int) -> Array:
        """Up to n different ordinary accounts of a language that existed by then."""
        low, high = self.bounds[language], self.bounds[language + 1]
        if high <= low or n <= 0:
            return np.empty(0, dtype=np.int64)
        drawn = np.unique(self.audience[rng.integers(low, high, size=2 * n + 8)])
        drawn = drawn[self.cast.created[drawn] < before]
        chosen: Array = rng.permutation(drawn)[:n]
        return chosen

    def newcomers(self, rng: np.random.Generator, language: int, at: Array) -> Array:
        """Accounts opened minutes to two days before these times; fewer where a language is small.

        Sets their creation in the cast. The answer belongs to the first times of `at`.
        """
        known = self.recruits.get(language, np.empty(0, dtype=np.int64))
        chosen: Array = known[: len(at)]
        self.recruits[language] = known[len(at) :]
        waited = np.minimum(30 + rng.exponential(0.25 * DAY, len(chosen)), 2 * DAY)
        self.cast.created[chosen] = at[: len(chosen)] - waited.astype(np.int64)
        return chosen

    def burst(
        self,
        kind: str,
        creator: int,
        start: int,
        n: int,
        *,
        pack: int = -1,
        post: bool = False,
        mentions: int = 0,
        newcomers: int = 0,
    ) -> None:
        """A row of truth about the follows added last, which make one event.

        post       whether the creator's own post is the cause
        mentions   posts of others that name the creator
        newcomers  members who opened their account because of it
        """
        self.rows["bursts"].append(
            {
                "event": self.n_events,
                "kind": kind,
                "creator": creator,
                "pack": pack,
                "started_at": start,
                "follows": n,
                "has_post": post,
                "mentions": mentions,
                "newcomers": newcomers,
            }
        )
        self.n_events += 1

    def start(self, rng: np.random.Generator, creator: int, margin_days: int) -> int:
        """A moment inside the window of posts, after the account was made."""
        p = self.p
        begin = max(int(self.cast.created[creator]) + 3 * DAY, p.now - (p.n_days - 4) * DAY)
        end = int(self.cast.last_post[creator]) - margin_days * DAY
        return int(rng.integers(begin, max(end, begin + 1)))

    def done(self) -> Plans:
        """The edges in order of follower; one column at a time, to hold few copies."""
        order = np.argsort(np.concatenate([piece[0] for piece in self.pieces]), kind="stable")
        columns = [np.concatenate([piece[i] for piece in self.pieces])[order] for i in range(3)]
        lengths = [len(piece[0]) for piece in self.pieces]
        numbers = np.array([piece[3] for piece in self.pieces], dtype=np.int32)
        self.pieces.clear()
        edges = Edges(
            columns[0],
            columns[1],
            columns[2],
            np.repeat(numbers, lengths)[order],
            np.array(self.causes, dtype=np.int8),
            np.array(self.pack_of, dtype=np.int32),
        )
        return Plans(edges, self.pack_list, self.specials, self.pod_list, self.rows)
