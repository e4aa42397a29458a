"""Where followers are: shares, bounds, levels, and nobody singled out."""

import numpy as np
import polars as pl
import pytest

from influencr.geography import audience

LYON, PARIS, LONDON, BERLIN = 2996944, 2988507, 2643743, 2950159
FRANCE, ANDORRA, RHONE_ALPES, PHOENIX = 3017382, 3041565, 11071625, 5308655


def heard(
    *there: tuple[int | None, int], followers: int | None = None, who: str = "ana"
) -> dict[str, object]:
    sampled = pl.DataFrame(
        [(who, place, n) for place, n in there],
        schema={"profile_id": pl.String, "place_id": pl.Int64, "n": pl.Int64},
        orient="row",
    )
    n = sum(n for _, n in there)
    totals = pl.DataFrame({"profile_id": [who], "n_followers": [followers or n], "n_sampled": [n]})
    return audience(sampled, totals).to_dicts()[0]


def listed(row: dict[str, object]) -> dict[str, tuple[float, float, float]]:
    lists = (row[f"audience_{c}"] for c in ("codes", "shares", "lows", "highs"))
    return {c: (s, low, high) for c, s, low, high in zip(*lists, strict=True)}  # type: ignore[arg-type, call-overload]


def test_shares_are_of_those_who_tell() -> None:
    row = heard((LYON, 30), (LONDON, 10), (None, 360), followers=4_000)
    assert row["audience_codes"] == ["FR", "GB", "FR-ARA", "GB-ENG", str(LYON), str(LONDON)]
    assert row["audience_levels"] == ["country"] * 2 + ["admin1"] * 2 + ["city"] * 2
    assert row["audience_labels"][:2] == ["France", "United Kingdom"]  # type: ignore[index]
    share, low, high = listed(row)["FR"]
    assert share == 0.75
    assert 0.59 < low < 0.61
    assert 0.85 < high < 0.87
    assert row["audience_reason"] == (
        "40 of 400 followers sampled of 4,000 known here tell a place; "
        "shares are of those, intervals 90 %"
    )


def test_below_twenty_nothing_is_said() -> None:
    row = heard((LYON, 19), (None, 300))
    assert row["audience_codes"] == []
    assert row["audience_n_known"] == 19
    assert row["audience_reason"] == (
        "not enough data: 19 of all 319 followers known here tell a place; 20 are needed"
    )


def test_fewer_than_five_are_never_named() -> None:
    row = heard((LYON, 20), (LONDON, 4), (BERLIN, 3), (ANDORRA, 2))
    assert row["audience_codes"][:2] == ["FR", "other"]  # type: ignore[index]
    assert listed(row)["other"][0] == round(9 / 29, 4)
    assert str(LONDON) not in row["audience_codes"]  # type: ignore[operator]
    assert sum(
        s
        for s, level in zip(row["audience_shares"], row["audience_levels"], strict=True)  # type: ignore[call-overload]
        if level in ("country", "other")
    ) == pytest.approx(1, abs=1e-3)


def test_a_city_is_at_least_and_may_be_all_who_tell_the_country_only() -> None:
    row = heard((LYON, 10), (RHONE_ALPES, 6), (FRANCE, 20), (PARIS, 14), followers=1_000_000)
    found = listed(row)
    assert found["FR"][0] == 1.0
    assert found["FR-ARA"][0] == round(16 / 50, 4)
    assert found[str(LYON)][0] == round(10 / 50, 4)
    # Everybody known to France only might live in Lyon; those in the region might, too.
    alone = listed(heard((LYON, 36), (PARIS, 14), followers=1_000_000))
    assert found[str(LYON)][2] == alone[str(LYON)][2]
    assert found[str(PARIS)][2] < found[str(LYON)][2]


def test_everybody_known_has_no_interval() -> None:
    row = heard((LYON, 60), (LONDON, 40))
    assert listed(row)["FR"] == (0.6, 0.6, 0.6)


def test_a_city_state_and_a_place_without_region_count() -> None:
    row = heard((1880252, 25), (None, 10))  # Singapore
    assert row["audience_codes"][0] == "SG"  # type: ignore[index]


def test_no_follower_no_figure_and_every_creator_in_order() -> None:
    sampled = pl.DataFrame(schema={"profile_id": pl.UInt64, "place_id": pl.Int64, "n": pl.Int64})
    totals = pl.DataFrame(
        {"profile_id": [9, 2, 5], "n_followers": [0, 1, 3], "n_sampled": [0, 1, 3]},
        schema_overrides={"profile_id": pl.UInt64},
    )
    found = audience(sampled, totals)
    assert found["profile_id"].to_list() == [9, 2, 5]
    assert found["audience_reason"].to_list() == [
        "no follower is known one by one",
        "not enough data: 0 of the one follower known here tell a place; 20 are needed",
        "not enough data: 0 of all 3 followers known here tell a place; 20 are needed",
    ]
    assert found["audience_codes"].to_list() == [[], [], []]


def test_ninety_percent_intervals_hold_on_the_shares_that_are_shown() -> None:
    """Creators with planted shares, followers sampled at random: truth is inside often enough."""
    rng = np.random.default_rng(7)
    cities = np.array([LYON, LONDON, BERLIN, PHOENIX, 1850147, 3448439, 2147714, 1275339])
    codes = ["FR", "GB", "DE", "US", "JP", "BR", "AU", "IN"]
    held = shown = 0
    for n, everybody in ((25, 300), (80, 1_000), (400, 5_000)):
        for _ in range(120):
            shares = rng.dirichlet(np.full(len(cities), 0.5))
            there = rng.multinomial(everybody, shares)
            drawn = rng.multivariate_hypergeometric(there, n)
            row = heard(*zip(cities.tolist(), drawn.tolist(), strict=True), followers=everybody)
            for code, (_, low, high) in listed(row).items():
                if code in codes:
                    true = there[codes.index(code)] / everybody
                    held += low - 1e-4 <= true <= high + 1e-4
                    shown += 1
    assert shown > 1_000
    assert held / shown >= 0.88
