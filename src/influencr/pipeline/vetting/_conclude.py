"""From what the families found to a verdict for everybody: one ledger, many creators.

p-values are corrected for how many creators were looked at (Benjamini and Hochberg, JRSS B 57,
1995), family and statistic by family and statistic; a creator who was cleared without a test
counts as tested. Findings with a window are then compared with every innocent cause that the
records can show, the share that looks bought is told, and the rule of `vetting.verdict` concludes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np
import polars as pl

from influencr.pipeline._crew import Crew
from influencr.pipeline.vetting._cut import by_platform, load_audience
from influencr.pipeline.vetting._facts import gather_facts, read_facts
from influencr.pipeline.vetting._look import found_files, read_ties
from influencr.pipeline.vetting._plan import read_plan
from influencr.pipeline.vetting._store import (
    EVIDENCE_FILE,
    STORED_EVIDENCE,
    VETTING_FILE,
    VETTING_SCHEMA,
)
from influencr.pipeline.vetting._talk import comments_of
from influencr.vetting import crowds, engagement, followers, share, verdict
from influencr.vetting._audience import ACCOUNT_STATES, Accounts, Audience

if TYPE_CHECKING:
    from influencr.catalogue import Snapshot

__all__ = ["Others", "conclude", "corrected", "explain_group"]


class _Rates(NamedTuple):
    """Error rates of the follower test that are known; see `share.CutRates`."""

    cut: float
    se: float
    sp: float
    n_se: int
    n_sp: int
    calibration: str
    version: str


_MAPS = {"map": pl.String(), "thumbnail": pl.String()}
_STATES = [f"followers_{state}" for state in ACCOUNT_STATES]
#: Families that are told for everybody at once, without looking at a follower.
_WITHOUT_FOLLOWERS = ["A", "E"]
#: Followers seen from which a map shows anything; our own choice.
MAP_FROM = 20
_ROW_GROUP = 20_000
_EVIDENCE_ROWS = 2_000


class Others(NamedTuple):
    """Everybody else, as they were judged when the whole was: whom a few are compared with.

    listed    as listed.parquet of the run; numbers begin behind those of the few
    tests     `creator, family, statistic, p` of their findings
    ties      what `engagement.reciprocity` reads
    points    `creator, profile_point`: their shares by profiles
    carried   rows of the few that cannot be made without everybody: EVIDENCE_SCHEMA
    """

    listed: pl.DataFrame
    tests: pl.DataFrame
    ties: pl.DataFrame
    points: pl.DataFrame
    carried: pl.DataFrame


def conclude(
    snapshot: Snapshot,
    work: Path,
    crew: Crew,
    *,
    as_of: datetime,
    progress: Callable[[int, int], None],
    beside: Others | None = None,
) -> None:
    """vetting.parquet and evidence.parquet in the run's folder.

    progress   called with (groups done, groups in all)
    beside     whom those listed in the folder are compared with; None: they are everybody
    """
    plan = read_plan(work)
    listed = pl.read_parquet(work / "listed.parquet")
    found = [pl.read_parquet(file) for file in found_files(work)]
    found += _compared(work, listed, beside)
    ledger = _corrected_among(pl.concat(found), beside)
    _gather(snapshot, work, listed, ledger)
    for group in range(plan.creator_groups):
        low, high = plan.bounds[group], plan.bounds[group + 1]
        ledger.filter(
            pl.col("creator").is_between(low, high, closed="left"),
            ~pl.col("family").is_in(_WITHOUT_FOLLOWERS),
        ).write_parquet(work / f"ledger-{group:06d}.parquet")
    others = ledger.filter(pl.col("family").is_in(_WITHOUT_FOLLOWERS))
    del found, ledger
    groups = plan.creator_groups
    crew.do("explain", groups, progress=lambda done: progress(done, groups + 1))
    explained = pl.read_parquet([work / f"explained-{g:06d}.parquet" for g in range(groups)])
    told = pl.read_parquet([work / f"shares-{g:06d}.parquet" for g in range(groups)])
    told = pl.concat([told, _nobody_seen(listed, told)]).sort("creator")
    shares, profiles = _completed(told.select(list(share.SHARES_SCHEMA)), listed, beside)
    nobody = pl.concat([others, profiles]).with_columns(
        member_keys=pl.lit([], pl.List(pl.UInt64)), members_hash=pl.lit(None, pl.String)
    )
    whole = pl.concat([explained, nobody]).sort(
        "creator", "family", "from_at", "statistic", maintain_order=True
    )
    evidence = whole.select(list(verdict.EVIDENCE_SCHEMA))
    activity = listed.select("activity_state", creator="number")
    available = listed.select("platform", creator="number")
    decided = verdict.decide(evidence, shares, activity, available, as_of=as_of)
    effects = verdict.effects(evidence, shares, activity, available)
    _write(work, listed, shares, told, decided, as_of)
    _write_evidence(work, listed, whole.with_columns(effects.alias("effect")))
    progress(groups + 1, groups + 1)


def _compared(work: Path, listed: pl.DataFrame, beside: Others | None) -> list[pl.DataFrame]:
    """What is told of a creator beside all others: engagement for its size (E), what the replies
    look like where any were collected, and how many it follows back (X)."""
    rows = listed.with_columns(creator=pl.col("number").cast(pl.Int64))
    ties = read_ties(work)
    if beside is None:
        told = engagement.evidence(rows, engagement.fit(rows), comments_of(work))
        return [told, engagement.reciprocity(ties)]
    everybody = pl.concat([listed, beside.listed.select(listed.columns)])
    together = pl.concat([ties, beside.ties.select(ties.columns)])
    return [
        engagement.evidence(rows, engagement.fit(everybody)),
        engagement.reciprocity(together).filter(pl.col("creator") < len(listed)),
        beside.carried,
    ]


def _corrected_among(ledger: pl.DataFrame, beside: Others | None) -> pl.DataFrame:
    if beside is None:
        return corrected(ledger)
    whole = pl.concat([ledger, beside.tests], how="diagonal")
    return corrected(whole).head(len(ledger))


def _completed(
    told: pl.DataFrame, listed: pl.DataFrame, beside: Others | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`share.complete`, with the cohorts of everybody."""
    who = ["platform", "language", pl.col("number").cast(pl.Int64).alias("creator")]
    if beside is None:
        return share.complete(told, listed.select(who), cap=verdict.CAP)
    shares, rows = share.complete(
        pl.concat([told, beside.points], how="diagonal"),
        pl.concat([listed.select(who), beside.listed.select(who)]),
        cap=verdict.CAP,
    )
    own = pl.col("creator") < len(listed)
    return shares.filter(own), rows.filter(own)


