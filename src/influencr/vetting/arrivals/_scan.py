"""Family C: streaks in the map of arrival order against creation date, and the batch behind each.

Three passes: a cheap one over all follows (`_streaks`), an exact one over the creators it leaves
(`_windows`), and an estimate of the batch for those with a finding (`_batch`), repeated without
the followers already explained until nothing is left.

A streak is not yet a finding when it is too small to be more than what stray follows of such
accounts bring to anybody (they also follow people who ordered nothing), or when the same creation
dates are over-represented at many unrelated creators in the same week: then people came, many at
once, and nobody sent them here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from influencr.vetting.arrivals._alone import stands_alone
from influencr.vetting.arrivals._background import Background, background, follow_times
from influencr.vetting.arrivals._batch import Batch, Usual, batch_of
from influencr.vetting.arrivals._streaks import streaky
from influencr.vetting.arrivals._windows import Window, age_weights, strongest

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

__all__ = ["MIN_MEMBERS", "MIN_RATIO", "MIN_SHARE", "P_FIRE", "VERSION", "WAVE_CREATORS", "scan"]

VERSION: Final = "2"
STATISTIC: Final = "creation_streak"
#: A finding needs this p, before the correction over creators. Set on followers whom nobody sold:
#: among draws of 1,000 from three real sets of them the lowest 1 % have a p of 0.003, and of 1,875
#: creators of an invented world without sellers none is below 0.4.
P_FIRE: Final = 1e-4
#: ... this share of the followers seen, and this many: below, it is what stray follows bring.
MIN_SHARE: Final = 0.005
MIN_MEMBERS: Final = 5
#: ... and so many times the followers that match its dates anyway.
MIN_RATIO: Final = 2.0
#: The same creation dates at so many unrelated creators in one week are a wave (methods, 8.2).
WAVE_CREATORS: Final = 20
#: Creators are unrelated when fewer than half of the memberships are of accounts met before.
_WAVE_DISTINCT: Final = 0.5
#: Batches per creator that are told apart.
_ROUNDS: Final = 6
#: Follows that the exact scan takes at a time; measured, keeps its arrays in the cache.
_AT_A_TIME: Final = 200_000
#: People who sign up for somebody follow within a day and so much sooner than their crowd lasts.
_NEW: Final = 86_400
_SOONER: Final = 4
_POINTS: Final = 160
_WEEK: Final = 7 * 86_400


def scan(audience: Audience, sign_ups: Background | None = None) -> pl.DataFrame:
    """Creation-date streaks of a group of creators.

    audience   follows in order of arrival; times may be unknown, then lower bounds stand for them
    sign_ups   `background` of a sample of the instance; of `audience` itself when not given
    returns    EVIDENCE_SCHEMA, family C: one row per batch found (`value` is the measure of
               `_streaks.excess`, `p` the bound over all windows looked at, `members` the estimated
               size), or one row that says clear. `from_at` and `to_at` are first and last arrival
               of the batch; with unknown times they are lower bounds, and the chart says so

    Creators with fewer than MIN_MEMBERS followers of known creation date get no row: too few to
    look at is not clear.
    """
    from influencr.vetting.verdict._ledger import as_evidence, clear_rows

    at, created = follow_times(audience)
    if sign_ups is None:
        sign_ups = background(audience.accounts, audience)
    usable = (created >= 0) & (at >= 0)
    counted = np.concatenate([[0], np.cumsum(usable)])
    enough = np.diff(counted[audience.starts]) >= MIN_MEMBERS
    density = np.zeros(len(at))
    circle = sign_ups.circles(audience.creators["language"])
    density[usable] = sign_ups.density(
        created[usable], at[usable], np.repeat(circle, audience.seen)[usable]
    )
    passed = streaky(audience.starts, created, density) & enough
    rows: list[dict[str, Any]] = []
    for part in _parts(np.flatnonzero(passed), np.diff(audience.starts)):
        rows += _findings(audience, sign_ups, part)
    _quiet_waves(audience, rows, sign_ups.creators)
    looked = np.flatnonzero(enough)
    found = {row["creator"] for row in rows}
    clear = clear_rows(
        np.array([i for i in looked.tolist() if i not in found], dtype=np.int64),
        family="C",
        statistic=STATISTIC,
        version=VERSION,
    )
    for row in rows:
        del row["_born"], row["_alone"], row["_new"]
    return as_evidence(rows).vstack(clear).sort("creator", maintain_order=True)


def _parts(chosen: NDArray[np.int64], size: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The chosen creators in parts of about `_AT_A_TIME` follows."""
    if not len(chosen):
        return []
    number = np.cumsum(size[chosen]) // _AT_A_TIME
    return np.split(chosen, np.flatnonzero(np.diff(number)) + 1)


