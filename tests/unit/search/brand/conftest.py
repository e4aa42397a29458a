"""Bakers, baristas and a runner, and a searcher that knows brands."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from influencr.index.columns import ColumnIndex
from influencr.kept import Kept, kept_key
from influencr.search import Lenses, Searcher
from influencr.search.brand import Brand

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


def creator(handle: str, bio: str, topics: list[str], **fields: Any) -> dict[str, Any]:
    return {
        "profile_id": f"tiktok:{handle}",
        "platform": "tiktok",
        "handle": handle,
        "display_name": handle.title(),
        "bio_text": bio,
        "topics": topics,
        "topic_weights": [0.8] * len(topics),
        "language": "en",
        "activity_state": "active",
        "followers": 1_000,
        "label": "creator",
        "verdict": "unknown",
        **fields,
    }


def crowd() -> list[dict[str, Any]]:
    named = [
        creator("rita", "Sourdough crumbshots, levain and rye", ["baking"]),
        creator("olaf", "Sauerteig und Roggenbrot, levain daily", ["baking"], language="de"),
        creator("kim", "Rye sourdough, crumbshots from my bakery", ["baking", "food"]),
        creator("bea", "Latte art and flat whites", ["coffee"]),
        creator("cleo", "Latte art, espresso, flat whites", ["coffee", "food"], language="fr"),
        creator("runa", "Marathons", ["running"]),
    ]
    # Others, so that a word of three people is rare.
    return named + [creator(f"n{i}", f"hello and number{i} there", []) for i in range(60)]


class World:
    """An index of the crowd, brands kept beside it, and a searcher over both."""

    def __init__(self, folder: Any) -> None:
        self.folder = folder
        self.index = ColumnIndex(folder / "index")
        self.index.build(pl.DataFrame(crowd(), infer_schema_length=None), as_of=AS_OF)
        self.kept = Kept(folder)
        self.searcher = Searcher(self.index, lenses=Lenses(self.kept, folder / "brands"))

    def keep(self, brand: Brand) -> Brand:
        import msgspec

        self.kept.save_brand(kept_key(brand.name), msgspec.json.encode(brand))
        return brand


@pytest.fixture
def world(tmp_path: Any) -> World:
    return World(tmp_path)
