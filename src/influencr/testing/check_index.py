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
from pathlib import Path
from typing import Any, NamedTuple

from influencr.errors import Busy, SchemaError
from influencr.index import (
    And,
    Anyone,
    Boost,
    Constant,
    Not,
    Or,
    Order,
    Phrase,
    Prefer,
    Prefix,
    Range,
    Term,
    Terms,
    tie,
)
from influencr.testing._index_reading import READING
from influencr.testing._index_sample import AS_OF, Make, built, expect, ids_of, sample, text

__all__ = ["IndexCheck", "check_index", "sample"]


class IndexCheck(NamedTuple):
    """One promise; `run(folder)` raises AssertionError when it is not kept."""

    name: str
    run: Callable[[Path], None]


def check_index(make: Make) -> Iterator[IndexCheck]:
    """Every check, each with its name; give each an empty folder of its own."""
    for check in _CHECKS:
        name = check.__name__.removeprefix("_").replace("_", " ")
        yield IndexCheck(name, lambda folder, check=check: check(make, folder))  # type: ignore[misc]


def _upsert_replaces(make: Make, folder: Path) -> None:
    """Trap 1."""
    index = built(make, folder)
    changed = sample().head(1).with_columns(bio_text=text("a new bio"), country=text("DE"))
    for _ in range(2):
        index.upsert(changed)
        index.commit()
    snapshot = index.snapshot()
    expect(snapshot.count(Term("uid", "tiktok:0")) == 1, "a profile is in the index once")
    expect(snapshot.count(Anyone()) == 40, "an upsert adds nobody")
    row = snapshot.creators(["tiktok:0"])["tiktok:0"]
    expect(row["country"] == "DE" and row["bio_text"] == "a new bio", "the new row is stored")
    expect("tiktok:0" in ids_of(snapshot, Term("bio", "new")), "the new words are found")
    index.close()


def _numbers_come_back(make: Make, folder: Path) -> None:
    """Trap 2."""
    import polars as pl

    big = 2**40 + 1
    frame = sample(3).with_columns(
        place_id=pl.Series([big, 7, None], dtype=pl.Int64),
        followers=pl.Series([big, 0, None], dtype=pl.Int64),
    )
    index = built(make, folder, frame)
    snapshot = index.snapshot()
    expect(ids_of(snapshot, Term("place", big)) == {"tiktok:0"}, "a large place id is found")
    expect(ids_of(snapshot, Terms("place", (7, 9))) == {"tiktok:1"}, "a set of ids is found")
    expect(ids_of(snapshot, Range("followers", big, big)) == {"tiktok:0"}, "numbers are exact")
    expect(ids_of(snapshot, Range("followers", None, big)) == {"tiktok:0", "tiktok:1"}, "0 counts")
    row = snapshot.creators(["tiktok:0"])["tiktok:0"]
    expect(row["followers"] == big and row["place_id"] == big, "numbers are stored as given")
    index.close()


def _second_writer_is_told(make: Make, folder: Path) -> None:
    """Trap 3."""
    index = built(make, folder)
    other = make(folder)
    index.delete(["tiktok:1"])
    for write in (
        lambda: other.delete(["tiktok:2"]),
        lambda: other.upsert(sample(1)),
        lambda: other.build(sample(1), as_of=AS_OF),
        lambda: other.erase(["tiktok:2"]),
    ):
        try:
            write()
        except Busy as busy:
            expect("written by" in str(busy), "the sentence says who is writing")
        else:
            raise AssertionError("a second writer is refused with Busy")
    expect(other.snapshot().count(Anyone()) == 40, "readers answer while somebody writes")
    index.commit()
    expect(other.snapshot().count(Anyone()) == 39, "readers see a commit of another")
    other.delete(["tiktok:2"])
    other.commit()
    expect(index.snapshot().count(Anyone()) == 38, "the lock is free after a commit")
    index.close()
    other.close()


