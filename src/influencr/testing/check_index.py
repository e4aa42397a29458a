"""Named checks that any `SearchIndex` must pass, ours and those of others.

    for check in check_index(make):
        check.run(folder)

`make(folder)` opens the index that lives in the folder, new or old; it is called several times on
the same folder, as several processes would. A check raises AssertionError with what was promised.
The first five are the traps of the engine that ships with influencr (docs/decisions/0006); they
are promises all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from influencr.errors import Busy, SchemaError
from influencr.index import (
    And,
    Anyone,
    Boost,
    Constant,
    Node,
    Not,
    Or,
    Order,
    Phrase,
    Prefer,
    Prefix,
    Range,
    SearchIndex,
    Snapshot,
    Term,
    Terms,
    tie,
)

if TYPE_CHECKING:
    import polars as pl

__all__ = ["IndexCheck", "check_index", "sample"]

_AS_OF = datetime(2026, 1, 1, tzinfo=UTC)

Make = Callable[[Path], SearchIndex]


class IndexCheck(NamedTuple):
    """One promise; `run(folder)` raises AssertionError when it is not kept."""

    name: str
    run: Callable[[Path], None]


def check_index(make: Make) -> Iterator[IndexCheck]:
    """Every check, each with its name; give each an empty folder of its own."""
    for check in _CHECKS:
        name = check.__name__.removeprefix("_").replace("_", " ")
        yield IndexCheck(name, lambda folder, check=check: check(make, folder))  # type: ignore[misc]


def sample(n: int = 40) -> pl.DataFrame:
    """A small creators frame in several scripts, with every kind of unknown in it."""
    import polars as pl

    bios = [
        "Vegan food 🍜 and more",
        "東京ラーメン #ramen",
        "مكياج و جمال",
        "❤️ makeup artist @ana.b",
        None,
    ]
    return pl.DataFrame(
        {
            "profile_id": [f"tiktok:{i}" for i in range(n)],
            "platform": ["tiktok" if i % 2 else "bluesky" for i in range(n)],
            "handle": [f"someone_{i}" for i in range(n)],
            "display_name": [None if i % 7 == 0 else f"Name {i % 5}" for i in range(n)],
            "bio_text": [bios[i % 5] for i in range(n)],
            "topics": [[f"topic {i % 3}", "food"] if i % 4 else [] for i in range(n)],
            "country": [None if i % 3 == 0 else "FR" for i in range(n)],
            "place_id": [None if i % 3 == 0 else i for i in range(n)],
            "followers": [None if i % 5 == 0 else i * 1000 for i in range(n)],
            "engagement_rate": [None if i % 2 else i / 1000 for i in range(n)],
            "activity_state": [("active", "quiet", "dormant", "unknown")[i % 4] for i in range(n)],
        },
        schema_overrides={"place_id": pl.Int64, "followers": pl.Int64},
    )


def _expect(kept: bool, promise: str) -> None:
    if not kept:
        raise AssertionError(promise)


def _built(make: Make, folder: Path, frame: pl.DataFrame | None = None) -> SearchIndex:
    index = make(folder)
    index.build(sample() if frame is None else frame, as_of=_AS_OF)
    return index


def _ids(snapshot: Snapshot, node: Node) -> set[str]:
    return {e.profile_id for e in snapshot.page(node, Order("quality"), limit=1000)}


def _upsert_replaces(make: Make, folder: Path) -> None:
    """Trap 1."""
    index = _built(make, folder)
    changed = sample().head(1).with_columns(bio_text=_text("a new bio"), country=_text("DE"))
    for _ in range(2):
        index.upsert(changed)
        index.commit()
    snapshot = index.snapshot()
    _expect(snapshot.count(Term("uid", "tiktok:0")) == 1, "a profile is in the index once")
    _expect(snapshot.count(Anyone()) == 40, "an upsert adds nobody")
    row = snapshot.creators(["tiktok:0"])["tiktok:0"]
    _expect(row["country"] == "DE" and row["bio_text"] == "a new bio", "the new row is stored")
    _expect("tiktok:0" in _ids(snapshot, Term("bio", "new")), "the new words are found")
    index.close()


def _text(value: str) -> Any:
    import polars as pl

    return pl.lit(value)


def _numbers_come_back(make: Make, folder: Path) -> None:
    """Trap 2."""
    import polars as pl

    big = 2**40 + 1
    frame = sample(3).with_columns(
        place_id=pl.Series([big, 7, None], dtype=pl.Int64),
        followers=pl.Series([big, 0, None], dtype=pl.Int64),
    )
    index = _built(make, folder, frame)
    snapshot = index.snapshot()
    _expect(_ids(snapshot, Term("place", big)) == {"tiktok:0"}, "a large place id is found")
    _expect(_ids(snapshot, Terms("place", (7, 9))) == {"tiktok:1"}, "a set of ids is found")
    _expect(_ids(snapshot, Range("followers", big, big)) == {"tiktok:0"}, "numbers are exact")
    _expect(_ids(snapshot, Range("followers", None, big)) == {"tiktok:0", "tiktok:1"}, "0 counts")
    row = snapshot.creators(["tiktok:0"])["tiktok:0"]
    _expect(row["followers"] == big and row["place_id"] == big, "numbers are stored as given")
    index.close()


def _second_writer_is_told(make: Make, folder: Path) -> None:
    """Trap 3."""
    index = _built(make, folder)
    other = make(folder)
    index.delete(["tiktok:1"])
    for write in (
        lambda: other.delete(["tiktok:2"]),
        lambda: other.upsert(sample(1)),
        lambda: other.build(sample(1), as_of=_AS_OF),
        lambda: other.erase(["tiktok:2"]),
    ):
        try:
            write()
        except Busy as busy:
            _expect("written by" in str(busy), "the sentence says who is writing")
        else:
            raise AssertionError("a second writer is refused with Busy")
    _expect(other.snapshot().count(Anyone()) == 40, "readers answer while somebody writes")
    index.commit()
    _expect(other.snapshot().count(Anyone()) == 39, "readers see a commit of another")
    other.delete(["tiktok:2"])
    other.commit()
    _expect(index.snapshot().count(Anyone()) == 38, "the lock is free after a commit")
    index.close()
    other.close()


def _opened_again_it_can_do_everything(make: Make, folder: Path) -> None:
    """Trap 4: nothing that reading or writing needs lives only in the process that built it."""
    _built(make, folder).close()
    index = make(folder)
    snapshot = index.snapshot()
    _expect(snapshot.count(Phrase("all", ("makeup", "artist"))) == 8, "phrases work")
    _expect(snapshot.values(Anyone(), ("platform",))["platform"]["tiktok"] == 20, "facets work")
    index.upsert(sample(41).tail(1))
    index.commit()
    _expect(index.snapshot().count(Term("all", "someone")) == 41, "writing works")
    index.close()


def _no_script_is_lost(make: Make, folder: Path) -> None:
    """Trap 5."""
    index = _built(make, folder)
    snapshot = index.snapshot()
    for what, node in (
        ("an emoji", Term("all", "🍜")),
        ("an emoji with a selector", Term("all", "❤")),
        ("a Chinese word inside a run", Phrase("bio", ("東", "京"))),
        ("Japanese with a long vowel", Phrase("all", ("ラ", "ー", "メ", "ン"))),
        ("a hashtag", Term("all", "#ramen")),
        ("the word of a hashtag", Term("all", "ramen")),
        ("a mention", Term("all", "@ana.b")),
        ("Arabic", Term("all", "مكياج")),
    ):
        _expect(snapshot.count(node) == 8, f"{what} is found")
    index.close()


def _nodes_mean_what_they_say(make: Make, folder: Path) -> None:
    index = _built(make, folder)
    snapshot = index.snapshot()
    vegan, tiktok = Term("all", "vegan"), Term("platform", "tiktok")
    everybody = _ids(snapshot, Anyone())
    a, b = _ids(snapshot, vegan), _ids(snapshot, tiktok)
    for node, members in (
        (And((vegan, tiktok)), a & b),
        (Or((vegan, tiktok)), a | b),
        (And((vegan, Not(tiktok))), a - b),
        (Not(vegan), everybody - a),
        (Not(Not(vegan)), a),
        (And((Not(vegan), Not(tiktok))), everybody - a - b),
        (And(()), everybody),
        (Or(()), set()),
        (Terms("place", ()), set()),
        (Prefer(vegan, (tiktok,)), a),
        (Constant(vegan, 0.0), a),
        (Boost(vegan, 2.0), a),
    ):
        _expect(_ids(snapshot, node) == members, f"{node} matches the right creators")
        _expect(snapshot.count(node) == len(members), f"{node} counts the right creators")
    index.close()


def _prefixes_are_complete(make: Make, folder: Path) -> None:
    import polars as pl

    n = 300
    frame = pl.DataFrame(
        {
            "profile_id": [f"tiktok:{i}" for i in range(n)],
            "platform": ["tiktok"] * n,
            "bio_text": [f"good prefix{i} a.b*c+d" for i in range(n)],
        }
    )
    index = _built(make, folder, frame)
    snapshot = index.snapshot()
    _expect(snapshot.count(Prefix("all", "prefix")) == n, "a prefix finds every word")
    _expect(snapshot.count(Prefix("all", "prefix29")) == 11, "and only those")
    _expect(
        snapshot.count(Phrase("all", ("good", "prefix"), last_is_prefix=True)) == n,
        "a phrase that ends in a beginning finds every word",
    )
    for value in ("a.b", "(", "[a", "*", "good|", "\\", "#", "a{2"):
        _expect(snapshot.count(Prefix("all", value)) == 0, f"{value!r} is text, not a pattern")
    index.close()


def _scores_are_exact(make: Make, folder: Path) -> None:
    index = _built(make, folder)
    snapshot = index.snapshot()
    vegan = Term("all", "vegan")
    node = Boost(Prefer(vegan, (Boost(Term("bio", "food"), 3.0), Term("name", "nobody"))), 0.625)
    ids = sorted(_ids(snapshot, vegan))
    worth = snapshot.scores(And((node, Constant(Anyone(), 0.0))), ids)
    _expect(worth == dict.fromkeys(ids, 2.5), "boosts, extras and sums are exact")
    for entry in snapshot.page(node, Order("score"), limit=100):
        quality = snapshot.page(Term("uid", entry.profile_id), Order("quality"), limit=1)
        _expect(
            entry.value == 2.5 * float(quality[0].value) / 512, "score is worth x quality, exactly"
        )
    index.close()


def _every_order_pages_alike(make: Make, folder: Path) -> None:
    index = _built(make, folder, sample(97))
    snapshot = index.snapshot()
    node = Prefer(Anyone(), (Boost(Term("bio", "vegan"), 2.0),))
    for order in (
        Order("followers"),
        Order("followers", descending=False),
        Order("engagement"),
        Order("quality"),
        Order("name", descending=False),
        Order("score"),
    ):
        whole = snapshot.page(node, order, limit=1000)
        _expect(len({e.profile_id for e in whole}) == 97, f"{order}: everybody once")
        keys = [(e.value, e.tie) for e in whole]
        by_tie = sorted(keys, key=lambda k: k[1])
        _expect(
            keys == sorted(by_tie, key=lambda k: k[0], reverse=order.descending),
            f"{order}: by value, then by tie",
        )
        _expect(all(e.tie == tie(e.profile_id) for e in whole), "ties are of the profile id")
        for size in (1, 10, 96):
            for wrong in (0, 5):
                pages: list[Any] = []
                while page := snapshot.page(
                    node,
                    order,
                    limit=size,
                    after=(pages[-1].value, pages[-1].tie) if pages else None,
                    rank=len(pages) + wrong,
                ):
                    pages += page
                _expect(pages == whole, f"{order}: pages of {size} join to the whole")
    index.close()


def _snapshots_are_frozen(make: Make, folder: Path) -> None:
    index = _built(make, folder)
    before = index.snapshot()
    index.delete([f"tiktok:{i}" for i in range(20)])
    _expect(index.snapshot().count(Anyone()) == 40, "nothing shows before the commit")
    generation = index.commit()
    _expect(generation > before.info.generation, "a commit raises the generation")
    _expect(index.snapshot().info.n_creators == 20, "the commit shows")
    _expect(len(_ids(before, Anyone())) == 40, "an old snapshot answers as it did")
    index.build(sample(5), as_of=_AS_OF, demo=True)
    _expect(len(_ids(before, Anyone())) == 40, "also after everything was built anew")
    info = index.snapshot().info
    _expect(info.n_creators == 5 and info.demo and info.as_of == _AS_OF, "info is of the new one")
    _expect(info.generation > generation, "a build raises the generation")
    index.close()


def _rollback_forgets(make: Make, folder: Path) -> None:
    index = _built(make, folder)
    index.delete(["tiktok:1"])
    index.rollback()
    index.commit()
    _expect(index.snapshot().count(Anyone()) == 40, "what was rolled back never happened")
    index.delete(["tiktok:1"])
    index.close()
    again = make(folder)
    _expect(again.snapshot().count(Anyone()) == 40, "closing without commit changes nothing")
    again.delete(["tiktok:1"])
    again.commit()
    _expect(again.snapshot().count(Anyone()) == 39, "and leaves the lock free")
    again.close()


def _counts_are_exact_after_deletes(make: Make, folder: Path) -> None:
    index = _built(make, folder)
    index.delete([f"tiktok:{i}" for i in range(0, 40, 2)])
    index.commit()
    snapshot = index.snapshot()
    found = snapshot.values(Anyone(), ("platform", "topic", "country"))
    _expect(found["platform"] == {"tiktok": 20}, "deleted creators are in no facet")
    _expect(found["topic"]["food"] == 20, "several values count once each")
    _expect(found["country"] == {"FR": 13, "unknown": 7}, "unknown is counted")
    bands = snapshot.bands(Anyone(), "followers", (10_000, 30_000))
    _expect(bands == [4, 4, 8, 4] and sum(bands) == 20, "bands are exact, unknown first")
    index.close()


def _unknown_numbers_never_match(make: Make, folder: Path) -> None:
    index = _built(make, folder)
    snapshot = index.snapshot()
    _expect(snapshot.count(Range("followers")) == 32, "no bound still leaves unknown out")
    _expect(snapshot.count(Range("followers", None, 10.0**9)) == 32, "an upper bound alone too")
    _expect(snapshot.count(Range("followers", 0.5, 1000.5)) == 1, "bounds may be fractions")
    index.close()


def _the_empty_index_answers(make: Make, folder: Path) -> None:
    index = make(folder)
    snapshot = index.snapshot()
    _expect(snapshot.info.generation == 0 and snapshot.info.n_creators == 0, "nothing was built")
    _expect(snapshot.count(Anyone()) == 0, "nobody is there")
    _expect(snapshot.page(Anyone(), Order("score"), limit=10) == [], "no page")
    _expect(snapshot.values(Anyone(), ("topic",)) == {"topic": {}}, "no facet value")
    index.build(sample(0), as_of=_AS_OF)
    _expect(index.snapshot().count(Anyone()) == 0, "an empty build is one, too")
    index.upsert(sample(3))
    index.commit()
    _expect(index.snapshot().count(Anyone()) == 3, "upserts work on an empty index")
    index.close()


def _bad_frames_are_refused(make: Make, folder: Path) -> None:
    import polars as pl

    index = _built(make, folder)
    for frame in (
        sample().drop("platform"),
        pl.concat([sample(3), sample(1)]),
        sample().with_columns(profile_id=pl.lit(None, pl.String)),
    ):
        try:
            index.build(frame, as_of=_AS_OF)
        except SchemaError:
            continue
        raise AssertionError("a frame that is no creators frame is refused")
    _expect(index.snapshot().count(Anyone()) == 40, "and the old index goes on")
    index.build(sample(2), as_of=_AS_OF)
    _expect(index.snapshot().count(Anyone()) == 2, "and can be built anew")
    index.close()


def _the_erased_are_gone_at_once(make: Make, folder: Path) -> None:
    index = _built(make, folder)
    index.erase(["tiktok:3", "tiktok:8", "tiktok:not-there"])
    snapshot = index.snapshot()
    _expect(snapshot.count(Anyone()) == 38, "the erased are gone, nobody else is")
    _expect(snapshot.creators(["tiktok:3", "tiktok:8"]) == {}, "no row of theirs is left")
    _expect(snapshot.count(Phrase("all", ("makeup", "artist"))) == 6, "the others are as before")
    _expect(snapshot.info.as_of == _AS_OF, "the instant is as before")
    index.close()


_CHECKS = (
    _upsert_replaces,
    _numbers_come_back,
    _second_writer_is_told,
    _opened_again_it_can_do_everything,
    _no_script_is_lost,
    _nodes_mean_what_they_say,
    _prefixes_are_complete,
    _scores_are_exact,
    _every_order_pages_alike,
    _snapshots_are_frozen,
    _rollback_forgets,
    _counts_are_exact_after_deletes,
    _unknown_numbers_never_match,
    _the_empty_index_answers,
    _bad_frames_are_refused,
    _the_erased_are_gone_at_once,
)
