"""What a run leaves beside the creators: judged/vetting.parquet and judged/evidence.parquet.

vetting.parquet has one row per listed creator, in order of `profile_id`: the verdict, its sentence,
the share of followers that look bought, what is known of the followers' activity, the families
that were looked at, and the follower map as data. evidence.parquet has the ledger: one row per
creator and finding, clear families included, so that a verdict can be made again from the file.

Members of a finding are kept as positions in the creator's order of arrival and as hashes of their
ids, never by name; who they are is read from the catalogue when somebody asks (`member_ids`), so
that a person who left is named nowhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from influencr.errors import HomeError
from influencr.pipeline._gates import excluded_because
from influencr.pipeline._graph import key_of
from influencr.records import BoughtShare, Checked, Evidence, Policy, Verdict
from influencr.vetting.verdict import EVIDENCE_SCHEMA

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue, Snapshot

__all__ = [
    "EVIDENCE_FILE",
    "STORED_EVIDENCE",
    "VETTING_FILE",
    "VETTING_SCHEMA",
    "FollowerStates",
    "Vetted",
    "member_ids",
    "read_vetted",
    "share_columns",
]

VETTING_FILE = "vetting.parquet"
EVIDENCE_FILE = "evidence.parquet"

_TIME = pl.Datetime("us", "UTC")
_SHARE = "share_"
_KINDS: Mapping[object, pl.DataType] = {
    float: pl.Float64(),
    int: pl.Int64(),
    str: pl.String(),
    bool: pl.Boolean(),
}


def _share_schema() -> dict[str, pl.DataType]:
    """The columns of `BoughtShare`, with `share_` before their names."""
    found = {}
    for field in msgspec.structs.fields(BoughtShare):
        arms = [a for a in getattr(field.type, "__args__", (field.type,)) if a is not type(None)]
        found[f"{_SHARE}{field.name}"] = _KINDS[arms[0]]
    return found


#: Columns of judged/vetting.parquet.
VETTING_SCHEMA: dict[str, pl.DataType] = {
    "profile_id": pl.String(),
    "platform": pl.String(),
    "handle": pl.String(),
    "verdict": pl.String(),
    "sentence": pl.String(),
    **_share_schema(),
    **{f"followers_{s}": pl.Int64() for s in ("active", "quiet", "dormant", "unknown")},
    "n_seen": pl.Int64(),
    "followers": pl.Int64(),
    "families": pl.List(pl.String()),
    "lockstep": pl.String(),
    "engagement_anomaly": pl.String(),
    "map": pl.String(),
    "thumbnail": pl.String(),
    "as_of": _TIME,
    "checked_at": _TIME,
    "version": pl.String(),
}
#: Columns of judged/evidence.parquet: the ledger, whose creator is named by profile, with the
#: hashes of the members and what the verdict would be without the row.
STORED_EVIDENCE: dict[str, pl.DataType] = {
    "profile_id": pl.String(),
    **{name: kind for name, kind in EVIDENCE_SCHEMA.items() if name != "creator"},
    "from_at": _TIME,
    "to_at": _TIME,
    "member_keys": pl.List(pl.UInt64()),
    "members_hash": pl.String(),
    "effect": pl.String(),
}


class FollowerStates(msgspec.Struct, frozen=True):
    """Of the followers seen, how many are active, quiet, dormant, or nobody knows.

    Shown beside the share that looks bought, and never part of it.
    """

    active: int
    quiet: int
    dormant: int
    unknown: int


class Vetted(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored about one creator's audience.

    families   letters of the families of evidence that were looked at
    states     None when no follower was seen
    map        the follower map as JSON, None where no follower is known
    """

    profile_id: str
    platform: str
    handle: str | None
    verdict: Verdict
    families: tuple[str, ...]
    states: FollowerStates | None
    map: str | None


def share_columns(share: BoughtShare) -> dict[str, Any]:
    """The share as columns of VETTING_SCHEMA."""
    return {f"{_SHARE}{name}": value for name, value in msgspec.structs.asdict(share).items()}


