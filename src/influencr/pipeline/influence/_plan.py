"""What every step of one influence run has to know, in one small file that helpers read.

A run works in a folder of its own and every step leaves files there:

    plan.json            this
    creators.parquet     who is judged, in order of platform and id
    authors.parquet      post -> creator and group, of every own post that counts
    posts/<group>/       own posts of a group of creators, with their public counts
    acts/<group>/        acts of others on them
    replies/<group>/     replies to them that were collected as posts
    answers/<group>/     what creators of the group replied to whatever
    counts/<group>/      dated follower counts
    copied.parquet       hashes of words that were pasted under several creators
    flagged.npy          accounts in standing findings of vetting, sorted
    apart.parquet        creator and actor who are in one ring or pod
    notability.parquet   the operator's file, if there is one
    <what>-<group>.parquet   what a group was reduced to (`_reduce`)
    labels/<bucket>.parquet  labels of a bucket of profiles (`_labels`)

Nothing in it outlives the run.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from influencr.pipeline.vetting import Bucket

__all__ = ["Plan", "group_files", "read_plan", "write_plan"]

_FILE = "plan.json"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    as_of      seconds UTC; what is dated later is not read
    bounds     rows of creators.parquet that bound the groups, rising, from 0 on
    vetting    folder of the vetting run, whose follows in order of arrival are read again
    platforms  networks of which reactions were collected one by one
    buckets    files of profiles and posts as they were judged
    """

    as_of: int
    bounds: tuple[int, ...]
    vetting: str
    platforms: tuple[str, ...]
    buckets: list[Bucket]

    @property
    def groups(self) -> int:
        """How many groups of creators there are."""
        return len(self.bounds) - 1


def write_plan(work: Path, plan: Plan) -> None:
    """Set the plan of the run in this folder."""
    (work / _FILE).write_bytes(msgspec.json.encode(plan))


def read_plan(work: Path) -> Plan:
    """The plan of the run in this folder."""
    return msgspec.json.decode((work / _FILE).read_bytes(), type=Plan)


def group_files(work: Path, what: str, group: int) -> list[Path]:
    """The pieces of one group, in the order in which they were cut."""
    folder = work / what / str(group)
    return sorted(folder.iterdir()) if folder.is_dir() else []
