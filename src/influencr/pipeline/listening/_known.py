"""Whom listening is about: the accounts of the network that the catalogue holds as profiles.

Accounts that only reacted to somebody, or that may not be indexed, are not among them: what they
write is not kept. Others (collecting, an import) may add people while this runs, so the table is
looked at again now and then, at the cost of the rows that are new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from influencr.records import Policy

if TYPE_CHECKING:
    from influencr.catalogue import Catalogue

__all__ = ["Known"]

_PREFIX = "bluesky:"


class Known:
    """`dids` is one set that grows and shrinks in place; give it to the fold.

    A set of Python texts: about 120 bytes an account.
    """

    def __init__(self, catalogue: Catalogue, *, gone: list[str]) -> None:
        self._catalogue = catalogue
        self._files: tuple[str, ...] = ()
        self.dids: set[str] = set()
        #: Accounts that were deleted and are about to be erased.
        self._gone = {name.removeprefix(_PREFIX) for name in gone}
        self.look()

    def __len__(self) -> int:
        return len(self.dids)

    def look(self) -> int:
        """Take in who is new in the catalogue; how many were."""
        snapshot = self._catalogue.snapshot()
        if snapshot.files["profiles"] == self._files:
            return 0
        rows = snapshot.added("profiles", self._files)
        if rows is None:
            rows = snapshot.scan("profiles")
        self._files = snapshot.files["profiles"]
        before = len(self.dids)
        listed = (
            rows.filter(pl.col("profile_id").str.starts_with(f"{_PREFIX}did:"))
            .group_by("profile_id")
            .agg(pl.col("policy").max_by("fetched_at"))
            .filter(pl.col("policy") & int(Policy.INDEX) != 0)
            .select(pl.col("profile_id").str.strip_prefix(_PREFIX))
            .collect(engine="streaming")
        )
        self.dids.update(listed["profile_id"].to_list())
        self.dids -= self._gone
        return len(self.dids) - before

    def drop(self, profile_ids: list[str]) -> None:
        """These were purged: taken in again when somebody stores them again."""
        self.dids.difference_update(name.removeprefix(_PREFIX) for name in profile_ids)

    def leave(self, profile_ids: list[str]) -> None:
        """These were deleted: they are not taken in again."""
        names = {name.removeprefix(_PREFIX) for name in profile_ids}
        self._gone |= names
        self.dids -= names