def _opened_again_it_can_do_everything(make: Make, folder: Path) -> None:
    """Trap 4: nothing that reading or writing needs lives only in the process that built it."""
    built(make, folder).close()
    index = make(folder)
    snapshot = index.snapshot()
    expect(snapshot.count(Phrase("all", ("makeup", "artist"))) == 8, "phrases work")
    expect(snapshot.values(Anyone(), ("platform",))["platform"]["tiktok"] == 20, "facets work")
    index.upsert(sample(41).tail(1))
    index.commit()
    expect(index.snapshot().count(Term("all", "someone")) == 41, "writing works")
    index.close()


def _no_script_is_lost(make: Make, folder: Path) -> None:
    """Trap 5."""
    index = built(make, folder)
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
        expect(snapshot.count(node) == 8, f"{what} is found")
    index.close()


def _nodes_mean_what_they_say(make: Make, folder: Path) -> None:
    index = built(make, folder)
    snapshot = index.snapshot()
    vegan, tiktok = Term("all", "vegan"), Term("platform", "tiktok")
    everybody = ids_of(snapshot, Anyone())
    a, b = ids_of(snapshot, vegan), ids_of(snapshot, tiktok)
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
        expect(ids_of(snapshot, node) == members, f"{node} matches the right creators")
        expect(snapshot.count(node) == len(members), f"{node} counts the right creators")
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
    index = built(make, folder, frame)
    snapshot = index.snapshot()
    expect(snapshot.count(Prefix("all", "prefix")) == n, "a prefix finds every word")
    expect(snapshot.count(Prefix("all", "prefix29")) == 11, "and only those")
    expect(
        snapshot.count(Phrase("all", ("good", "prefix"), last_is_prefix=True)) == n,
        "a phrase that ends in a beginning finds every word",
    )
    for value in ("a.b", "(", "[a", "*", "good|", "\\", "#", "a{2"):
        expect(snapshot.count(Prefix("all", value)) == 0, f"{value!r} is text, not a pattern")
    index.close()


def _scores_are_exact(make: Make, folder: Path) -> None:
    index = built(make, folder)
    snapshot = index.snapshot()
    vegan = Term("all", "vegan")
    node = Boost(Prefer(vegan, (Boost(Term("bio", "food"), 3.0), Term("name", "nobody"))), 0.625)
    ids = sorted(ids_of(snapshot, vegan))
    worth = snapshot.scores(And((node, Constant(Anyone(), 0.0))), ids)
    expect(worth == dict.fromkeys(ids, 2.5), "boosts, extras and sums are exact")
    for entry in snapshot.page(node, Order("score"), limit=100):
        quality = snapshot.page(Term("uid", entry.profile_id), Order("quality"), limit=1)
        expect(
            entry.value == 2.5 * float(quality[0].value) / 512, "score is worth x quality, exactly"
        )
    index.close()


def _every_order_pages_alike(make: Make, folder: Path) -> None:
    index = built(make, folder, sample(97))
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
        expect(len({e.profile_id for e in whole}) == 97, f"{order}: everybody once")
        keys = [(e.value, e.tie) for e in whole]
        by_tie = sorted(keys, key=lambda k: k[1])
        expect(
            keys == sorted(by_tie, key=lambda k: k[0], reverse=order.descending),
            f"{order}: by value, then by tie",
        )
        expect(all(e.tie == tie(e.profile_id) for e in whole), "ties are of the profile id")
        expect(list(snapshot.every(node, order)) == whole, f"{order}: every is the whole")
        for at in (0, 48, 96):
            rest = list(snapshot.every(node, order, after=(whole[at].value, whole[at].tie)))
            expect(rest == whole[at + 1 :], f"{order}: every from an entry on is what follows")
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
                expect(pages == whole, f"{order}: pages of {size} join to the whole")
    index.close()


def _snapshots_are_frozen(make: Make, folder: Path) -> None:
    index = built(make, folder)
    before = index.snapshot()
    index.delete([f"tiktok:{i}" for i in range(20)])
    expect(index.snapshot().count(Anyone()) == 40, "nothing shows before the commit")
    generation = index.commit()
    expect(generation > before.info.generation, "a commit raises the generation")
    expect(index.snapshot().info.n_creators == 20, "the commit shows")
    expect(len(ids_of(before, Anyone())) == 40, "an old snapshot answers as it did")
    index.build(sample(5), as_of=AS_OF, demo=True)
    expect(len(ids_of(before, Anyone())) == 40, "also after everything was built anew")
    info = index.snapshot().info
    expect(info.n_creators == 5 and info.demo and info.as_of == AS_OF, "info is of the new one")
    expect(info.generation > generation, "a build raises the generation")
    index.close()


