"""What every judge owes, as a list of named checks; published, so that others' judges run them.

    @pytest.mark.parametrize("check", list(check_judge(MY_JUDGE)), ids=lambda c: c.name)
    def test_my_judge(check):
        check.run()

A judge is a pure function from catalogue frames to one row per profile. What it is asked with here
is made up (`a_small_world`) and includes profiles about which nothing is known.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AS_OF", "Check", "Frames", "Judge", "a_small_world", "check_judge"]

#: The instant to which the small world refers.
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)

_SILENT = "tiktok:silent"


class Frames(NamedTuple):
    """What a judge may read: latest profiles, posts and packs."""

    profiles: pl.DataFrame
    posts: pl.DataFrame
    packs: pl.DataFrame


class Judge(NamedTuple):
    """A judge to be checked.

    name      for the report
    module    where METHOD and VERSION are declared
    ask       frames -> one row per profile
    unknown   output column that is null, empty or "unknown" when nothing is known
    reason    output column with the sentence, or None where an empty list is its own reason
    """

    name: str
    module: ModuleType
    ask: Callable[[Frames], pl.DataFrame]
    unknown: str
    reason: str | None


class Check(NamedTuple):
    """One promise; `run` raises AssertionError with a sentence when it is broken."""

    name: str
    run: Callable[[], None]


def check_judge(judge: Judge) -> Iterator[Check]:
    """The checks that every judge must pass."""
    checks: dict[str, Callable[[Judge], None]] = {
        "declares its method and version": _declares,
        "answers one row per profile, in order": _one_row_each,
        "gives the same answer twice": _same_twice,
        "gives the same answer for reordered input": _same_reordered,
        "does not look at other profiles' rows": _each_alone,
        "refuses on missing data, with a reason": _refuses,
        "answers an empty batch with an empty frame": _empty,
        "leaves its input as it was": _pure,
    }
    for name, function in checks.items():
        yield Check(f"{judge.name}: {name}", _bound(function, judge))


def _bound(function: Callable[[Judge], None], judge: Judge) -> Callable[[], None]:
    def run() -> None:
        function(judge)

    return run


def a_small_world(n: int = 24) -> Frames:
    """Profiles with everything, with little, and `tiktok:silent` with nothing but a name."""
    import polars as pl

    profile_types = _types("profiles")
    post_types = _types("posts")
    pack_types = _types("packs")
    heard: dict[str, Any] = {
        "source": "import:check",
        "fetched_at": AS_OF,
        "fetch_method": "import",
        "licence": "synthetic",
        "policy": 15,
    }
    bios = ("Baker in Lyon #sourdough", "Gym coach, Berlin", "写真と旅行が好きです", "", None)
    profiles: list[dict[str, Any]] = [
        {
            "profile_id": f"tiktok:{i}",
            "platform": "tiktok",
            "handle": f"person{i}",
            "bio_text": bios[i % len(bios)],
            "place_country": "FR" if i % 3 else None,
            "followers": None if i % 7 == 0 else 10 ** (i % 6),
            "mean_likes": float(i) if i % 4 == 0 else None,
            **heard,
        }
        for i in range(n)
    ]
    profiles.append({"profile_id": _SILENT, "platform": "tiktok", **heard})
    posts = [
        {
            "post_id": f"{i}-{k}",
            "profile_id": f"tiktok:{i}",
            "created_at": AS_OF - timedelta(days=3 + k * (1 + i % 20)),
            "text": "fresh bread #baking" if i % 2 else "leg day at the gym",
            "likes": 5 * k + i,
            "replies": k,
            **heard,
        }
        for i in range(n)
        for k in range(i % 9)
    ]
    packs = [
        {"pack_id": f"pack{i % 3}", "member_id": f"tiktok:{i}", "name": "Berlin bakers", **heard}
        for i in range(0, n, 4)
    ]
    return Frames(
        pl.DataFrame(profiles, schema=profile_types),
        pl.DataFrame(posts, schema=post_types),
        pl.DataFrame(packs, schema=pack_types),
    )


def _types(table: str) -> dict[str, Any]:
    import polars as pl

    from influencr.records import OBSERVED, columns

    kinds: dict[str, Any] = {
        "text": pl.String,
        "int": pl.Int64,
        "float": pl.Float64,
        "bool": pl.Boolean,
        "time": pl.Datetime("us", "UTC"),
        "texts": pl.List(pl.String),
    }
    return {column.name: kinds[column.kind] for column in columns(OBSERVED[table])}


def _declares(judge: Judge) -> None:
    for name in ("METHOD", "VERSION"):
        value = getattr(judge.module, name, None)
        _must(isinstance(value, str) and value, f"{judge.module.__name__} declares no {name}")


def _one_row_each(judge: Judge) -> None:
    world = a_small_world()
    answer = judge.ask(world)
    _must(
        answer["profile_id"].to_list() == world.profiles["profile_id"].to_list(),
        "the rows are not those of the profiles, in their order",
    )


def _same_twice(judge: Judge) -> None:
    world = a_small_world()
    _must(judge.ask(world).equals(judge.ask(world)), "two runs gave different answers")


def _same_reordered(judge: Judge) -> None:
    world = a_small_world()
    rng = random.Random(7)  # noqa: S311 - a fixed shuffle, nothing secret
    shuffled = Frames(*(frame[rng.sample(range(len(frame)), len(frame))] for frame in world))
    _must(
        judge.ask(world).sort("profile_id").equals(judge.ask(shuffled).sort("profile_id")),
        "the order of the input rows changed the answer",
    )


def _each_alone(judge: Judge) -> None:
    world = a_small_world()
    together = judge.ask(world)
    for number in (0, 5, len(world.profiles) - 1):
        alone = judge.ask(world._replace(profiles=world.profiles[number : number + 1]))
        _must(
            alone.equals(together[number : number + 1]),
            f"{world.profiles['profile_id'][number]} is judged differently in other company",
        )


def _refuses(judge: Judge) -> None:
    answer = judge.ask(a_small_world())
    row = answer.filter(answer["profile_id"] == _SILENT).row(0, named=True)
    said = row[judge.unknown]
    _must(said in (None, "unknown", []), f"{judge.unknown} is {said!r} although nothing is known")
    if judge.reason is not None:
        _must(bool(row[judge.reason]), f"{judge.reason} is empty where the judge refused")


def _empty(judge: Judge) -> None:
    world = a_small_world()
    answer = judge.ask(Frames(world.profiles[:0], world.posts[:0], world.packs[:0]))
    _must(len(answer) == 0, "rows came out of no profiles")
    _must(answer.schema == judge.ask(world).schema, "an empty answer has other columns")


def _pure(judge: Judge) -> None:
    world = a_small_world()
    copies = Frames(*(frame.clone() for frame in world))
    judge.ask(world)
    _must(all(a.equals(b) for a, b in zip(world, copies, strict=True)), "the input frames changed")


def _must(holds: object, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)
