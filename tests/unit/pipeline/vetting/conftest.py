"""A small town on an open network: ordinary audiences, and accounts made and delivered together."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.engine import Engine

from ..conftest import HEARD, NOW

#: Followers of each creator who came by themselves, one after another over two years.
FANS = 320
#: Accounts made within two days, delivered within three hours to Mara.
DELIVERED = 120
CREATORS = ("mara", "nils", "olga", "pia")
ORDERED_AT = NOW - timedelta(days=60)


def person(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "profile_id": f"bluesky:did:plc:{name}",
        "platform": "bluesky",
        "handle": f"{name}.example",
        **HEARD,
        **fields,
    }


def follows(follower: str, followed: str, at: datetime | None) -> dict[str, Any]:
    return {
        "follower_id": f"bluesky:did:plc:{follower}",
        "followed_id": f"bluesky:did:plc:{followed}",
        "followed_at": at,
        **HEARD,
    }


def append(engine: Engine, table: str, rows: list[dict[str, Any]]) -> None:
    engine.catalogue.append(table, pl.DataFrame(rows, infer_schema_length=None))


@pytest.fixture
def town(engine: Engine) -> Engine:
    """Four people post; 320 others follow each, and 120 more were delivered to Mara."""
    draw = np.random.default_rng(7)
    seconds = 86_400
    people = [
        person(
            name,
            followers=FANS + (DELIVERED if name == "mara" else 0),
            posts_count=50,
            account_created_at=NOW - timedelta(days=1_500),
            bio_text=f"{name} paints boats",
        )
        for name in CREATORS
    ]
    edges = []
    for name in CREATORS:
        for number in range(FANS):
            made = int(draw.integers(730, 1_500) * seconds + draw.integers(seconds))
            came = int(draw.integers(0, 720) * seconds + draw.integers(seconds))
            fan = f"fan{name}{number}"
            people.append(
                person(
                    fan,
                    posts_count=0,
                    followers=int(draw.integers(5, 300)),
                    following=int(draw.integers(20, 400)),
                    account_created_at=NOW - timedelta(seconds=made),
                )
            )
            edges.append(follows(fan, name, NOW - timedelta(seconds=came)))
    for number in range(DELIVERED):
        unit = f"unit{number}"
        people.append(
            person(
                unit,
                posts_count=0,
                followers=0,
                following=900,
                account_created_at=NOW - timedelta(days=200, seconds=int(draw.integers(0, 90_000))),
            )
        )
        edges.append(
            follows(unit, "mara", ORDERED_AT + timedelta(seconds=int(draw.integers(0, 10_000))))
        )
    posts = [
        {
            "post_id": f"{name}-{number}",
            "profile_id": f"bluesky:did:plc:{name}",
            "created_at": NOW - timedelta(days=3 + 9 * number),
            "text": f"boat number {number}",
            "likes": 8 + number % 5,
            "reposts": number % 3,
            "replies": 1,
            **HEARD,
        }
        for name in CREATORS
        for number in range(20)
    ]
    append(engine, "profiles", people)
    append(engine, "posts", posts)
    append(engine, "follows", edges)
    return engine
