"""A few named people in a catalogue, written the way a source would deliver them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HEARD: dict[str, Any] = {
    "source": "import:people.csv",
    "fetched_at": NOW,
    "fetch_method": "import",
    "licence": "user-import",
    "policy": 15,
}


def profile(handle: str, *, platform: str = "tiktok", **fields: Any) -> dict[str, Any]:
    return {
        "profile_id": f"{platform}:id-{handle}",
        "platform": platform,
        "handle": handle,
        "followers": 1_000,
        "posts_count": 10,
        **HEARD,
        **fields,
    }


def post(number: int, handle: str, *, platform: str = "tiktok", **fields: Any) -> dict[str, Any]:
    return {
        "post_id": f"{handle}-{number}",
        "profile_id": f"{platform}:id-{handle}",
        "created_at": NOW - timedelta(days=4 + number),
        "text": f"fresh bread number {number} #baking",
        "likes": 20 + number,
        **HEARD,
        **fields,
    }


def put(engine: Engine, table: str, rows: list[dict[str, Any]]) -> None:
    engine.catalogue.append(table, pl.DataFrame(rows, infer_schema_length=None))


class Later(datetime):
    """A clock that can be set ahead."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) + cls.ahead


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set every clock of the expiry ahead by so many days."""
    from influencr.catalogue import _catalogue, _views
    from influencr.engine import _expiry
    from influencr.pipeline import _expire

    monkeypatch.setattr(Later, "ahead", timedelta(0))
    for module in (_expire, _expiry, _catalogue, _views):
        monkeypatch.setattr(module, "datetime", Later)

    def go(days: float) -> None:
        Later.ahead = timedelta(days=days)

    return go


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path / "home", create=True)


@pytest.fixture
def village(engine: Engine) -> Engine:
    """Ana bakes and posts; Bob coaches and never posted here; Chloé keeps to herself."""
    put(
        engine,
        "profiles",
        [
            profile("ana", bio_text="Baker in Lyon, sourdough every day", place_country="FR"),
            profile("bob", bio_text="Gym coach and runner in Berlin", place_country="DE"),
            profile("chloe", bio_text="Photographer", is_private=True),
        ],
    )
    put(engine, "posts", [post(i, "ana") for i in range(6)])
    return engine
