"""Family G of the ledger: which followers of a creator arrived in step with whom.

Customers come from the groups. A creator whose own rate hid the delivery (few accounts, slowly,
among many followers) is found here, by the members alone: far more of them follow it than follow
others, and they came in a shorter time than its other followers did.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from influencr.vetting.lockstep._blocks import KINDS
from influencr.vetting.lockstep._candidates import MIN_ARRIVALS, Usable, usable
from influencr.vetting.lockstep._deliveries import within
from influencr.vetting.lockstep._members import MIN_SHARE, SLOWER, SOME_DAYS_S
from influencr.vetting.verdict import EVIDENCE_SCHEMA, as_evidence, clear_rows, evidence_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience
    from influencr.vetting.lockstep._blocks import Blocks

__all__ = ["STATISTIC", "VERSION", "evidence"]

VERSION = "1"
STATISTIC = "joint_arrivals"
_DAY = 86_400
#: Members among the followers of a creator that is no customer yet, at least; the chance of so many
#: at the usual rate; and how many times that rate. Strict: every creator is asked about every
#: group. Our own choice.
_MIN_MEMBERS, _MEMBERS_P, _LIFT = 8, 1e-9, 2.0
#: They came within this many days (the longest window of `WINDOW_DAYS` and its spill), in a stretch
#: that so improbably many of them would share with the creator's other followers. Our own choice.
_LONGEST, _TOGETHER_P = 75, 1e-4
#: A delivery is read this far beyond what its bins held: half its own length, at least a day. Own
#: choice; arrivals further away are as likely camouflage.
_SPILL = 0.5
#: What takes much longer than the group's usual delivery (SLOWER) and holds less than this share of
#: the followers is not one: sellers' accounts follow others a few at a time, for as long as the
#: seller is at work, so as not to be found. Our own choice.
_SMALL = 0.1
#: Of the members that follow a creator who is no customer, so many came in that stretch: who follow
#: it for months do so for a reason of their own. Our own choice.
_AT_ONCE = 0.75
#: Bars of the small picture (own choice).
_BARS = 60
_ONE_CLICK = "one click"
_RECIPROCAL = KINDS.index("reciprocal")


class _Finding(NamedTuple):
    """Members of a block at one creator: positions in `Usable`, window, and how sure."""

    creator: int
    block: int
    inside: NDArray[np.int64]
    p: float
    arrivals: int
    expected: float


def evidence(blocks: Blocks, audience: Audience) -> pl.DataFrame:
    """The ledger's rows of family G: EVIDENCE_SCHEMA.

    One row per delivery of a group to a customer, `fires` true; p is the larger of the group's own
    (shuffled times) and the creator's. Everybody else with at least MIN_ARRIVALS follows with a
    time gets one row that does not fire, with p = 1; who has fewer gets none. Groups of kind
    "reciprocal" are no finding here (`rings`). A group that followed all its creators with one
    click is a finding, with "giveaway" as an alternative that was found: an unknown list does the
    same.
    """
    follows = usable(audience)
    label = np.full(len(audience.accounts.key), -1, dtype=np.int32)
    label[blocks.member] = blocks.member_block
    block = label[audience.who[follows.row]]
    rows = np.flatnonzero(block >= 0)
    rows = rows[blocks.kind[block[rows]] != _RECIPROCAL]
    found = _customers(blocks, audience, follows, rows, block[rows])
    known = {(one.creator, one.block) for one in found}
    found += [
        one
        for one in _hidden(blocks, follows, rows, block[rows])
        if (one.creator, one.block) not in known
    ]
    fires = as_evidence(_row(blocks, audience, follows, one) for one in found)
    seen = np.diff(follows.starts) >= MIN_ARRIVALS
    seen[[one.creator for one in found]] = False
    clear = clear_rows(np.flatnonzero(seen), family="G", statistic=STATISTIC, version=VERSION)
    whole = pl.concat([fires, clear.with_columns(p=pl.lit(1.0))])
    return whole.select(pl.col(name).cast(kind) for name, kind in EVIDENCE_SCHEMA.items()).sort(
        "creator", "p", maintain_order=True
    )


def _customers(
    blocks: Blocks,
    audience: Audience,
    follows: Usable,
    rows: NDArray[np.int64],
    block: NDArray[np.int32],
) -> list[_Finding]:
    """Deliveries of the groups to creators of this audience."""
    keys = audience.creators["key"].to_numpy().astype(np.uint64)
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[order], blocks.customer)
    place = np.minimum(place, max(len(keys) - 1, 0))
    here = np.zeros(len(blocks.customer), dtype=bool)
    if len(keys):
        here = keys[order][place] == blocks.customer
    here &= blocks.kind[blocks.customer_block] != _RECIPROCAL
    low_at, high_at = _reach(blocks)
    found = []
    for y in np.flatnonzero(here):
        creator, number = int(order[place[y]]), int(blocks.customer_block[y])
        low, high = np.searchsorted(rows, follows.starts[[creator, creator + 1]])
        mine = rows[low:high][block[low:high] == number]
        begin, end = int(low_at[y]), int(high_at[y])
        at = follows.at[mine]
        inside = mine[(at >= begin) & (at <= end)]
        inside = inside[within(follows.at[inside], begin, end)]
        if len(inside) and not _beside(follows, creator, inside, blocks.length[number]):
            p = max(float(blocks.p[number]), float(blocks.customer_p[y]))
            found.append(
                _Finding(
                    creator, number, inside, p, int(blocks.arrivals[y]), float(blocks.expected[y])
                )
            )
    return found


def _reach(blocks: Blocks) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where members of each delivery are looked for: its spill to either side, halfway at most to
    the delivery before and after it."""
    spill = np.maximum(_DAY, (_SPILL * (blocks.to_at - blocks.from_at)).astype(np.int64))
    low, high = blocks.from_at - spill, blocks.to_at + spill
    order = np.lexsort((blocks.from_at, blocks.customer_block, blocks.customer))
    before, after = order[:-1], order[1:]
    same = (blocks.customer[before] == blocks.customer[after]) & (
        blocks.customer_block[before] == blocks.customer_block[after]
    )
    before, after = before[same], after[same]
    halfway = (blocks.to_at[before] + blocks.from_at[after]) // 2
    high[before] = np.minimum(high[before], halfway)
    low[after] = np.maximum(low[after], halfway + 1)
    return low, high


