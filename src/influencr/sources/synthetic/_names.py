"""How accounts, posts and packs are named in the observed files.

Identifiers use the reserved `did:example:` method and every handle ends in the reserved domain
`.example`, so that nothing here can be a real account.
"""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from influencr.sources.synthetic._random import Array, scatter
from influencr.sources.synthetic._sizes import Parameters

__all__ = ["Names", "instants"]


class Names:
    """Turns account, post and pack numbers into text, by gathering."""

    def __init__(self, p: Parameters) -> None:
        self.dids = "did:example:" + pl.Series(scatter(p.n_accounts, seed=p.seed)).cast(pl.String)
        self._packs: list[str] = []

    def did(self, accounts: Array) -> pl.Series:
        """The identifiers of accounts."""
        return self.dids.gather(pl.Series(accounts, dtype=pl.UInt32))

    def post_uris(self, accounts: Array, posts: Array) -> pl.Series:
        """The addresses of posts by their authors and post numbers."""
        key = (pl.Series(posts.astype("int64")) * 16 + 3_000_000_000_000).cast(pl.String)
        return "at://" + self.did(accounts) + "/app.bsky.feed.post/" + key

    def pack_uri(self, number: int, owner: int) -> str:
        """The address of a starter pack."""
        return f"at://{self.dids[owner]}/app.bsky.graph.starterpack/{7_000_000 + number}"


def instants(seconds: Array) -> pl.Series:
    """Seconds since 1970 as UTC times in microseconds."""
    return (
        pl.Series(seconds.astype("int64") * 1_000_000)
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone("UTC")
    )


def iso(seconds: float) -> str:
    """One moment as networks write it."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
