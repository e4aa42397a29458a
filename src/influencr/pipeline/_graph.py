"""What the follower graph says: places of creators from mutual follows, and of their followers.

Follows are read once, in batches, and only what is needed goes to disk, cut into groups by a hash
of the creator: who follows whom of the creators (with the follower's place), and both directions
between creators without a city and people whose own words tell a place. A group is then small
enough to be joined in memory, whatever the number of follows. Profiles are named by a 64-bit hash
of their id, good within one run; nothing here is kept after it.

Consent: a follow or a profile whose policy does not allow SCORE is not read here, neither as a
follower nor as a neighbour, nor is anybody who says to be under 18 or whose account is for
children. People who are not listed for another reason count where their policy allows SCORE, in
numbers of at least five (`geography.audience`) and never by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from influencr import geography
from influencr.pipeline._creators import NO_FOLLOWERS_KNOWN
from influencr.pipeline._said import SAID
from influencr.records import Policy

if TYPE_CHECKING:
    from influencr.catalogue import Snapshot

__all__ = ["FOLLOWS_PER_GROUP", "MAX_SAMPLED", "FollowGraph", "sample_followers"]

#: Follows that are joined in memory at a time; measured: 8 million peak at 1.1 GB.
FOLLOWS_PER_GROUP = 8_000_000
#: Follows that are read at a time.
_BATCH_FOLLOWS = 1_000_000
#: Followers of one creator whose places are read; 5,000 bound a share to +- 1.2 points at 90 %.
MAX_SAMPLED = 5_000
#: A larger audience is cut into this many equal parts by order of arrival, and each gives as many,
#: so that neither early nor newest followers stand for all.
_STRATA = 100

_OWN_WORDS = ("declared", "bio", SAID)
_LIST = "audience"
_PAIR = "pairs"


class _Group(NamedTuple):
    """What a group of creators got: places from neighbours, and audiences; keyed by `key`."""

    network: pl.DataFrame
    audience: pl.DataFrame


def key_of(column: str = "profile_id") -> pl.Expr:
    """The number by which a profile is known within one run."""
    return pl.col(column).hash(seed=0)


class FollowGraph:
    """Follows cut into groups on disk; give it a bucket of creators and it completes their rows.

    snapshot   whose follows are read
    work       an empty folder of its own
    creators   files of creators, bucket by bucket: CREATORS_SCHEMA, cut by `key_of() % buckets`
    places     files of places (`_creators.PLACES_SCHEMA`)
    barred     files of profiles that may not be read here (`profile_id`)
    progress   called with follows read so far
    """

    def __init__(
        self,
        snapshot: Snapshot,
        work: Path,
        *,
        creators: Sequence[Path],
        places: Sequence[Path],
        barred: Sequence[Path],
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._work = work
        self._n_buckets = len(creators)
        self.n_follows: int = snapshot.scan("follows").select(pl.len()).collect().item()
        groups = max(1, -(-self.n_follows // FOLLOWS_PER_GROUP))
        # Either several buckets of creators are one group, or a bucket has several groups.
        self._per_group = max(1, self._n_buckets // groups)
        self._per_bucket = max(1, -(-groups // self._n_buckets))
        self._located = (
            pl.scan_parquet(list(places))
            .filter(pl.col("place_basis").is_in(_OWN_WORDS))
            .select(key_of().alias("key"), "place_id", "place_level", "place_basis", "followers")
            .collect()
        )
        asked = (
            pl.scan_parquet(list(creators))
            .select(
                key_of().alias("key"),
                wants_place=(pl.col("policy") & int(Policy.SCORE) != 0)
                & ~(
                    pl.col("place_basis").is_in(_OWN_WORDS) & (pl.col("place_level") == "city")
                ).fill_null(value=False)
                # Who said that a country, or nothing, is to be shown is not looked for closer.
                & pl.col("place_basis").ne_missing(SAID),
                wants_audience=pl.col("audience_reason") == NO_FOLLOWERS_KNOWN,
            )
            .collect()
        )
        self._listened = asked.filter("wants_audience").select("key")
        self._sought = asked.filter("wants_place").select("key")
        self._barred = pl.scan_parquet(list(barred)).select(key_of().alias("key")).collect()
        self._files: dict[tuple[str, int], list[Path]] = {}
        self._group: tuple[int, _Group] | None = None
        self._cut(snapshot, progress)

    def complete(self, creators: pl.DataFrame, bucket: int) -> pl.DataFrame:
        """The rows of one bucket with what the graph adds; buckets are best asked in order."""
        groups = [self._of_group(number) for number in self._groups_of(bucket)]
        network = pl.concat([group.network for group in groups])
        heard = pl.concat([group.audience for group in groups])
        keyed = creators.with_columns(key_of().alias("key"))
        return (
            _with_network(_with_audience(keyed, heard), network)
            .select(creators.columns)
            .cast(dict(creators.schema))  # type: ignore[arg-type]
        )

    # Reading.

    def _groups_of(self, bucket: int) -> list[int]:
        if self._per_bucket == 1:
            return [bucket // self._per_group]
        return [bucket + i * self._n_buckets for i in range(self._per_bucket)]

    def _number(self, column: str) -> pl.Expr:
        modulus = self._n_buckets * self._per_bucket
        step = self._per_group if self._per_bucket == 1 else 1
        return pl.col(column).mod(modulus).floordiv(step)

    def _cut(self, snapshot: Snapshot, progress: Callable[[int], None] | None) -> None:
        follows = (
            snapshot.latest("follows")
            .filter(pl.col("policy") & int(Policy.SCORE) != 0)
            .select(a=key_of("follower_id"), b=key_of("followed_id"), at=pl.col("followed_at"))
        )
        places = self._located.select("key", "place_id")
        done = 0
        for k, rows in enumerate(follows.collect_batches(chunk_size=_BATCH_FOLLOWS)):
            done += len(rows)
            if len(self._barred):
                rows = rows.join(self._barred, left_on="a", right_on="key", how="anti").join(
                    self._barred, left_on="b", right_on="key", how="anti"
                )
            heard = rows.join(self._listened, left_on="b", right_on="key", how="semi").join(
                places, left_on="a", right_on="key", how="left"
            )
            self._write(_LIST, heard.rename({"b": "key"}), k)
            # Both directions between somebody sought and somebody located, told apart by `back`.
            for own, other, back in (("a", "b", False), ("b", "a", True)):
                pairs = (
                    rows.join(self._sought, left_on=own, right_on="key", how="semi")
                    .join(places, left_on=other, right_on="key", how="semi")
                    .select(key=own, neighbour=other, back=pl.lit(back))
                )
                self._write(_PAIR, pairs, k, "b" if back else "a")
            if progress is not None:
                progress(done)

    def _write(self, what: str, rows: pl.DataFrame, number: int, part: str = "") -> None:
        if rows.is_empty():
            return
        cut = rows.with_columns(self._number("key").alias("_group")).partition_by(
            "_group", as_dict=True, include_key=False
        )
        for (group,), piece in cut.items():
            folder = self._work / what / str(group)
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{number:06d}{part}.parquet"
            piece.write_parquet(file, compression="lz4", statistics=False)
            self._files.setdefault((what, int(group)), []).append(file)

    def _read(self, what: str, group: int, schema: dict[str, Any]) -> pl.DataFrame:
        files = self._files.pop((what, group), [])
        rows = pl.read_parquet(files) if files else pl.DataFrame(schema=schema)
        for file in files:
            file.unlink()
        return rows

    # Joining.

    def _of_group(self, number: int) -> _Group:
        if self._group is None or self._group[0] != number:
            self._group = None  # the last one's memory goes before the next one's comes
            self._group = (number, _Group(self._network(number), self._audience(number)))
        return self._group[1]

    def _network(self, number: int) -> pl.DataFrame:
        pairs = self._read(
            _PAIR, number, {"key": pl.UInt64, "neighbour": pl.UInt64, "back": pl.Boolean}
        )
        mutual = (
            pairs.filter(~pl.col("back"))
            .join(pairs.filter("back"), on=["key", "neighbour"], how="semi")
            .select(profile_id="key", neighbour_id="neighbour")
        )
        who = pl.concat([mutual["profile_id"], mutual["neighbour_id"]]).unique()
        places = self._located.filter(pl.col("key").is_in(who.implode())).rename(
            {"key": "profile_id"}
        )
        return geography.infer_from_neighbours(places, mutual).rename({"profile_id": "key"})

    def _audience(self, number: int) -> pl.DataFrame:
        edges = self._read(
            _LIST,
            number,
            {
                "a": pl.UInt64,
                "key": pl.UInt64,
                "at": pl.Datetime("us", "UTC"),
                "place_id": pl.Int64,
            },
        ).rename({"key": "profile_id"})
        sampled, totals = sample_followers(edges)
        counts = sampled.group_by("profile_id", "place_id").agg(pl.len().cast(pl.Int64).alias("n"))
        return geography.audience(counts, totals.sort("profile_id")).rename({"profile_id": "key"})


def sample_followers(edges: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """At most MAX_SAMPLED followers of each profile, the same ones whatever the order of rows.

    edges     `profile_id`, `a` (the follower, a number), `at` (when, may be null), and whatever
              else is to be kept; one row per follow
    returns   the sampled rows, and `profile_id, n_followers, n_sampled`

    A larger audience is cut into `_STRATA` equal parts by order of arrival (unknown times last),
    and each gives those whose hash is smallest.
    """
    totals = edges.group_by("profile_id").agg(pl.len().cast(pl.Int64).alias("n_followers"))
    large = totals.filter(pl.col("n_followers") > MAX_SAMPLED).select("profile_id")
    sampled = edges
    if len(large):
        place = pl.int_range(pl.len()).over("profile_id")
        drawn = (
            edges.join(large, on="profile_id", how="semi")
            .sort("profile_id", "at", "a", nulls_last=True)
            .with_columns(_stratum=place * _STRATA // pl.len().over("profile_id"))
            .with_columns(
                _rank=pl.col("a").hash(seed=1).rank("ordinal").over("profile_id", "_stratum")
            )
            .filter(pl.col("_rank") <= MAX_SAMPLED // _STRATA)
            .select(edges.columns)
        )
        sampled = pl.concat([edges.join(large, on="profile_id", how="anti"), drawn])
    n = pl.col("n_followers")
    return sampled, totals.with_columns(n_sampled=pl.min_horizontal(n, pl.lit(MAX_SAMPLED)))


def _with_audience(creators: pl.DataFrame, heard: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in heard.columns if name != "key"]
    joined = creators.drop(set(names) - {"audience_reason"}).join(
        heard.rename({"audience_reason": "_reason"}), on="key", how="left", maintain_order="left"
    )
    return joined.with_columns(pl.coalesce("_reason", "audience_reason").alias("audience_reason"))


def _with_network(creators: pl.DataFrame, network: pl.DataFrame) -> pl.DataFrame:
    """Rows whose place the neighbours tell, or whose reason says why they do not."""
    placed = (
        *("place_level", "place_id", "place_name", "place_label", "country", "admin1", "lat"),
        *("lon", "place_basis"),
    )
    joined = creators.join(
        network.select(
            "key",
            *(pl.col(c).alias(f"_{c}") for c in (*placed, "place_confidence", "place_reason")),
        ),
        on="key",
        how="left",
        maintain_order="left",
    )
    told = pl.col("_place_level").is_not_null()
    unknown = pl.col("place_level").is_null() & pl.col("_place_reason").is_not_null()
    own = pl.col("place_basis").is_in(_OWN_WORDS).fill_null(value=False)
    reason = (
        pl.when(told & own)
        .then(pl.concat_str("place_reason", pl.lit("; "), "_place_reason"))
        .when(told)
        .then("_place_reason")
        .when(unknown)
        .then(pl.concat_str("place_reason", pl.lit("; "), "_place_reason", ignore_nulls=True))
        .otherwise("place_reason")
    )
    # What the person's own words say stands before what others' words suggest.
    first = pl.when(own).then("place_evidence").otherwise(pl.lit([], dtype=pl.List(pl.String)))
    rest = pl.when(own).then(pl.lit([], dtype=pl.List(pl.String))).otherwise("place_evidence")
    evidence = pl.concat_list(
        first.fill_null([]), pl.concat_list("_place_reason"), rest.fill_null([])
    )
    return joined.with_columns(
        pl.when(told).then(evidence).otherwise("place_evidence").alias("place_evidence"),
        *(pl.when(told).then(f"_{c}").otherwise(c).alias(c) for c in placed),
        # The confidence is that of the country, which own words may have told already.
        pl.when(told & ~own)
        .then("_place_confidence")
        .otherwise("place_confidence")
        .alias("place_confidence"),
        reason.alias("place_reason"),
    )
