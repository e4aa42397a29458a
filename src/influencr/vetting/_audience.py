"""Who follows whom, in which order: the arrays that every group method of vetting reads.

An audience is a group of creators with all their follows one after another, oldest first, and one
table of the accounts behind these follows. It is arrays and not frames, because a hundred million
follows are read group by group and nothing may be paid per follow but a few vector operations.

Nothing is decided here. What can be checked cheaply (lengths, order of the starts, types) is
checked where an audience is made, so that the methods need not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from influencr.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

__all__ = ["ACCOUNT_STATES", "Accounts", "Audience"]

#: What `Accounts.state` counts. Neither quiet nor dormant ever means bought.
ACCOUNT_STATES = ("unknown", "active", "quiet", "dormant")

_ACCOUNT_TYPES: Mapping[str, type[np.generic]] = {
    "key": np.uint64,
    "created": np.int64,
    "p": np.float32,
    "state": np.int8,
    "bio": np.int32,
    "avatar": np.int32,
    "language": np.int16,
    "followers": np.int32,
    "following": np.int32,
}
_FOLLOW_TYPES: Mapping[str, type[np.generic]] = {
    "who": np.int32,
    "at": np.int64,
    "cause": np.int8,
    "mutual": np.bool_,
}
#: Columns that `Audience.creators` has at least.
CREATOR_COLUMNS = (
    "key",
    "profile_id",
    "platform",
    "language",
    "topic",
    "followers",
    "created",
)


class Accounts(NamedTuple):
    """One row per account that is known, or was only seen as somebody's follower.

    key                   uint64[m], the number by which a profile is known within one run
    created               int64[m], seconds since 1970 UTC; -1 unknown
    p                     float32[m], probability that the account looks bought; NaN unknown
    state                 int8[m], place in ACCOUNT_STATES; dormant (> 90 days) is not "bought"
    bio, avatar           int32[m], number of the group of equal or nearly equal ones; -1 when it
                          is empty, unknown or shared with nobody
    language              int16[m], place in a list of the caller's; -1 unknown
    followers, following  int32[m], as shown by the platform; -1 unknown
    """

    key: NDArray[np.uint64]
    created: NDArray[np.int64]
    p: NDArray[np.float32]
    state: NDArray[np.int8]
    bio: NDArray[np.int32]
    avatar: NDArray[np.int32]
    language: NDArray[np.int16]
    followers: NDArray[np.int32]
    following: NDArray[np.int32]

    @classmethod
    def of(cls, key: NDArray[np.uint64], **known: NDArray[np.generic]) -> Accounts:
        """Accounts with everything unknown that is not given; arrays are cast to their types.

        Raises SchemaError when an array has another length than `key`, or a name is not a field.

        >>> accounts = Accounts.of(np.arange(3, dtype=np.uint64), created=np.array([5, -1, 7]))
        >>> accounts.created.tolist(), accounts.bio.tolist()
        ([5, -1, 7], [-1, -1, -1])
        """
        strange = sorted(set(known) - set(_ACCOUNT_TYPES))
        if strange:
            raise SchemaError(
                f"Accounts have no {strange[0]!r}; valid: {', '.join(_ACCOUNT_TYPES)}.",
                field=strange[0],
                valid=list(_ACCOUNT_TYPES),
            )
        m = len(key)
        given: dict[str, NDArray[np.generic]] = {"key": key, **known}
        columns = []
        for name, kind in _ACCOUNT_TYPES.items():
            if name in given:
                column = np.asarray(given[name]).astype(kind, copy=False)
            elif name == "p":
                column = np.full(m, np.nan, dtype=kind)
            else:
                column = np.full(m, 0 if name == "state" else -1, dtype=kind)
            if column.shape != (m,):
                raise SchemaError(
                    f"Accounts.{name} has the shape {column.shape}, expected ({m},).", field=name
                )
            columns.append(column)
        return cls(*columns)


class Audience(NamedTuple):
    """A group of creators with all follows that were seen of each, oldest first.

    creators   one row per creator, in the order of `starts`: `key, profile_id, platform, language,
               topic` (the main one, may be null), `followers` (the count the platform shows, may
               be null) and `created` (seconds UTC, may be null)
    starts     int64[n_creators + 1]; follows of creator i are starts[i] .. starts[i + 1] - 1, in
               order of arrival
    who        int32[n], row in `accounts`
    at         int64[n], seconds UTC of the follow; -1 when only the order is known. A time before
               the account's own creation is a client's clock and is to be given as unknown
    cause      int8[n], what explains the follow: place in `crowds.CAUSES`; 0 when nothing is known
    mutual     bool[n], the creator follows this follower
    accounts   shared by all groups of one run
    """

    creators: pl.DataFrame
    starts: NDArray[np.int64]
    who: NDArray[np.int32]
    at: NDArray[np.int64]
    cause: NDArray[np.int8]
    mutual: NDArray[np.bool_]
    accounts: Accounts

    @classmethod
    def of(
        cls,
        creators: pl.DataFrame,
        starts: NDArray[np.int64],
        who: NDArray[np.int32],
        accounts: Accounts,
        *,
        at: NDArray[np.int64] | None = None,
        cause: NDArray[np.int8] | None = None,
        mutual: NDArray[np.bool_] | None = None,
    ) -> Audience:
        """An audience whose parts fit together.

        Times, causes and mutual follows that are not given are unknown, none and no.

        Raises SchemaError when a column of `creators` is missing, when `starts` does not rise from
        0 to the number of follows, when arrays differ in length, or when `who` points outside the
        accounts.
        """
        missing = [c for c in CREATOR_COLUMNS if c not in creators.columns]
        if missing:
            raise SchemaError(
                f"The creators of an audience need the column {missing[0]!r}.", field=missing[0]
            )
        begins = np.asarray(starts, dtype=np.int64)
        n = len(who)
        if begins.shape != (len(creators) + 1,):
            raise SchemaError(
                f"Audience.starts has {begins.size} numbers for {len(creators)} creators; one more "
                "than creators is needed.",
                field="starts",
            )
        if begins[0] != 0 or begins[-1] != n or (np.diff(begins) < 0).any():
            raise SchemaError(
                f"Audience.starts must rise from 0 to the {n} follows.", field="starts"
            )
        given = {
            "who": who,
            "at": np.full(n, -1) if at is None else at,
            "cause": np.zeros(n) if cause is None else cause,
            "mutual": np.zeros(n) if mutual is None else mutual,
        }
        arrays = {}
        for name, kind in _FOLLOW_TYPES.items():
            arrays[name] = np.asarray(given[name]).astype(kind, copy=False)
            if arrays[name].shape != (n,):
                raise SchemaError(
                    f"Audience.{name} has the shape {arrays[name].shape}, expected ({n},).",
                    field=name,
                )
        if n and (arrays["who"].min() < 0 or arrays["who"].max() >= len(accounts.key)):
            raise SchemaError(
                f"Audience.who points outside the {len(accounts.key)} accounts.", field="who"
            )
        return cls(creators, begins, accounts=accounts, **arrays)

    @property
    def seen(self) -> NDArray[np.int64]:
        """int64[n_creators]: how many followers of each creator were seen."""
        return np.diff(self.starts)

    def rows(self, creator: int) -> slice:
        """Where the follows of one creator lie in `who`, `at`, `cause` and `mutual`."""
        return slice(int(self.starts[creator]), int(self.starts[creator + 1]))

    def take(self, creators: NDArray[np.integer] | list[int]) -> Audience:
        """The same audience of some creators only, in the order asked for; accounts are shared.

        creators   rows of `self.creators`; a row may be asked for twice
        """
        chosen = np.asarray(creators, dtype=np.int64)
        lengths = self.seen[chosen]
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        # Follow j of the chosen ones lies as far behind its creator's start here as it did there.
        shift = np.repeat(self.starts[chosen] - starts[:-1], lengths)
        rows = np.arange(int(starts[-1]), dtype=np.int64) + shift
        return self._replace(
            creators=self.creators[chosen],
            starts=starts,
            who=self.who[rows],
            at=self.at[rows],
            cause=self.cause[rows],
            mutual=self.mutual[rows],
        )