def corrected(ledger: pl.DataFrame) -> pl.DataFrame:
    """The ledger with q where there is a p.

    Per family and statistic; the number of tests is that of the creators looked at, or of the
    p-values where one creator has several.
    """
    rows = ledger.with_row_index("_row")
    tests = pl.max_horizontal(pl.col("creator").n_unique(), pl.col("p").count())
    ranked = (
        rows.filter(pl.col("p").is_not_null())
        .join(
            rows.group_by("family", "statistic").agg(tests.alias("_tests")),
            on=["family", "statistic"],
            how="left",
        )
        .sort("family", "statistic", "p", descending=[False, False, True])
        .with_columns(
            _rank=pl.len().over("family", "statistic")
            - pl.int_range(pl.len()).over("family", "statistic")
        )
        .with_columns(
            _q=(pl.col("p") * pl.col("_tests") / pl.col("_rank"))
            .clip(0.0, 1.0)
            .cum_min()
            .over("family", "statistic")
        )
    )
    return (
        rows.join(ranked.select("_row", "_q"), on="_row", how="left", maintain_order="left")
        .with_columns(q=pl.coalesce("q", "_q"))
        .select(ledger.columns)
    )


def _asked() -> pl.Expr:
    """Findings that another explanation is looked for."""
    return (
        pl.col("fires")
        & pl.col("from_at").is_not_null()
        & pl.col("to_at").is_not_null()
        & ~pl.col("family").is_in([*_WITHOUT_FOLLOWERS, "X"])
    )