def _hidden(
    blocks: Blocks, follows: Usable, rows: NDArray[np.int64], block: NDArray[np.int32]
) -> list[_Finding]:
    """Creators whom members follow far more than others, in a stretch of time of their own."""
    from scipy.special import betainc

    if not len(rows):
        return []
    n_blocks = len(blocks.kind)
    pair, n = np.unique(
        follows.creator[rows].astype(np.int64) * n_blocks + block, return_counts=True
    )
    creator, number = pair // n_blocks, pair % n_blocks
    size = np.diff(follows.starts)[creator]
    usual = np.maximum(blocks.usual[number], 1e-4)
    likely = (
        (n >= _MIN_MEMBERS)
        & (n >= MIN_SHARE * size)
        & (n >= _LIFT * usual * size)
        & (blocks.kind[number] == KINDS.index("lockstep"))
    )
    creator, number, n, size = creator[likely], number[likely], n[likely], size[likely]
    p = betainc(n, size - n + 1.0, usual[likely])
    found = []
    for c, b, chance in zip(creator, number, p, strict=True):
        if chance >= _MEMBERS_P:
            continue
        low, high = np.searchsorted(rows, follows.starts[[c, c + 1]])
        mine = rows[low:high][block[low:high] == b]
        inside, together = _together(follows, int(c), mine)
        if _beside(follows, int(c), inside, blocks.length[b]):
            continue
        at_once = len(inside) >= max(_MIN_MEMBERS, _AT_ONCE * len(mine))
        if at_once and together < _TOGETHER_P:
            worst = max(float(blocks.p[b]), float(chance), together)
            between = int(inside[-1] - inside[0] + 1)
            found.append(
                _Finding(int(c), int(b), inside, worst, between, float(between - len(inside)))
            )
    return found


