"""Promises about what a snapshot answers: nodes that weigh, funnels, words, histograms.

Part of `check_index`, which runs them.
"""

from __future__ import annotations

from pathlib import Path

from influencr.index import (
    Among,
    And,
    Anyone,
    Best,
    Blend,
    Boost,
    Constant,
    IdSet,
    Not,
    Or,
    Order,
    Phrase,
    Prefix,
    Range,
    Scale,
    Stands,
    Term,
)
from influencr.testing._index_sample import Make, built, expect, ids_of, sample, text

__all__ = ["READING"]


def _weighing_nodes_are_exact(make: Make, folder: Path) -> None:
    index = built(make, folder)
    snapshot = index.snapshot()
    vegan, food, ramen = (Term("all", word) for word in ("vegan", "food", "ramen"))
    tiktok = Term("platform", "tiktok")
    one, five, ten = "tiktok:1", "tiktok:5", "tiktok:10"
    worths = (("all", 1.0), ("bio", 0.5), ("topics", 2.0), ("name", 4.0))
    half = Blend((vegan, ramen, tiktok), (1.0, 1.0, 0.5), 1.0, 1.0)
    for node, meant in (
        # Food stands in two topics and bios of every fifth, in the topics of most.
        (Stands(food, worths), {one: 3.0, five: 3.5, ten: 3.5}),
        (Stands(vegan, worths), {five: 1.5, ten: 1.5}),
        (Stands(Prefix("all", "veg"), worths), {five: 1.5, ten: 1.5}),
        (Stands(Phrase("all", ("vegan", "food")), worths), {five: 1.5, ten: 1.5}),
        (Best((Boost(vegan, 2.0), food, Boost(ramen, 0.25))), {one: 1.0, five: 2.0, ten: 2.0}),
        (Best((Boost(vegan, 2.0), food, ramen), 0.5), {one: 1.5, five: 2.5, ten: 2.5}),
        (Best(()), {}),
        # 1.5 of 2.5 weigh 0.6, which is 154 / 256 when rounded.
        (half, {one: 1.5 * 154 / 256, five: 1.5 * 154 / 256, ten: 1.0 * 102 / 256}),
        (Blend((vegan, tiktok), (1.0, 1.0), 2.0, 1.0), {five: 2.0}),
        (Blend((vegan, tiktok), (1.0, 0.5), 0.5, 0.0), {one: 0.5, five: 1.5, ten: 1.0}),
        (Among(IdSet([one, "tiktok:not-there", five])), {one: 1.0, five: 1.0}),
        (Among(IdSet()), {}),
        (Scale(vegan, ((tiktok, 2.0), (food, 0.5)), 8.0), {five: 2.0, ten: 0.5}),
        (Scale(vegan, ((ramen, 2.0),), 0.25), {five: 0.25, ten: 0.25}),
        (And((Boost(Best((vegan, food)), 3.0), Constant(tiktok, 0.0))), {one: 3.0, five: 3.0}),
    ):
        found = snapshot.scores(node, [one, five, ten])
        expect(found == meant, f"{node} is worth {meant}, not {found}")
        expect(set(found) == ids_of(snapshot, node) & {one, five, ten}, f"{node} matches those")
        whole = snapshot.page(node, Order("score"), limit=100)
        ranked = [(-float(e.value), e.tie) for e in whole]
        expect(ranked == sorted(ranked), f"{node} is sorted by score")
        expect(len(whole) == snapshot.count(node), f"{node} pages whom it counts")
    index.close()


def _funnels_add_up(make: Make, folder: Path) -> None:
    index = built(make, folder)
    index.delete(["tiktok:5"])
    index.commit()
    snapshot = index.snapshot()
    filters = (Term("all", "food"), Term("platform", "tiktok"), Range("followers", 9_000, None))
    everybody = ids_of(snapshot, Anyone())
    sets = [ids_of(snapshot, f) for f in filters]
    funnel = snapshot.funnel(filters)
    for i, (left, without) in enumerate(funnel):
        after = everybody.intersection(*sets[: i + 1])
        others = everybody.intersection(*sets[:i], *sets[i + 1 :])
        expect(left == len(after), f"after filter {i} so many are left")
        expect(without == len(others), f"without filter {i} there would be so many")
    expect(snapshot.funnel(()) == [], "no filter, no step")
    index.close()


def _the_vocabulary_is_known(make: Make, folder: Path) -> None:
    index = built(make, folder)
    vocabulary = index.snapshot().vocabulary
    expect(vocabulary.n_creators == 40, "frequencies are out of all creators")
    for word, n in (("vegan", 8), ("#ramen", 8), ("@ana.b", 8), ("京", 8), ("nowhere", 0), ("", 0)):
        expect(vocabulary.frequency(word) == n, f"{word!r} is said by {n}")
    expect(vocabulary.starting("veg", 5) == [("vegan", 8)], "words by their beginning")
    starts = [word for word, _ in vocabulary.starting("", 7)]
    expect(len(starts) == 7 and starts == sorted(starts), "the first ones, alphabetically")
    expect(vocabulary.ending("gan", 5) == [("vegan", 8)], "words by their ending")
    expect(vocabulary.ending("an", 5) == [("vegan", 8)], "and by a shorter one")
    expect(vocabulary.ending("zzz", 5) == [] == vocabulary.starting("zzz", 5), "or nothing")
    most = vocabulary.ending("", 3)
    expect([n for _, n in most] == sorted((n for _, n in most), reverse=True), "most frequent")
    index.upsert(sample(41).tail(1))
    index.commit()
    expect(index.snapshot().vocabulary.frequency("vegan") == 9, "upserts are counted")
    index.close()


def _histograms_count_everybody(make: Make, folder: Path) -> None:
    index = built(make, folder)
    snapshot = index.snapshot()
    for node in (Anyone(), Term("all", "vegan"), Not(Term("platform", "tiktok")), Or(())):
        for field, edges in (("followers", (5_000, 20_000)), ("engagement", (0.01,))):
            bars = snapshot.histogram(node, field, edges)
            expect(len(bars) == len(edges) + 2, "unknown, below, between, above")
            expect(sum(bars) == snapshot.count(node), "everybody is in one bar")
            expect(bars == snapshot.bands(node, field, edges), "as the bands count them")
    expect(snapshot.histogram(Anyone(), "followers", (5_000, 20_000)) == [8, 4, 12, 16], "exact")
    index.close()


def _values_are_held_part_by_part(make: Make, folder: Path) -> None:
    index = built(make, folder)
    before = index.snapshot()
    held = {value for part in before.held("country") for value in part.values}
    expect({"FR", "unknown"} <= held, "every value that occurs is held")
    index.upsert(sample(1).with_columns(country=text("DE")))
    index.commit()
    after = {value for part in index.snapshot().held("country") for value in part.values}
    expect({"FR", "DE", "unknown"} <= after, "also those of an upsert")
    expect(
        {value for part in before.held("country") for value in part.values} == held,
        "an old snapshot holds what it did",
    )
    index.close()


READING = (
    _weighing_nodes_are_exact,
    _funnels_add_up,
    _the_vocabulary_is_known,
    _histograms_count_everybody,
    _values_are_held_part_by_part,
)