def _findings(
    audience: Audience, sign_ups: Background, creators: NDArray[np.int64]
) -> list[dict[str, Any]]:
    """Rows of some creators; each round takes out the batch that the round before found."""
    part = audience.take(creators)
    at, created = follow_times(part)
    created = created.copy()
    weights = age_weights(sign_ups, part.starts, at, created)
    circle = sign_ups.circles(part.creators["language"])
    rows: list[dict[str, Any]] = []
    left = np.arange(len(creators))
    for _ in range(_ROUNDS):
        again = part.take(left)
        take = np.concatenate([np.arange(part.starts[i], part.starts[i + 1]) for i in left])
        windows = strongest(
            sign_ups, again.starts, at[take], created[take], weights[left], circle[left]
        )
        found = []
        for place, number in enumerate(left.tolist()):
            window = windows.best[place]
            if window is None:
                continue
            log_p = np.log(max(int(windows.tested[place]), 1)) - window.measure
            if log_p > np.log(P_FIRE):
                continue
            own = slice(int(part.starts[number]), int(part.starts[number + 1]))
            timed = bool((part.at[own] >= 0).all())
            about = Usual(sign_ups, weights[number], int(circle[number]))
            batch = batch_of(about, window, at[own], created[own], timed=timed)
            row = _row(part, number, int(creators[number]), window, batch, at[own], float(log_p))
            row["_new"] = timed and _came_as_they_signed_up(at[own], created[own], batch)
            row["_alone"] = None
            if sign_ups.creators < WAVE_CREATORS:
                row["_alone"] = stands_alone(at[own], created[own], batch)
            rows.append(row)
            created[own.start + batch.inside] = -1
            found.append(number)
        left = np.array(found, dtype=np.int64)
        if not len(left):
            break
    return rows


def _came_as_they_signed_up(
    at: NDArray[np.int64], created: NDArray[np.int64], batch: Batch
) -> bool:
    """Whether members followed soon after each was made, while the crowd went on far longer.

    So do people whom a report brings to the network; accounts made in stock have been lying there.
    """
    age = float(np.median(at[batch.members] - created[batch.members]))
    lasted = int(at[batch.members[-1]] - at[batch.members[0]])
    return age <= _NEW and _SOONER * age <= lasted


def _row(
    part: Audience,
    number: int,
    creator: int,
    window: Window,
    batch: Batch,
    at: NDArray[np.int64],
    log_p: float,
) -> dict[str, Any]:
    from influencr.vetting.verdict._ledger import evidence_row

    share = batch.size / len(at)
    times = part.at[part.rows(number)][batch.members]
    row = evidence_row(
        creator=creator,
        family="C",
        statistic=STATISTIC,
        version=VERSION,
        value=window.measure,
        p=float(np.exp(max(log_p, -700.0))),
        from_at=int(at[batch.members[0]]),
        to_at=int(at[batch.members[-1]]),
        members=batch.size,
        member_rows=batch.members,
        share=share,
        fires=share >= MIN_SHARE
        and batch.size >= MIN_MEMBERS
        and batch.size >= MIN_RATIO * batch.expected,
        chart=_chart(part, number, batch, bool((times >= 0).all())),
    )
    row["_born"] = (batch.lots[0][0] + batch.lots[0][1]) // 2
    return row


def _chart(part: Audience, number: int, batch: Batch, timed: bool) -> str:
    """Positions against creation dates: members, others evenly sampled, and the lots."""
    own = part.rows(number)
    created = part.accounts.created[part.who[own]]
    others = np.setdiff1d(np.flatnonzero(created >= 0), batch.members)
    spread = np.linspace(0, len(others) - 1, min(_POINTS // 2, len(others))).astype(np.int64)
    held = np.linspace(0, batch.size - 1, min(_POINTS // 2, batch.size)).astype(np.int64)
    return json.dumps(
        {
            "kind": "arrival_by_creation",
            "times": "known" if timed else "lower bounds",
            "expected": round(batch.expected, 2),
            "lots": [list(lot) for lot in batch.lots[:20]],
            "members": [[int(i), int(created[i])] for i in batch.members[held]],
            "others": [[int(i), int(created[i])] for i in others[spread]],
        },
        separators=(",", ":"),
    )


def _quiet_waves(audience: Audience, rows: list[dict[str, Any]], creators_known: int) -> None:
    """Say which findings are a wave, in place: same creation dates, same week, many creators.

    Where fewer creators are known than make a wave, that cannot be said; then the creator's other
    followers have to do (`_alone`).
    """
    for row in rows:
        if row["_new"]:
            row["fires"] = False
            detail = (
                "They signed up one by one and followed within hours, for as long as they came."
            )
            row["checked"].append(
                {"alternative": "wave of sign-ups", "outcome": "found", "detail": detail}
            )
            continue
        if row["_alone"] is not None:
            row["fires"] = row["fires"] and row["_alone"]
            others = f"Followers of only {creators_known} creators are known here"
            if creators_known == 1:
                others = "No other creator's followers are known here"
            detail = (
                f"{others}, too few to see a wave. This creator's other followers do not explain "
                "the streak: neither by their ages when they followed nor by how often such "
                "dates come at other times."
                if row["_alone"]
                else f"{others}, and this creator's other followers do not rule a wave out."
            )
            row["checked"].append(
                {"alternative": "wave of sign-ups", "outcome": "not checked", "detail": detail}
            )
            continue
        near = [
            other
            for other in rows
            if abs(other["_born"] - row["_born"]) <= _WEEK / 2
            and abs(other["from_at"] - row["from_at"]) <= _WEEK
        ]
        creators = {other["creator"] for other in near}
        outcome, detail = "not found", f"{len(creators) - 1} other creators have this streak."
        if len(creators) >= WAVE_CREATORS:
            who = np.concatenate(
                [
                    audience.who[audience.starts[other["creator"]] + np.array(other["member_rows"])]
                    for other in near
                ]
            )
            if len(np.unique(who)) > _WAVE_DISTINCT * len(who):
                outcome = "found"
                row["fires"] = False
                detail = (
                    f"{len(creators)} creators got followers of these creation dates in one week."
                )
        row["checked"].append(
            {"alternative": "wave of sign-ups", "outcome": outcome, "detail": detail}
        )
