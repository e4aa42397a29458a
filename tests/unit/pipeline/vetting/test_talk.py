"""Whose words are read, and whose replies count."""

from datetime import timedelta
from typing import Any

from influencr.engine import Engine
from influencr.pipeline.vetting import _talk

from ..conftest import HEARD, NOW
from .conftest import append, person


def of(name: str) -> str:
    return f"bluesky:did:plc:{name}"


def reply(name: str, to: str, number: int, **fields: Any) -> dict[str, Any]:
    return {
        "post_id": f"reply-{to}-{number}",
        "profile_id": of(name),
        "created_at": NOW - timedelta(days=1, minutes=number),
        "kind": "reply",
        "reply_to": f"{to}-{number % 20}",
        "text": f"what a fine boat number {number} is, and where is it bound",
        **HEARD,
        **fields,
    }


def detail(town: Engine, name: str) -> str | None:
    (row,) = town.vet([f"{name}.example"])
    found = [e for e in row.verdict.evidence if e.statistic == "generic_replies"]
    return found[0].checked[0].detail if found else None


def test_words_and_voices_that_may_not_be_read(town: Engine) -> None:
    later = NOW + timedelta(minutes=1)
    closed = [
        person(f"fannils{n}", indexable=False, fetched_at=later, posts_count=1) for n in range(25)
    ]
    young = [
        person(f"fanolga{n}", bio_text="i'm 15", fetched_at=later, posts_count=1) for n in range(8)
    ]
    append(town, "profiles", [*closed, *young])
    append(town, "posts", [reply(f"fannils{n}", "nils", n) for n in range(40)])
    append(town, "posts", [reply(f"fanolga{n}", "olga", n) for n in range(30)])
    town.refresh()
    # Fifteen texts may be read; twenty are needed.
    assert detail(town, "nils") is None
    told = detail(town, "olga")
    assert told is not None
    assert told.startswith("22 replies of 22 people.")


def test_pods_are_found_and_leave_the_verdict_alone(town: Engine) -> None:
    """Nine people who post and like each other's posts within minutes, in a town of fans."""
    names = [f"podder{n}" for n in range(9)]
    others = [f"other{n}" for n in range(150)]
    append(town, "profiles", [person(n, followers=9, posts_count=9) for n in [*names, *others]])
    posts: list[dict[str, Any]] = [
        {
            "post_id": name,
            "profile_id": of(name),
            "created_at": NOW - timedelta(days=3),
            "text": "a new oar",
            **HEARD,
        }
        for name in others
    ]
    acts: list[dict[str, Any]] = []
    for name in names:
        for number in range(6):
            at = NOW - timedelta(days=2 + number, hours=names.index(name))
            posts.append(
                {
                    "post_id": f"{name}-{number}",
                    "profile_id": of(name),
                    "created_at": at,
                    "text": "a new sail",
                    **HEARD,
                }
            )
            acts += [
                {
                    "actor_id": of(other),
                    "post_id": f"{name}-{number}",
                    "kind": "like",
                    "at": at + timedelta(minutes=5),
                    **HEARD,
                }
                for other in names
                if other != name
            ]
    # Fans like the boats of the others, some time.
    acts += [
        {
            "actor_id": of(f"fan{name}{n}"),
            "post_id": f"{name}-{n % 20}",
            "kind": "like",
            "at": NOW - timedelta(hours=n),
            **HEARD,
        }
        for name in ("mara", "nils", "olga", "pia")
        for n in range(60)
    ]
    append(town, "posts", posts)
    append(town, "engagements", acts)
    follows = [
        {
            "follower_id": of(f"fannils{n}"),
            "followed_id": of(name),
            "followed_at": NOW - timedelta(days=30 + n),
            **HEARD,
        }
        for name in names
        for n in range(9)
    ]
    append(town, "follows", follows)
    town.refresh()
    for row in town.vet([f"{name}.example" for name in names]):
        found = [e for e in row.verdict.evidence if e.statistic == "reciprocal_pod"]
        assert len(found) == 1
        assert found[0].fires
        assert row.verdict.share.members == 0
        assert row.verdict.status in ("unknown", "needs_a_look")
    (nils,) = town.vet(["nils.example"])
    assert not [e for e in nils.verdict.evidence if e.statistic == "reciprocal_pod"]


def test_how_many_posts_are_read() -> None:
    assert _talk.POSTS_READ == 50
