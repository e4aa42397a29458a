"""A street on an open network: three who post, ninety who follow, and acts that are all counted."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from influencr.engine import Engine

from ..conftest import HEARD, NOW

#: Who posts, and how many follow each of them; the first so many fans.
CREATORS = {"ada": 90, "ben": 60, "cleo": 30}
#: Own posts of each, one every three days, the newest four days old.
POSTS = 12
#: Fans who repost every post of the creator, who like it, and who reply to it.
REPOSTS = {"ada": 9, "ben": 3, "cleo": 0}
LIKES = {"ada": 20, "ben": 20, "cleo": 20}
REPLIES = {"ada": 4, "ben": 2, "cleo": 1}
#: Ada answers two of her four replies, after an hour.
ANSWERED = {"ada": 2, "ben": 0, "cleo": 0}


def of(name: str) -> str:
    return f"bluesky:did:plc:{name}"


def append(engine: Engine, table: str, rows: list[dict[str, Any]]) -> None:
    engine.catalogue.append(table, pl.DataFrame(rows, infer_schema_length=None))


def person(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "profile_id": of(name),
        "platform": "bluesky",
        "handle": f"{name}.example",
        "account_created_at": NOW - timedelta(days=1_000),
        "indexable": True,
        **{**HEARD, **fields},
    }


def act(actor: str, post: str, kind: str, at: datetime | None) -> dict[str, Any]:
    return {"actor_id": of(actor), "post_id": post, "kind": kind, "at": at, **HEARD}


def posted(number: int) -> datetime:
    return NOW - timedelta(days=4 + 3 * number)


@pytest.fixture
def street(engine: Engine) -> Engine:
    """Fans do the same for every post; each creator also likes their own."""
    people = [
        person(name, followers=n, posts_count=POSTS, bio_text=f"{name} mends bicycles")
        for name, n in CREATORS.items()
    ]
    people += [person(f"fan{number}", posts_count=0) for number in range(max(CREATORS.values()))]
    follows, acts, posts = [], [], []
    for name, n in CREATORS.items():
        for fan in range(n):
            # One came every five days over more than a year; the last ones within this month.
            follows.append(
                {
                    "follower_id": of(f"fan{fan}"),
                    "followed_id": of(name),
                    "followed_at": NOW - timedelta(days=5 * (n - fan)),
                    **HEARD,
                }
            )
        for number in range(POSTS):
            uri, at = f"{name}-{number}", posted(number)
            posts.append(
                {
                    "post_id": uri,
                    "profile_id": of(name),
                    "created_at": at,
                    "kind": "post",
                    "text": f"wheel number {number} of {name}",
                    **HEARD,
                }
            )
            acts.append(act(name, uri, "like", at))
            soon = at + timedelta(hours=2)
            acts += [act(f"fan{fan}", uri, "repost", soon) for fan in range(REPOSTS[name])]
            acts += [act(f"fan{fan}", uri, "like", soon) for fan in range(LIKES[name])]
            for fan in range(REPLIES[name]):
                reply = f"{uri}-reply-{fan}"
                posts.append(
                    {
                        "post_id": reply,
                        "profile_id": of(f"fan{fan}"),
                        "created_at": soon,
                        "kind": "reply",
                        "reply_to": uri,
                        "text": (
                            f"how did you true wheel {number} with fan {fan} looking on"
                            if fan
                            else "nice"
                        ),
                        **HEARD,
                    }
                )
                if fan < ANSWERED[name]:
                    posts.append(
                        {
                            "post_id": f"{reply}-answer",
                            "profile_id": of(name),
                            "created_at": soon + timedelta(hours=1),
                            "kind": "reply",
                            "reply_to": reply,
                            "text": "with a spoke key and patience",
                            **HEARD,
                        }
                    )
    append(engine, "profiles", people)
    append(engine, "posts", posts)
    append(engine, "follows", follows)
    append(engine, "engagements", acts)
    return engine
