"""What every step of one vetting run has to know, in one small file that worker processes read.

A run works in a folder of its own and every step leaves files there:

    plan.json               this
    buckets.json            files of profiles and of posts, bucket by bucket
    accounts/               what a bucket of profiles tells (`_accounts.ACCOUNT_SCHEMA`)
    listed.parquet          who is listed, by `number`
    packs.parquet           who is in which pack, list or collection, by hash
    profiles-*.npy          key, creation and language of everybody with a profile, by key
    follows/<group>/        follows cut by a range of the follower's key
    arrivals/<group>/       the same follows cut by a range of creators' numbers
    keys-<group>.npy        the accounts of a group of followers, sorted
    accounts-*.npy          `vetting.Accounts`, one file an array
    audience-<group>-*.npy  `vetting.Audience`, one file an array
    found-*.parquet         what the families found; background, rates, candidates, mutual, blocks
                            and rings: what they need
    talk-*.parquet          replies to creators and quick reactions among them
    ties-<group>.parquet    how many of its followers each creator follows back
    facts-*.parquet         posts, mentions and reactions that may explain it
    ledger-<group>.parquet  the findings, and explained-<group>.parquet with other explanations
    shares-<group>.parquet  the shares that look bought

Nothing in it outlives the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

__all__ = [
    "ACCOUNTS",
    "STEPS_MODULE",
    "Bucket",
    "Plan",
    "read_buckets",
    "read_plan",
    "write_buckets",
    "write_plan",
]

_FILE = "plan.json"
_BUCKETS = "buckets.json"
#: Where the steps of this run stand, by name: worker processes import it (`pipeline._crew`).
STEPS_MODULE = "influencr.pipeline.vetting._steps"
#: Name of the accounts' arrays.
ACCOUNTS = "accounts"


#: Files of profiles (latest state) and of posts of these profiles.
type Bucket = tuple[tuple[str, ...], tuple[str, ...]]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    as_of            seconds UTC; what is dated later is of unknown time
    follower_groups  followers are cut into so many equal ranges of their 64-bit keys
    bounds           numbers of creators that bound the groups of creators, rising, from 0 on
    """

    as_of: int
    follower_groups: int
    bounds: tuple[int, ...]

    @property
    def creator_groups(self) -> int:
        """How many groups of creators there are."""
        return len(self.bounds) - 1


def write_plan(work: Path, plan: Plan) -> None:
    """Set the plan of the run in this folder."""
    (work / _FILE).write_bytes(msgspec.json.encode(plan))


def read_plan(work: Path) -> Plan:
    """The plan of the run in this folder."""
    return msgspec.json.decode((work / _FILE).read_bytes(), type=Plan)


def write_buckets(work: Path, buckets: Sequence[Bucket]) -> None:
    """Note where the profiles and posts of each bucket lie."""
    (work / _BUCKETS).write_bytes(msgspec.json.encode(list(buckets)))


def read_buckets(work: Path) -> list[Bucket]:
    """Where the profiles and posts of each bucket lie."""
    return msgspec.json.decode((work / _BUCKETS).read_bytes(), type=list[Bucket])
