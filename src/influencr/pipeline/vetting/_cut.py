"""Follows on disk, cut first by follower and then by creator, so that memory does not grow.

By follower, because whether many follows were one click is told from one person's whole list; by
creator in order of arrival, because everything else is. The first cut reads the catalogue once.

Order of arrival is the order of the times that followers' clients wrote. A time before the
follower's account existed, or after `as_of`, cannot be true: the follow keeps its place in the
order, and its time reads unknown. (Placed by creation date instead, such follows would make the
very streaks that are looked for.) Follows without any time come last, in the order of hashes: no
order is claimed for them.

Consent is that of the follower graph (`pipeline._graph`).

FOLLOWS_PER_GROUP: measured, a group of 5 million peaks at 1.5 GB.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from influencr.pipeline._graph import key_of
from influencr.pipeline.vetting._accounts import load_accounts
from influencr.pipeline.vetting._plan import Plan, read_plan, write_plan
from influencr.records import Policy
from influencr.vetting import crowds
from influencr.vetting._audience import Audience

if TYPE_CHECKING:
    from influencr.catalogue import Snapshot

__all__ = [
    "FOLLOWS_PER_GROUP",
    "assemble",
    "by_platform",
    "cut_by_creator",
    "cut_by_follower",
    "load_audience",
    "sample_of",
    "write_packs",
]

type _Array = np.ndarray[Any, Any]

#: Follows that are held in memory at a time.
FOLLOWS_PER_GROUP = 5_000_000
_BATCH_FOLLOWS = 1_000_000
#: Nobody's number.
_NOBODY = -1
_ARRAYS = ("starts", "who", "at", "cause", "mutual")
#: 34 bits hold seconds far beyond any date here; what has no time comes last.
_PLACE_BITS = 34
_ENDLESS = np.int64((1 << _PLACE_BITS) - 1)
_CAME = {"creator": pl.Int32, "who": pl.Int32, "at": pl.Int64, "cause": pl.Int8}
#: Follows of creators drawn at random that tell a platform's background; our own choice.
SAMPLED = 3_000_000
_SEED = 20_261_101


def write_packs(snapshot: Snapshot, work: Path) -> None:
    """packs.parquet: `pack, member` by hash; `added, removed` in seconds, null unknown; `kind`.

    Memberships that ended count too: they explain follows of their time.
    """
    columns = (
        pl.col("pack_id").hash(seed=0).alias("pack"),
        key_of("member_id").alias("member"),
        pl.col("added_at").dt.epoch("s").alias("added"),
        pl.col("removed_at").dt.epoch("s").alias("removed"),
        # AT Protocol names the kind of a record in its address; elsewhere all are packs.
        pl.when(pl.col("pack_id").str.contains("/app.bsky.graph.list/", literal=True))
        .then(pl.lit("list"))
        .otherwise(pl.lit("pack"))
        .alias("kind"),
    )
    now = snapshot.latest("packs").select(columns).collect()
    ended = (
        snapshot.scan("packs").filter(pl.col("removed_at").is_not_null()).select(columns).collect()
    )
    pl.concat([now, ended]).unique(maintain_order=True).write_parquet(work / "packs.parquet")


def cut_by_follower(
    snapshot: Snapshot,
    work: Path,
    creators: pl.DataFrame,
    barred: Sequence[Path],
    *,
    as_of: int,
    among: pl.Series | None = None,
    progress: Callable[[int], None] | None = None,
) -> Plan:
    """follows/<group>/*.parquet and the plan that follows from how many there are.

    creators   `number` (0, 1, ...) and `key` of everybody who is listed, and whether the audience
               may be read (`open`)
    barred     files of profiles that may not be read here (`profile_id`)
    among      only follows by these profiles are read; None: all of them
    progress   called with follows read so far
    """
    stored = snapshot.scan("follows")
    if among is not None:
        stored = stored.filter(pl.col("follower_id").is_in(among.implode()))
    n: int = stored.select(pl.len()).collect(engine="streaming").item()
    groups = max(1, -(-n // FOLLOWS_PER_GROUP))
    numbered = creators.filter("open").select("key", "number")
    no_entry = pl.scan_parquet(list(barred)).select(key_of().alias("key")).collect()
    follows = (
        snapshot.latest("follows", among=among)
        .filter(pl.col("policy") & int(Policy.SCORE) != 0)
        .select(
            a=key_of("follower_id"),
            b=key_of("followed_id"),
            at=pl.col("followed_at").dt.epoch("s").fill_null(-1),
            via=pl.col("via_id").hash(seed=0),
            has_via=pl.col("via_id").is_not_null(),
        )
        .with_columns(via=pl.when("has_via").then("via"))
        .drop("has_via")
    )
    received = np.zeros(len(creators), dtype=np.int64)
    done = 0
    for group in range(groups):
        (work / "follows" / str(group)).mkdir(parents=True)
    for k, rows in enumerate(follows.collect_batches(chunk_size=_BATCH_FOLLOWS)):
        done += len(rows)
        if len(no_entry):
            rows = rows.join(no_entry, left_on="a", right_on="key", how="anti").join(
                no_entry, left_on="b", right_on="key", how="anti"
            )
        rows = (
            rows.join(numbered, left_on="b", right_on="key", how="left", maintain_order="left")
            .rename({"number": "creator"})
            .join(numbered, left_on="a", right_on="key", how="left", maintain_order="left")
            .rename({"number": "own"})
            .with_columns(pl.col("creator", "own").fill_null(_NOBODY).cast(pl.Int32))
        )
        followed = rows["creator"].to_numpy()
        received += np.bincount(followed[followed >= 0], minlength=len(received))
        # Ranges of the key and not remainders: accounts of one group stand together when sorted.
        cut = rows.with_columns(_group=_range_of(pl.col("a"), groups)).partition_by(
            "_group", as_dict=True, include_key=False
        )
        for (group,), piece in cut.items():
            piece.write_parquet(
                work / "follows" / str(group) / f"{k:06d}.parquet",
                compression="lz4",
                statistics=False,
            )
        if progress is not None:
            progress(done)
    plan = Plan(as_of=as_of, follower_groups=groups, bounds=_bounds(received, groups))
    write_plan(work, plan)
    return plan


def _range_of(key: pl.Expr, groups: int) -> pl.Expr:
    """0 .. groups - 1, rising with the key, equal parts of what 64 bits hold."""
    return ((key // (1 << 32)) * groups // (1 << 32)).cast(pl.Int32)


def _first_key(group: int, groups: int) -> int:
    """The smallest key of which `_range_of` says `group`."""
    return -(-group * (1 << 32) // groups) << 32


def _bounds(received: _Array, groups: int) -> tuple[int, ...]:
    """Numbers that cut the creators into at most `groups` parts of about equal follows."""
    if not len(received):
        return (0, 0)
    so_far = np.cumsum(received)
    wanted = so_far[-1] * np.arange(1, groups) / groups
    inner = np.searchsorted(so_far, wanted, side="left") + 1
    return tuple(int(b) for b in np.unique([0, *inner, len(received)]))


def cut_by_creator(work: Path, group: int) -> None:
    """One group of followers: what each follow was caused by, then cut by creator.

    Leaves keys-<group>.npy and arrivals/<creator group>/<group>.parquet, and takes the follows.
    """
    plan = read_plan(work)
    folder = work / "follows" / str(group)
    files = sorted(folder.iterdir())
    follows = pl.read_parquet(files) if files else _no_follows()
    known = np.load(work / "profiles-key.npy", mmap_mode="r")
    low, high = (
        int(np.searchsorted(known, np.uint64(_first_key(g, plan.follower_groups))))
        if g < plan.follower_groups
        else len(known)
        for g in (group, group + 1)
    )
    mine = np.asarray(known[low:high])
    told = {
        name: np.load(work / f"profiles-{name}.npy", mmap_mode="r")[low:high]
        for name in ("created", "language")
    }
    follows = follows.sort("a", "at")
    cause = crowds.click_causes(
        follows.select(follower="a", followed="b", at="at", via="via"),
        pl.DataFrame({"key": mine, **told}),
        pl.read_parquet(work / "packs.parquet"),
    )
    keys = np.union1d(mine, follows["a"].unique().to_numpy())
    np.save(work / f"keys-{group}.npy", keys)
    rows = follows.with_columns(
        cause.alias("cause").cast(pl.Int8),
        pl.Series("who", np.searchsorted(keys, follows["a"].to_numpy()), dtype=pl.Int32),
    )
    inner = list(plan.bounds[1:-1])
    to_creators = rows.filter(pl.col("creator") >= 0).select("creator", "who", "at", "cause")
    # Whom a creator follows in return: the account that is followed is found by its key later.
    back = rows.filter(pl.col("own") >= 0).select(creator="own", key="b")
    for name, part in (("came", to_creators), ("back", back)):
        number = pl.Series(
            "_group", np.searchsorted(inner, part["creator"].to_numpy(), side="right")
        )
        cut = part.with_columns(number).partition_by("_group", as_dict=True, include_key=False)
        for (to,), piece in cut.items():
            target = work / "arrivals" / str(to)
            target.mkdir(parents=True, exist_ok=True)
            piece.write_parquet(
                target / f"{name}-{group:06d}.parquet", compression="lz4", statistics=False
            )
    for file in files:
        file.unlink()


def _no_follows() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "a": pl.UInt64,
            "b": pl.UInt64,
            "at": pl.Int64,
            "via": pl.UInt64,
            "creator": pl.Int32,
            "own": pl.Int32,
        }
    )


def assemble(work: Path, group: int) -> Audience:
    """One group of creators with their followers in order of arrival, kept as arrays on disk.

    Creators without a known follower are not in it. `creators` has `own_follows`, too: how many
    follows of their own were seen.
    """
    plan = read_plan(work)
    accounts = load_accounts(work)
    first, last = plan.bounds[group], plan.bounds[group + 1]
    offsets = np.cumsum(
        [0]
        + [len(np.load(work / f"keys-{g}.npy", mmap_mode="r")) for g in range(plan.follower_groups)]
    )
    folder = work / "arrivals" / str(group)
    came = _read_parts(folder, "came", _CAME, offsets)
    back = _read_parts(folder, "back", {"creator": pl.Int32, "key": pl.UInt64}, None)
    creator = came["creator"].to_numpy().astype(np.int64) - first
    who = came["who"].to_numpy()
    at, cause = came["at"].to_numpy(), came["cause"].to_numpy()
    # Once claimed times gave the order, those that cannot be true are unknown.
    place = np.where(at < 0, _ENDLESS, np.minimum(at, _ENDLESS))
    # The rows came in order of `who`, and a stable sort leaves ties so.
    order = np.argsort(creator << _PLACE_BITS | place, kind="stable")
    creator, who, at, cause = creator[order], who[order], at[order], cause[order]
    at = np.where((at > plan.as_of) | (at < accounts.created[who]), -1, at)
    counts = np.bincount(creator, minlength=last - first)
    followed = np.flatnonzero(counts)
    mutual = _mutual(creator, who, back, first, accounts.key)
    own = np.bincount(back["creator"].to_numpy().astype(np.int64) - first, minlength=last - first)
    frame = pl.read_parquet(work / "listed.parquet").slice(first, last - first)
    frame = frame.with_columns(pl.Series("own_follows", own, dtype=pl.Int64))[followed]
    arrays: dict[str, _Array] = {
        "starts": np.concatenate([[0], np.cumsum(counts[followed])]).astype(np.int64),
        "who": who.astype(np.int32),
        "at": at.astype(np.int64),
        "cause": cause.astype(np.int8),
        "mutual": mutual,
    }
    for name in _ARRAYS:
        np.save(work / f"audience-{group}-{name}.npy", arrays[name])
    frame.write_parquet(work / f"audience-{group}.parquet")
    for file in folder.glob("*.parquet"):
        file.unlink()
    return Audience(creators=frame, accounts=accounts, **arrays)


def load_audience(work: Path, group: int) -> Audience:
    """What `assemble` kept, mapped into memory."""
    arrays = {
        # As plain arrays over the mapped files: slicing a memmap costs ten times as much.
        name: np.asarray(np.load(work / f"audience-{group}-{name}.npy", mmap_mode="r"))
        for name in _ARRAYS
    }
    return Audience(
        creators=pl.read_parquet(work / f"audience-{group}.parquet"),
        accounts=load_accounts(work),
        **arrays,
    )


def sample_of(work: Path, platform: str) -> Audience | None:
    """Some creators of a platform with all their follows: about SAMPLED follows, or all of them.

    None where no creator of the platform has a known follower.
    """
    plan = read_plan(work)
    draw = np.random.default_rng(_SEED)
    whole = [load_audience(work, group) for group in range(plan.creator_groups)]
    theirs = [np.flatnonzero((a.creators["platform"] == platform).to_numpy()) for a in whole]
    follows = sum(int(a.seen[rows].sum()) for a, rows in zip(whole, theirs, strict=True))
    if not follows:
        return None
    share = min(1.0, SAMPLED / follows)
    drawn = [rows[draw.random(len(rows)) < share] for rows in theirs]
    return _joined([a.take(rows) for a, rows in zip(whole, drawn, strict=True) if len(rows)])


def by_platform(audience: Audience) -> Iterator[tuple[int, Audience]]:
    """The creators of each platform, who stand together, with the first one's row."""
    platforms = audience.creators["platform"].rle_id().to_numpy()
    edges = np.flatnonzero(np.diff(platforms, prepend=-1))
    if len(edges) == 1:
        yield 0, audience
        return
    for first, last in itertools.pairwise([*edges.tolist(), len(platforms)]):
        yield first, audience.take(np.arange(first, last))


def _joined(parts: list[Audience]) -> Audience | None:
    """Several audiences over the same accounts as one."""
    if not parts:
        return None
    seen = np.concatenate([part.seen for part in parts])
    return Audience(
        creators=pl.concat([part.creators for part in parts]),
        starts=np.concatenate([[0], np.cumsum(seen)]).astype(np.int64),
        who=np.concatenate([part.who for part in parts]),
        at=np.concatenate([part.at for part in parts]),
        cause=np.concatenate([part.cause for part in parts]),
        mutual=np.concatenate([part.mutual for part in parts]),
        accounts=parts[0].accounts,
    )


def _read_parts(
    folder: Path, name: str, schema: dict[str, Any], offsets: _Array | None
) -> pl.DataFrame:
    """The pieces of all groups of followers in order; `who` counted over all of them."""
    pieces = []
    for file in sorted(folder.glob(f"{name}-*.parquet")):
        piece = pl.read_parquet(file)
        if offsets is not None:
            of = int(file.stem.rpartition("-")[2])
            piece = piece.with_columns((pl.col("who") + int(offsets[of])).cast(pl.Int32))
        pieces.append(piece)
    return pl.concat(pieces) if pieces else pl.DataFrame(schema=schema)


def _mutual(
    creator: _Array, who: _Array, back: pl.DataFrame, first: int, keys: _Array
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether the creator follows this follower, too."""
    if not len(back) or not len(who):
        return np.zeros(len(who), dtype=np.bool_)
    wanted = back["key"].to_numpy()
    row = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    real = keys[row] == wanted
    ours = (back["creator"].to_numpy().astype(np.int64) - first)[real]
    pairs = np.unique(ours << 32 | row[real])
    asked = creator << 32 | who.astype(np.int64)
    at = np.minimum(np.searchsorted(pairs, asked), max(0, len(pairs) - 1))
    return pairs[at] == asked if len(pairs) else np.zeros(len(who), dtype=np.bool_)
