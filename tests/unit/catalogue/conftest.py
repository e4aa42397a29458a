"""A small cast and the frames they appear in: Ana leaves in the erasure tests, Ben stays."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from influencr.catalogue import Catalogue

DAY_1 = datetime(2026, 1, 1, tzinfo=UTC)
PROVENANCE = {
    "source": "import:test.csv",
    "fetched_at": DAY_1,
    "fetch_method": "import",
    "licence": "user-import",
    "policy": 15,
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue", salt=b"salt of the tests")


@pytest.fixture
def again(catalogue: Catalogue) -> Callable[[], Catalogue]:
    """The same catalogue as another process sees it: nothing cached."""
    return lambda: Catalogue(catalogue.root, salt=b"salt of the tests")


@pytest.fixture
def rows() -> Callable[..., pl.DataFrame]:
    """rows([{...}, ...], day=3, **same) -> frame with provenance; `day` is the day of January."""

    def make(values: list[dict[str, object]], *, day: int = 1, **same: object) -> pl.DataFrame:
        provenance = {**PROVENANCE, "fetched_at": DAY_1.replace(day=day), **same}
        return pl.DataFrame([{**provenance, **value} for value in values], infer_schema_length=None)

    return make


@pytest.fixture
def world(rows: Callable[..., pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Every table, with Ana (bluesky:did:plc:ana111, @ana.bakes) everywhere she can stand."""
    ana, ben, cleo = "bluesky:did:plc:ana111", "bluesky:did:plc:ben222", "bluesky:did:plc:cleo333"
    ana_post = "bluesky:at://did:plc:ana111/app.bsky.feed.post/aaa"
    unseen_post = "bluesky:at://did:plc:ana111/app.bsky.feed.post/never-stored"
    ben_post = "bluesky:at://did:plc:ben222/app.bsky.feed.post/bbb"
    ana_pack = "bluesky:at://did:plc:ana111/app.bsky.graph.starterpack/ppp"
    ben_pack = "bluesky:at://did:plc:ben222/app.bsky.graph.starterpack/qqq"
    same = {"platform": "bluesky"}
    return {
        "profiles": rows(
            [
                {
                    "profile_id": ana,
                    "handle": "Ana.Bakes",
                    "display_name": "Ana Ofenfrisch",
                    **same,
                },
                {"profile_id": "bluesky:@ana.bakes", "bio_text": "sourdough by ana", **same},
                {"profile_id": ben, "handle": "ben.runs", "display_name": "Ben", **same},
                {"profile_id": cleo, "handle": "cleo.paints", "display_name": "Cleo", **same},
            ]
        ),
        "posts": rows(
            [
                {"post_id": ana_post, "profile_id": "bluesky:@ana.bakes", "text": "ana's rye loaf"},
                {
                    "post_id": ben_post,
                    "profile_id": ben,
                    "text": "what a morning",
                    "reply_to": ana_post,
                    "mentions": ["ana.bakes", "cleo.paints"],
                },
                {"post_id": "bluesky:ccc", "profile_id": cleo, "text": "blue", "mentions": []},
            ]
        ),
        "follows": rows(
            [
                {"follower_id": ana, "followed_id": ben, "via_id": None},
                {"follower_id": cleo, "followed_id": "bluesky:@ana.bakes", "via_id": None},
                {"follower_id": cleo, "followed_id": ben, "via_id": ana_pack},
                {"follower_id": ben, "followed_id": cleo, "via_id": ben_pack},
            ]
        ),
        "engagements": rows(
            [
                {"actor_id": ana, "post_id": ben_post, "kind": "like"},
                {"actor_id": ben, "post_id": ana_post, "kind": "like"},
                {"actor_id": ben, "post_id": unseen_post, "kind": "like"},
                {"actor_id": cleo, "post_id": ben_post, "kind": "like"},
            ]
        ),
        "packs": rows(
            [
                {"pack_id": ana_pack, "member_id": ben, "owner_id": ana, "name": "ana's bakers"},
                {"pack_id": ben_pack, "member_id": ana, "owner_id": ben, "name": "runners"},
                {"pack_id": ben_pack, "member_id": cleo, "owner_id": ben, "name": "runners"},
            ]
        ),
    }