def _gather(snapshot: Snapshot, work: Path, listed: pl.DataFrame, ledger: pl.DataFrame) -> None:
    numbers = ledger.filter(_asked())["creator"].unique()
    wanted = listed.filter(pl.col("number").cast(pl.Int64).is_in(numbers.implode()))
    gather_facts(
        snapshot,
        work,
        wanted.select("key", "profile_id", "platform", "handle", open="posts_open"),
    )


def explain_group(work: Path, group: int) -> None:
    """One group: other explanations, members, shares and the states of followers.

    Leaves explained-<group>.parquet (the ledger with `member_keys` and `members_hash`) and
    shares-<group>.parquet (`share.SHARES_SCHEMA` with the states); creators by number.
    """
    audience = load_audience(work, group)
    ledger = pl.read_parquet(work / f"ledger-{group:06d}.parquet")
    numbers = audience.creators["number"].to_numpy()
    facts = read_facts(work)
    packs = pl.read_parquet(work / "packs.parquet")
    explained, told = [], []
    for first, part in by_platform(audience):
        own = numbers[first : first + len(part.creators)]
        mine = ledger.filter(pl.col("creator").is_between(int(own[0]), int(own[-1])))
        rows = np.searchsorted(own, mine["creator"].to_numpy())
        mine = mine.with_columns(pl.Series("creator", rows, dtype=pl.Int64))
        mine = _explained(part, mine, facts, packs if len(packs) else None)
        shares = share.measure(part, mine, _rates)
        back = pl.Series("creator", own, dtype=pl.Int64)
        told.append(
            pl.concat([shares, _states(part), _maps(part, mine)], how="horizontal").with_columns(
                creator=back.gather(shares["creator"])
            )
        )
        explained.append(
            _with_members(part, mine).with_columns(creator=back.gather(mine["creator"]))
        )
    # A group nobody of which has a known follower has nothing to explain.
    explained = explained or [_with_members(audience, ledger)]
    told = told or [
        pl.concat(
            [share.measure(audience, ledger, _rates), _states(audience), _maps(audience, ledger)],
            how="horizontal",
        )
    ]
    pl.concat(explained).write_parquet(work / f"explained-{group:06d}.parquet")
    pl.concat(told).write_parquet(work / f"shares-{group:06d}.parquet")


def _explained(
    audience: Audience,
    ledger: pl.DataFrame,
    facts: dict[str, pl.DataFrame | None],
    packs: pl.DataFrame | None,
) -> pl.DataFrame:
    windows = (
        ledger.with_row_index("row")
        .filter(_asked())
        .select(
            "row",
            "creator",
            "from_at",
            "to_at",
            "member_rows",
            pl.when(pl.col("members") > 0).then(pl.col("members").cast(pl.Float64)).alias("excess"),
        )
    )
    if windows.is_empty():
        return ledger
    said = crowds.explain(
        audience, windows, facts["posts"], facts["mentions"], packs=packs, acts=facts["acts"]
    )
    return verdict.with_explanations(
        ledger,
        said.with_columns(row=windows["row"].gather(said["window"])).select(
            "row", "alternative", "outcome", "detail", "explains"
        ),
    )


def _rates(platform: str, language: str | None) -> share.CutRates | None:
    rates = followers.error_rates(platform, language)
    if rates.se is None or rates.sp is None:
        return None
    return _Rates(
        rates.cut, rates.se, rates.sp, rates.n_se, rates.n_sp, rates.calibration, rates.version
    )


def _states(audience: Audience) -> pl.DataFrame:
    """How many followers of each creator are in each state of activity."""
    n, kinds = len(audience.creators), len(ACCOUNT_STATES)
    owner = np.repeat(np.arange(n), audience.seen)
    state = audience.accounts.state[audience.who]
    counts = np.bincount(owner * kinds + state, minlength=n * kinds).reshape(n, kinds)
    return pl.DataFrame({name: counts[:, i] for i, name in enumerate(_STATES)})


