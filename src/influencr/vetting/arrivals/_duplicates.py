"""Family D: bios and avatars that several accounts share, gathered in one stretch of arrivals.

A bio that two people have means nothing, and a phrase that thousands use means nothing either. Only
groups that few follows come from count (`_signs.RARE`), and only their share among followers who
arrived together, against the higher of their share among this creator's other followers and among
followers of creators of the same language. So a community with a saying of its own is clear: its
members are there throughout.

p is Chernoff's bound on the number of such followers in the stretch, given that share (doubled,
`DOUBT`), times the stretches looked at. DOUBT and the bars are our own choice, fixed by
tests/unit/vetting/arrivals/test_duplicates.py.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from influencr.vetting.arrivals._bursts import divergence
from influencr.vetting.arrivals._signs import BaseRates, base_rates, rare_groups

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

__all__ = ["DUPLICATES_VERSION", "duplicates"]

DUPLICATES_VERSION: Final = "1"
STATISTIC: Final = "shared_texts_and_pictures"
DOUBT: Final = 2.0
#: The usual share is never thought to be below this.
_LEAST: Final = 0.005
#: A creator's own share leans on that of its language with as many followers as this.
_PRIOR: Final = 50.0
_SMALLEST, _LARGEST = 4, 20
_P_FIRE: Final = 1e-4
_MIN_SHARE: Final = 0.01
_MIN_MEMBERS: Final = 8
_GROUPS_SHOWN: Final = 20


def duplicates(audience: Audience, rates: BaseRates | None = None) -> pl.DataFrame:
    """Shared bios and avatars of a group of creators.

    rates     `base_rates` of a sample of the instance; of `audience` itself when not given
    returns   EVIDENCE_SCHEMA, family D: the strongest stretch of each creator; members are the
              followers in it that share a rare bio or avatar. A creator without such a stretch
              gets one row that says clear. Nobody gets a row when no bio or avatar is known
    """
    from influencr.vetting.verdict._ledger import as_evidence, clear_rows, empty_evidence

    accounts = audience.accounts
    if not ((accounts.bio >= 0).any() or (accounts.avatar >= 0).any()):
        return empty_evidence()
    if rates is None:
        rates = base_rates(audience)
    rare = rare_groups(accounts.bio, rates.bio, rates.bio_size)
    rare |= rare_groups(accounts.avatar, rates.avatar, rates.avatar_size)
    shared = rare[audience.who]
    best, log_p = _stretches(audience, shared)
    size = np.diff(audience.starts)
    looked = np.flatnonzero(size >= _MIN_MEMBERS)
    rows = []
    for creator in np.flatnonzero(log_p <= np.log(_P_FIRE)).tolist():
        first, last, usual = int(best[creator, 0]), int(best[creator, 1]), best[creator, 2]
        rows.append(
            _row(audience, rates, creator, first, last, float(usual), shared, float(log_p[creator]))
        )
    found = {row["creator"] for row in rows}
    clear = clear_rows(
        np.array([i for i in looked.tolist() if i not in found], dtype=np.int64),
        family="D",
        statistic=STATISTIC,
        version=DUPLICATES_VERSION,
    )
    return as_evidence(rows).vstack(clear).sort("creator", maintain_order=True)


def _usual(audience: Audience, shared: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of such followers at creators of the same language, each creator counting alike."""
    size = np.diff(audience.starts)
    total = np.concatenate([[0], np.cumsum(shared)])
    count = total[audience.starts[1:]] - total[audience.starts[:-1]]
    share = count / np.maximum(size, 1)
    languages = audience.creators["language"].fill_null("").to_list()
    _, code = np.unique(np.array(languages, dtype=object).astype(str), return_inverse=True)
    usable = size >= 20
    number = np.bincount(code, weights=usable)
    overall = float(share[usable].mean()) if usable.any() else _LEAST
    mean = (np.bincount(code, weights=share * usable) + 10 * overall) / (number + 10)
    result: NDArray[np.float64] = np.maximum(mean[code], overall)
    return result