def _beside(follows: Usable, creator: int, inside: NDArray[np.int64], usual: np.float64) -> bool:
    """Whether these came few and slowly, as the group's deliveries do not."""
    at = follows.at[inside]
    if not len(at):
        return True
    share = len(inside) / float(follows.starts[creator + 1] - follows.starts[creator])
    return bool(share < _SMALL and at[-1] - at[0] > SLOWER * usual + SOME_DAYS_S)


def _together(
    follows: Usable, creator: int, mine: NDArray[np.int64]
) -> tuple[NDArray[np.int64], float]:
    """The stretch of at most _LONGEST days with most of the members, without strays at its edges,
    and the chance that so many of them fall into it when they come as the creator's other followers
    do (times the stretches)."""
    from scipy.special import betainc

    at = follows.at[mine]
    until = np.searchsorted(at, at + _LONGEST * _DAY, side="right")
    begin = int(np.argmax(until - np.arange(len(at))))
    inside = mine[begin : until[begin]]
    inside = inside[within(follows.at[inside], int(at[begin]), int(at[until[begin] - 1]))]
    begins, ends = follows.starts[creator], follows.starts[creator + 1]
    others = float(ends - begins - len(mine))
    beside = float(inside[-1] - inside[0] + 1 - len(inside))
    share = min((beside + 1.0) / (others + 1.0), 1.0)
    chance = float(betainc(len(inside), len(mine) - len(inside) + 1.0, share))
    return inside, min(chance * len(mine), 1.0)


def _row(blocks: Blocks, audience: Audience, follows: Usable, one: _Finding) -> dict[str, Any]:
    start = int(audience.starts[one.creator])
    at = follows.at[one.inside]
    seen = int(audience.seen[one.creator])
    kind = KINDS[int(blocks.kind[one.block])]
    n_creators = int(blocks.n_customers[one.block])
    n_members = int((blocks.member_block == one.block).sum())
    checked = []
    if kind == _ONE_CLICK:
        checked = [
            {
                "alternative": "giveaway",
                "outcome": "found",
                "detail": f"The same {n_members:,} accounts followed nearly all of {n_creators} "
                "creators within the hour, as one click on a list or one joint giveaway does.",
            }
        ]
    return evidence_row(
        creator=one.creator,
        family="G",
        statistic=STATISTIC,
        version=VERSION,
        value=float(blocks.value[one.block]),
        p=one.p,
        from_at=int(at.min()),
        to_at=int(at.max()),
        member_rows=np.sort(follows.row[one.inside] - start),
        share=len(one.inside) / max(seen, 1),
        fires=True,
        chart=_chart(follows, one, n_creators, n_members),
        checked=checked,
    )


def _chart(follows: Usable, one: _Finding, n_creators: int, n_members: int) -> str:
    """Arrivals around the delivery, members among them, in _BARS equal bars."""
    at = follows.at[follows.starts[one.creator] : follows.starts[one.creator + 1]]
    mine = follows.at[one.inside]
    length = max(int(mine.max() - mine.min()), _DAY)
    low, high = int(mine.min()) - length, int(mine.max()) + length
    edges = np.linspace(low, high, _BARS + 1)
    return json.dumps(
        {
            "kind": "lockstep",
            "from": low,
            "to": high,
            "arrivals": np.histogram(at, edges)[0].tolist(),
            "members": np.histogram(mine, edges)[0].tolist(),
            "creators": n_creators,
            "accounts": n_members,
            "excess": round(one.arrivals - one.expected),
        }
    )