def read_vetted(judged: Path, profile_ids: Iterable[str] | None = None) -> Iterator[Vetted]:
    """What is stored about these creators, or about all, in order of profile id.

    judged   folder of the judged files

    Creators about whom nothing is stored are left out. Raises HomeError before the first vetting.
    """
    if not (judged / VETTING_FILE).exists() or not (judged / EVIDENCE_FILE).exists():
        raise HomeError("No audience was looked at in this home yet; run `influencr refresh` once.")
    rows = pl.scan_parquet(judged / VETTING_FILE)
    ledger = pl.scan_parquet(judged / EVIDENCE_FILE).drop("member_rows", "member_keys")
    if profile_ids is None:
        n: int = rows.select(pl.len()).collect().item()
        pieces = [rows.slice(start, _ROWS) for start in range(0, n, _ROWS)]
    else:
        wanted = pl.Series(sorted(set(profile_ids)), dtype=pl.String)
        pieces = [rows.filter(pl.col("profile_id").is_in(wanted.implode()))]
    for piece in pieces:
        creators = piece.sort("profile_id").collect()
        if creators.is_empty():
            continue
        found = (
            # A range first: the file is sorted, so that most of it is not even opened.
            ledger.filter(
                pl.col("profile_id").is_between(
                    pl.lit(creators["profile_id"][0]), pl.lit(creators["profile_id"][-1])
                )
            )
            .filter(pl.col("profile_id").is_in(creators["profile_id"].implode()))
            .collect()
            .partition_by("profile_id", as_dict=True, include_key=False)
        )
        for row in creators.iter_rows(named=True):
            own = found.get((row["profile_id"],))
            yield _vetted(row, [] if own is None else own.to_dicts())


#: Creators that are read at a time.
_ROWS = 2_000


def _vetted(row: dict[str, Any], ledger: list[dict[str, Any]]) -> Vetted:
    share = BoughtShare(
        **{f.name: row[f"{_SHARE}{f.name}"] for f in msgspec.structs.fields(BoughtShare)}
    )
    names = [field.name for field in msgspec.structs.fields(Evidence)]
    evidence = tuple(
        Evidence(
            **{
                **{name: line[name] for name in names},
                "chart": line["chart"] or None,
                "checked": tuple(Checked(**c) for c in line["checked"] or ()),
            }
        )
        for line in ledger
    )
    states = (row[f"followers_{s}"] for s in ("active", "quiet", "dormant", "unknown"))
    return Vetted(
        profile_id=row["profile_id"],
        platform=row["platform"],
        handle=row["handle"],
        verdict=Verdict(
            status=row["verdict"],
            sentence=row["sentence"],
            share=share,
            evidence=evidence,
            as_of=row["as_of"],
            checked_at=row["checked_at"],
            n_seen=row["n_seen"],
            followers=row["followers"],
            version=row["version"],
        ),
        families=tuple(row["families"]),
        states=FollowerStates(*states) if row["n_seen"] else None,
        map=row["map"],
    )


def member_ids(
    judged: Path, catalogue: Catalogue | Snapshot, profile_id: str
) -> list[tuple[str, ...]]:
    """Profile ids of the members of each stored finding, in the order of `Verdict.evidence`.

    Read from the follows that the catalogue holds now: whoever left since, or stopped following,
    is not named, and neither is anybody who may be counted and not shown (`_gates`).
    """
    keys = (
        pl.scan_parquet(judged / EVIDENCE_FILE)
        .filter(pl.col("profile_id") == profile_id)
        .select("member_keys")
        .collect()["member_keys"]
        .to_list()
    )
    wanted = {key for line in keys for key in line or ()}
    if not wanted:
        return [() for _ in keys]
    from influencr.catalogue import Catalogue

    snapshot = catalogue.snapshot() if isinstance(catalogue, Catalogue) else catalogue
    named = (
        snapshot.latest("follows")
        .filter(pl.col("followed_id") == profile_id, pl.col("policy") & int(Policy.SCORE) != 0)
        .select("follower_id", key=key_of("follower_id"))
        .collect()
    )
    named = named.filter(pl.col("key").is_in(list(wanted)))
    shown = set(
        snapshot.latest("profiles", among=named["follower_id"].unique())
        # Having posted is no matter of consent.
        .with_columns(n_posts_seen=pl.lit(1))
        .filter(excluded_because().is_null())
        .select("profile_id")
        .collect()["profile_id"]
    )
    known = {key: sys.intern(name) for name, key in named.iter_rows() if name in shown}
    return [tuple(known[key] for key in line or () if key in known) for line in keys]