def _stretches(
    audience: Audience, shared: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Per creator: first and last position and usual share of the strongest stretch; log p."""
    starts = audience.starts
    size = np.diff(starts)
    n_creators = len(size)
    usual = _usual(audience, shared)
    total = np.concatenate([[0], np.cumsum(shared)])
    own = total[starts[1:]] - total[starts[:-1]]
    best = np.zeros((n_creators, 3))
    strength = np.zeros(n_creators)
    tested = np.ones(n_creators)
    for power in range(_SMALLEST, _LARGEST + 1):
        step = 1 << (power - 1)
        chosen = np.flatnonzero((size > step) & (own >= _MIN_MEMBERS))
        if not len(chosen):
            break
        blocks = (size[chosen] - 1) // step
        creator = np.repeat(chosen, blocks)
        place = np.arange(len(creator)) - np.repeat(np.cumsum(blocks) - blocks, blocks)
        low = place * step
        high = np.minimum(low + 2 * step, size[creator])
        seen = (total[starts[creator] + high] - total[starts[creator] + low]).astype(np.float64)
        length = (high - low).astype(np.float64)
        outside = (own[creator] - seen + _PRIOR * usual[creator]) / (
            size[creator] - length + _PRIOR
        )
        share = np.clip(DOUBT * np.maximum(np.maximum(outside, usual[creator]), _LEAST), 0, 0.95)
        measure = np.where(seen >= _MIN_MEMBERS // 2, divergence(length, seen, share), 0.0)
        tested += np.bincount(creator, minlength=n_creators)
        order = np.lexsort((-measure, creator))
        lead = order[np.flatnonzero(np.diff(creator[order], prepend=-1))]
        better = lead[measure[lead] > strength[creator[lead]]]
        who = creator[better]
        strength[who] = measure[better]
        best[who] = np.stack([low[better], high[better] - 1, share[better] / DOUBT], axis=1)
    return best, np.log(tested) - strength


def _grown(shared: NDArray[np.bool_], first: int, last: int, usual: float) -> tuple[int, int]:
    """The best-scoring stretch of arrivals around a block, so that no block size sets its edges."""
    seen = float(shared[first : last + 1].mean())
    ratio = float(np.clip(seen / max(usual, _LEAST), 2.0, 50.0))
    score = np.cumsum(shared * np.log(ratio) - (ratio - 1.0) * max(usual, _LEAST))
    middle = (first + last) // 2
    high = middle + int(np.argmax(score[middle:]))
    low = int(np.argmin(np.concatenate([[0.0], score[:middle]])))
    return min(low, middle), high


def _row(
    audience: Audience,
    rates: BaseRates,
    creator: int,
    first: int,
    last: int,
    usual: float,
    shared: NDArray[np.bool_],
    log_p: float,
) -> dict[str, Any]:
    from influencr.vetting.verdict._ledger import evidence_row

    own = audience.rows(creator)
    first, last = _grown(shared[own], first, last, usual)
    inside = np.arange(first, last + 1)
    members = inside[shared[own][inside]]
    when = audience.at[own][members]
    share = len(members) / (own.stop - own.start)
    who = audience.who[own][members]
    groups = []
    for name, group, rate in (
        ("bio", audience.accounts.bio, rates.bio),
        ("avatar", audience.accounts.avatar, rates.avatar),
    ):
        number, count = np.unique(group[who][group[who] >= 0], return_counts=True)
        for i in np.argsort(-count)[:_GROUPS_SHOWN]:
            known = int(number[i]) < len(rate)
            expected = float(rate[number[i]]) * len(inside) if known else 0.0
            groups.append([name, int(number[i]), int(count[i]), round(expected, 3)])
    timed = bool(len(when) and (when >= 0).all())
    return evidence_row(
        creator=creator,
        family="D",
        statistic=STATISTIC,
        version=DUPLICATES_VERSION,
        value=-log_p,
        p=float(np.exp(max(log_p, -700.0))),
        from_at=int(when.min()) if timed else None,
        to_at=int(when.max()) if timed else None,
        members=len(members),
        member_rows=members,
        share=share,
        fires=share >= _MIN_SHARE and len(members) >= _MIN_MEMBERS,
        chart=json.dumps(
            {
                "kind": "shared",
                "arrivals": [first, last],
                "seen": len(members),
                "expected": round(usual * len(inside), 2),
                "groups": groups,
            },
            separators=(",", ":"),
        ),
    )
