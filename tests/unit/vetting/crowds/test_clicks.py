"""Follows that one click, or a network's own proposal, explains; and those it must not excuse."""

import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.vetting.crowds import CAUSES, click_causes

DAY = 86_400
T0 = 1_700_000_000
PACK, LIST, ONBOARDING = (CAUSES.index(word) for word in ("pack", "list", "onboarding"))
NOBODY = pl.DataFrame(schema={"key": pl.UInt64, "created": pl.Int64})


def follows(rows: list[tuple[int, int, int | None, int | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={"follower": pl.UInt64, "followed": pl.UInt64, "at": pl.Int64, "via": pl.UInt64},
        orient="row",
    )


def pack(
    members: range, *, number: int = 1, added: int | None = T0 - DAY, removed: int | None = None
) -> pl.DataFrame:
    return pl.DataFrame(
        [(number, member, added, removed) for member in members],
        schema={"pack": pl.UInt64, "member": pl.UInt64, "added": pl.Int64, "removed": pl.Int64},
        orient="row",
    )


def click(
    members: range, *, follower: int = 1, at: int = T0, step: int = 1, via: int | None = None
) -> list[tuple[int, int, int | None, int | None]]:
    return [(follower, member, at + step * i, via) for i, member in enumerate(members)]


def causes(
    rows: list[tuple[int, int, int | None, int | None]],
    packs: pl.DataFrame,
    created: pl.DataFrame = NOBODY,
) -> list[int]:
    return click_causes(follows(rows), created, packs).to_list()


@pytest.mark.parametrize("step", [0, 1, 25, 300])
def test_one_click_on_a_known_pack(step: int) -> None:
    assert causes(click(range(10, 20), step=step), pack(range(10, 22))) == [PACK] * 10


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = click(range(10, 20)) + [(2, m, T0 + 40 * DAY * m, None) for m in range(10, 20)]
    shuffled = np.random.default_rng(3).permutation(len(rows))
    found = causes([rows[i] for i in shuffled], pack(range(10, 20)))
    assert [found[list(shuffled).index(i)] for i in range(len(rows))] == [PACK] * 10 + [0] * 10


def test_a_list_is_called_a_list() -> None:
    packs = pack(range(10, 20)).with_columns(kind=pl.lit("list"))
    assert causes(click(range(10, 20)), packs) == [LIST] * 10


def test_follows_before_and_after_a_click_are_not_part_of_it() -> None:
    rows = [(1, 500, T0 - 5, None), *click(range(10, 20)), (1, 501, T0 + 14, None)]
    assert causes(rows, pack(range(10, 20))) == [0] + [PACK] * 10 + [0]


def test_an_unknown_pack_explains_nothing() -> None:
    assert causes(click(range(10, 20)), pack(range(50, 60))) == [0] * 10
    assert causes(click(range(10, 20), via=77), pack(range(50, 60))) == [0] * 10


def test_orders_placed_in_one_sitting_are_no_click() -> None:
    # Half of the targets happen to be in a pack, between the others.
    rows = [(1, 10 + i if i % 2 else 900 + i, T0 + i, None) for i in range(20)]
    assert causes(rows, pack(range(10, 30))) == [0] * 20


def test_a_customer_beside_a_pack_is_not_excused() -> None:
    rows = [*click(range(10, 20)), (1, 999, T0 + 4, None), (1, 998, T0 + 11, None)]
    found = causes(rows, pack(range(10, 20)))
    assert found == [PACK] * 10 + [0, 0]


def test_packs_begin_small_and_are_clicked_then() -> None:
    assert causes(click(range(10, 13)), pack(range(10, 14))) == [PACK] * 3
    assert causes(click(range(10, 12)), pack(range(10, 14))) == [PACK] * 2
    # At a person's pace so few are chance, and so is one alone.
    assert causes(click(range(10, 13), step=200), pack(range(10, 14))) == [0] * 3
    assert causes(click(range(10, 11)), pack(range(10, 11))) == [0]


def test_a_few_members_do_not_make_a_click() -> None:
    assert causes(click(range(10, 13)), pack(range(10, 20))) == [0] * 3
    # A seller's customer in a large pack, with a few more members for show.
    assert causes(click(range(10, 16)), pack(range(10, 60))) == [0] * 6
    assert causes(click(range(10, 16), via=1), pack(range(10, 60))) == [0] * 6


def test_who_followed_most_of_the_pack_before_clicks_on_the_rest() -> None:
    rows = click(range(10, 50), at=T0 - 200 * DAY, step=3 * DAY) + click(range(50, 60))
    found = causes(rows, pack(range(10, 60)))
    assert found[-10:] == [PACK] * 10


def test_who_followed_most_of_the_pack_anew_by_a_later_click_had_clicked_it() -> None:
    later = [(1, m, T0 + 90 * DAY + m, 2) for m in range(14, 24)]
    packs = pl.concat([pack(range(10, 24)), pack(range(14, 30), number=2)])
    assert causes(click(range(10, 14)) + later, packs)[:4] == [PACK] * 4


def test_a_few_members_and_never_the_others_are_no_click() -> None:
    assert causes(click(range(10, 14)), pack(range(10, 24))) == [0] * 4


def test_a_named_pack_needs_no_closeness_but_its_members() -> None:
    rows = click(range(10, 20), step=3_000, via=1)
    assert causes(rows, pack(range(10, 20))) == [PACK] * 10
    rows = [*click(range(10, 20), step=3_000, via=1), (1, 999, T0 + 900, 1)]
    assert causes(rows, pack(range(10, 20)))[-1] == 0


def test_named_packs_do_not_need_times() -> None:
    rows = [(1, member, -1, 1) for member in range(10, 20)]
    assert causes(rows, pack(range(10, 20))) == [PACK] * 10
    rows = [(1, member, None, None) for member in range(10, 20)]
    assert causes(rows, pack(range(10, 20))) == [0] * 10


def test_who_had_left_or_came_long_after_is_not_explained() -> None:
    for stranger in (
        pack(range(19, 20), added=T0 - 9 * DAY, removed=T0 - DAY),
        pack(range(19, 20), added=T0 + 90 * DAY),
    ):
        packs = pl.concat([pack(range(10, 19)), stranger])
        assert causes(click(range(10, 20)), packs) == [PACK] * 9 + [0]


def test_a_pack_that_was_made_after_the_wave_explains_nothing() -> None:
    assert causes(click(range(10, 20)), pack(range(10, 20), added=T0 + DAY)) == [0] * 10


def test_a_membership_that_was_recorded_late_is_vouched_for_by_the_others() -> None:
    packs = pl.concat([pack(range(10, 17)), pack(range(17, 20), added=T0 + 20 * DAY)])
    assert causes(click(range(10, 20)), packs) == [PACK] * 10


def clickers(born: np.ndarray, at: int = T0) -> tuple[pl.DataFrame, list]:
    """People with these sign-ups who click the pack of 10..19, one after the other."""
    rows = [
        row for i in range(len(born)) for row in click(range(10, 20), follower=i, at=at + 60 * i)
    ]
    created = pl.DataFrame({"key": np.arange(len(born)), "created": born})
    # Everybody else signed up over years.
    others = pl.DataFrame(
        {"key": np.arange(10**6, 10**6 + 4_000), "created": T0 - np.arange(4_000) * DAY // 3}
    )
    return pl.concat([created, others]).cast({"key": pl.UInt64, "created": pl.Int64}), rows


def test_a_pack_that_only_a_batch_clicks_explains_nothing() -> None:
    rng = np.random.default_rng(2)
    batch = T0 - 20 * DAY + rng.integers(0, 2 * DAY, 60)
    created, rows = clickers(batch)
    assert set(causes(rows, pack(range(10, 20)), created)) == {0}
    # Ordinary people click it too: its other members shall not suffer.
    usual = T0 - rng.integers(30, 1_300, 12) * DAY
    created, rows = clickers(np.concatenate([batch, usual]))
    assert set(causes(rows, pack(range(10, 20)), created)) == {PACK}


def test_invited_newcomers_are_no_batch() -> None:
    rng = np.random.default_rng(2)
    created, rows = clickers(T0 + 60 * np.arange(60) - rng.integers(60, 3_000, 60))
    assert set(causes(rows, pack(range(10, 20)), created)) == {PACK}


def test_sign_ups_of_a_week_when_everybody_signed_up_are_no_batch() -> None:
    rng = np.random.default_rng(2)
    week = T0 - 20 * DAY + rng.integers(0, 5 * DAY, 60)
    created, rows = clickers(week)
    wave = pl.DataFrame(
        {"key": np.arange(2 * 10**6, 2 * 10**6 + 3_000), "created": T0 - 20 * DAY}
    ).with_columns(created=pl.col("created") + pl.Series(rng.integers(0, 5 * DAY, 3_000)))
    created = pl.concat([created, wave.cast({"key": pl.UInt64})])
    assert set(causes(rows, pack(range(10, 20)), created)) == {PACK}


def newcomers(weeks: list[int], per_week: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Sign-ups spread over the days of some weeks; keys from 10,000."""
    rng = np.random.default_rng(8)
    start = (T0 // (7 * DAY)) * 7 * DAY
    born = np.concatenate([start + w * 7 * DAY + rng.integers(0, 7 * DAY, per_week) for w in weeks])
    key = 10_000 + np.arange(len(born))
    return pl.DataFrame({"key": key, "created": born}).cast({"key": pl.UInt64}), born


def quick(created: pl.DataFrame, target: int, which: np.ndarray) -> list[tuple]:
    return [
        (key, target, born + 90, None)
        for i, (key, born) in enumerate(created.iter_rows())
        if which[i]
    ]


def test_what_newcomers_of_many_weeks_follow_at_once_was_proposed_to_them() -> None:
    created, born = newcomers(list(range(20)), 40)
    asked = np.random.default_rng(1).random(len(born)) < 0.4
    rows = quick(created, 5, asked)
    assert causes(rows, pack(range(0)), created) == [ONBOARDING] * len(rows)
    late = [(a, b, at + 3_600, via) for a, b, at, via in rows]
    assert causes(late, pack(range(0)), created) == [0] * len(rows)


def test_a_batch_that_follows_at_once_is_no_proposal() -> None:
    created, born = newcomers(list(range(20)), 40)
    asked = np.random.default_rng(1).random(len(born)) < 0.4
    background = quick(created, 5, asked)
    bought = np.zeros(len(born), dtype=bool)
    bought[200:320] = True  # every newcomer of three weeks
    rows = background + quick(created, 6, bought)
    found = causes(rows, pack(range(0)), created)
    assert found == [ONBOARDING] * len(background) + [0] * 120


def test_a_batch_for_somebody_who_is_proposed_too_is_not_excused() -> None:
    created, born = newcomers(list(range(20)), 40)
    asked = np.random.default_rng(1).random(len(born)) < 0.1
    in_batch = (np.arange(len(born)) >= 400) & (np.arange(len(born)) < 440)
    other = quick(created, 5, np.ones(len(born), dtype=bool))
    rows = quick(created, 6, asked | in_batch)
    found = np.array(causes(other + rows, pack(range(0)), created)[len(other) :])
    follower = np.array([row[0] for row in rows]) - 10_000
    assert (found[in_batch[follower]] == 0).all()
    assert (found[~in_batch[follower]] == ONBOARDING).all()


def test_clocks_before_the_account_existed_explain_nothing() -> None:
    created, born = newcomers(list(range(20)), 40)
    rows = [(a, b, at - 3_600, via) for a, b, at, via in quick(created, 5, born > 0)]
    assert causes(rows, pack(range(0)), created) == [0] * len(rows)


def test_nothing_in_nothing_out() -> None:
    assert causes([], pack(range(10, 20))) == []
    with pytest.raises(SchemaError, match="'via'"):
        click_causes(follows([]).drop("via"), NOBODY, pack(range(0)))


def test_a_part_of_a_pack_counts_while_many_others_click_it() -> None:
    wave = [
        row for who in range(100, 112) for row in click(range(10, 20), follower=who, at=T0 + who)
    ]
    part = click(range(10, 14))
    found = causes(part + wave, pack(range(10, 20)))
    assert found[:4] == [PACK] * 4
    late = causes(click(range(10, 14), at=T0 + 9 * DAY) + wave, pack(range(10, 20)))
    assert late[:4] == [0] * 4
    # A customer or two in a large pack are no part that anybody clicks.
    few = causes(click(range(10, 12)) + wave, pack(range(10, 20)))
    assert few[:2] == [0] * 2
    # Nor do members between other follows.
    mixed = [(1, 10 + i if i % 2 else 900 + i, T0 + i, None) for i in range(10)]
    assert causes(mixed + wave, pack(range(10, 20)))[:10] == [0] * 10