def _maps(audience: Audience, ledger: pl.DataFrame) -> pl.DataFrame:
    """The follower map of each creator with at least MAP_FROM followers seen, as JSON, and small.

    Null for others, and where no creation date is known.
    """
    findings = verdict.drawn_findings(ledger)
    told: list[str | None] = [None] * len(audience.creators)
    small: list[str | None] = [None] * len(audience.creators)
    for row in np.flatnonzero(audience.seen >= MAP_FROM).tolist():
        one = verdict.map_data(audience, row, findings)
        if one is not None:
            told[row] = msgspec.json.encode(one).decode()
            small[row] = verdict.thumbnail(one)
    return pl.DataFrame({"map": told, "thumbnail": small}, schema=_MAPS)


def _with_members(audience: Audience, ledger: pl.DataFrame) -> pl.DataFrame:
    """The ledger with the keys of its members and their hash."""
    keys: list[list[int]] = []
    hashes: list[str | None] = []
    for creator, rows in ledger.select("creator", "member_rows").iter_rows():
        if not rows:
            keys.append([])
            hashes.append(None)
            continue
        who = audience.who[audience.starts[creator] + np.asarray(rows)]
        mine = audience.accounts.key[who].tolist()
        keys.append(mine)
        hashes.append(verdict.members_hash(mine))
    return ledger.with_columns(
        pl.Series("member_keys", keys, dtype=pl.List(pl.UInt64)),
        pl.Series("members_hash", hashes, dtype=pl.String),
    )


def _nobody_seen(listed: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The shares of creators of whom no follower was seen, which say so."""
    others = listed.filter(~pl.col("number").cast(pl.Int64).is_in(told["creator"].implode()))
    empty = Audience.of(
        others,
        np.zeros(len(others) + 1, dtype=np.int64),
        np.zeros(0, dtype=np.int32),
        Accounts.of(np.zeros(0, dtype=np.uint64)),
    )
    nothing = verdict.empty_evidence()
    shares = share.measure(empty, nothing, _rates)
    return (
        pl.concat([shares, _states(empty), _maps(empty, nothing)], how="horizontal")
        .with_columns(creator=others["number"].cast(pl.Int64))
        .select(told.columns)
    )


def _write(
    work: Path,
    listed: pl.DataFrame,
    shares: pl.DataFrame,
    told: pl.DataFrame,
    decided: pl.DataFrame,
    as_of: datetime,
) -> None:
    who = listed.with_columns(creator=pl.col("number").cast(pl.Int64))
    shut = ~pl.col("open")
    (
        decided.join(who, on="creator", how="left", maintain_order="left")
        .join(
            shares.rename({c: f"share_{c}" for c in shares.columns if c != "creator"}),
            on="creator",
            how="left",
            maintain_order="left",
        )
        .join(
            told.select("creator", *_MAPS, *_STATES),
            on="creator",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            verdict="status",
            sentence=pl.when(shut)
            .then(pl.format("Followers {}. Not vetted.", "audience_reason"))
            .otherwise("sentence"),
            n_seen="share_n_seen",
            families="looked",
            lockstep=_finding("G"),
            engagement_anomaly=_finding("E"),
            as_of=pl.lit(as_of),
            checked_at=pl.lit(as_of),
        )
        .select(pl.col(name).cast(kind) for name, kind in VETTING_SCHEMA.items())
        .sort("profile_id")
        .write_parquet(work / VETTING_FILE, row_group_size=_ROW_GROUP)
    )


def _finding(family: str) -> pl.Expr:
    """found where something of a family stands, none where it looked, null where it did not."""
    return (
        pl.when(pl.col("stood").list.contains(family))
        .then(pl.lit("found"))
        .when(pl.col("looked").list.contains(family))
        .then(pl.lit("none"))
    )


def _write_evidence(work: Path, listed: pl.DataFrame, ledger: pl.DataFrame) -> None:
    who = listed.select("profile_id", creator=pl.col("number").cast(pl.Int64))
    (
        ledger.join(who, on="creator", how="left", maintain_order="left")
        .with_columns(
            pl.from_epoch(pl.col(name), "s").dt.cast_time_unit("us").dt.replace_time_zone("UTC")
            for name in ("from_at", "to_at")
        )
        .select(pl.col(name).cast(kind) for name, kind in STORED_EVIDENCE.items())
        .sort("profile_id", maintain_order=True)
        .write_parquet(work / EVIDENCE_FILE, row_group_size=_EVIDENCE_ROWS)
    )