def _rollback_forgets(make: Make, folder: Path) -> None:
    index = built(make, folder)
    index.delete(["tiktok:1"])
    index.rollback()
    index.commit()
    expect(index.snapshot().count(Anyone()) == 40, "what was rolled back never happened")
    index.delete(["tiktok:1"])
    index.close()
    again = make(folder)
    expect(again.snapshot().count(Anyone()) == 40, "closing without commit changes nothing")
    again.delete(["tiktok:1"])
    again.commit()
    expect(again.snapshot().count(Anyone()) == 39, "and leaves the lock free")
    again.close()


def _counts_are_exact_after_deletes(make: Make, folder: Path) -> None:
    index = built(make, folder)
    index.delete([f"tiktok:{i}" for i in range(0, 40, 2)])
    index.commit()
    snapshot = index.snapshot()
    found = snapshot.values(Anyone(), ("platform", "topic", "country"))
    expect(found["platform"] == {"tiktok": 20}, "deleted creators are in no facet")
    expect(found["topic"]["food"] == 20, "several values count once each")
    expect(found["country"] == {"FR": 13, "unknown": 7}, "unknown is counted")
    bands = snapshot.bands(Anyone(), "followers", (10_000, 30_000))
    expect(bands == [4, 4, 8, 4] and sum(bands) == 20, "bands are exact, unknown first")
    index.close()


def _unknown_numbers_never_match(make: Make, folder: Path) -> None:
    index = built(make, folder)
    snapshot = index.snapshot()
    expect(snapshot.count(Range("followers")) == 32, "no bound still leaves unknown out")
    expect(snapshot.count(Range("followers", None, 10.0**9)) == 32, "an upper bound alone too")
    expect(snapshot.count(Range("followers", 0.5, 1000.5)) == 1, "bounds may be fractions")
    index.close()


def _the_empty_index_answers(make: Make, folder: Path) -> None:
    index = make(folder)
    snapshot = index.snapshot()
    expect(snapshot.info.generation == 0 and snapshot.info.n_creators == 0, "nothing was built")
    expect(snapshot.count(Anyone()) == 0, "nobody is there")
    expect(snapshot.page(Anyone(), Order("score"), limit=10) == [], "no page")
    expect(snapshot.values(Anyone(), ("topic",)) == {"topic": {}}, "no facet value")
    index.build(sample(0), as_of=AS_OF)
    expect(index.snapshot().count(Anyone()) == 0, "an empty build is one, too")
    index.upsert(sample(3))
    index.commit()
    expect(index.snapshot().count(Anyone()) == 3, "upserts work on an empty index")
    index.close()


def _bad_frames_are_refused(make: Make, folder: Path) -> None:
    import polars as pl

    index = built(make, folder)
    for frame in (
        sample().drop("platform"),
        pl.concat([sample(3), sample(1)]),
        sample().with_columns(profile_id=pl.lit(None, pl.String)),
    ):
        try:
            index.build(frame, as_of=AS_OF)
        except SchemaError:
            continue
        raise AssertionError("a frame that is no creators frame is refused")
    expect(index.snapshot().count(Anyone()) == 40, "and the old index goes on")
    index.build(sample(2), as_of=AS_OF)
    expect(index.snapshot().count(Anyone()) == 2, "and can be built anew")
    index.close()


def _the_erased_are_gone_at_once(make: Make, folder: Path) -> None:
    index = built(make, folder)
    index.erase(["tiktok:3", "tiktok:8", "tiktok:not-there"])
    snapshot = index.snapshot()
    expect(snapshot.count(Anyone()) == 38, "the erased are gone, nobody else is")
    expect(snapshot.creators(["tiktok:3", "tiktok:8"]) == {}, "no row of theirs is left")
    expect(snapshot.count(Phrase("all", ("makeup", "artist"))) == 6, "the others are as before")
    expect(snapshot.info.as_of == AS_OF, "the instant is as before")
    index.close()


_CHECKS = (
    *READING,
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
