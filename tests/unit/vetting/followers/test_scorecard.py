"""The sum of curves: parts add up, directions hold, deleting a reason moves the score as stated."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.vetting import followers
from influencr.vetting.followers._fields import FIELDS, Fields
from influencr.vetting.followers._rules import RULES, rule_parts
from influencr.vetting.followers._scorecard import PATTERNS, TERMS, fit_scorecard

COUNT = st.one_of(st.none(), st.integers(0, 100_000))


def fields(**known):
    n = len(next(iter(known.values())))
    return Fields(*(np.array(known.get(name, [np.nan] * n), dtype=np.float64) for name in FIELDS))


@settings(deadline=None, max_examples=60)
@given(COUNT, COUNT, COUNT, st.one_of(st.none(), st.floats(0, 1)))
def test_log_odds_are_the_bias_and_the_parts(fo, fr, posts, share):
    def row(value):
        return [np.nan if value is None else value]

    card = followers.shipped().scorecard
    one = fields(
        followers=row(fo), following=row(fr), posts=row(posts), handle_digit_share=row(share)
    )
    total, parts = card.parts(one)
    known = sum(
        1 << i
        for i, name in enumerate(("following", "followers", "posts", "is_private"))
        if not np.isnan(getattr(one, name)[0])
    ) + (16 if share is not None else 0)
    assert total[0] == pytest.approx(card.bias[known] + sum(p[0] for p in parts.values()))


def test_every_curve_keeps_its_direction():
    card = followers.shipped().scorecard
    for curves in card.curves:
        for term in TERMS:
            if term.name in curves and term.direction:
                assert (np.diff(curves[term.name]) * term.direction >= -1e-9).all(), term.name


def test_every_combination_of_fields_has_curves():
    card = followers.shipped().scorecard
    assert len(card.bias) == len(PATTERNS) == 32
    assert np.isfinite(card.bias).all()


def test_deleting_a_reason_moves_the_score_by_its_part():
    full = pl.DataFrame({"followers": [9], "following": [2000], "has_avatar": [False]})
    p, without = (
        followers.score(frame, reasons=False)["p_bought"][0]
        for frame in (full, full.drop("has_avatar"))
    )

    def odds(x):
        return np.log(x / (1 - x))

    assert odds(p) - odds(without) == pytest.approx(RULES["no_avatar"], abs=1e-3)


def test_rules_add_nothing_where_nothing_is_known():
    parts = rule_parts(fields(followers=[1.0, 2.0]))
    assert set(parts) == set(RULES)
    assert all((part == 0).all() for part in parts.values())


def test_a_fit_finds_what_was_planted_and_is_calibrated():
    rng = np.random.default_rng(5)
    n = 500
    y = (rng.random(n) < 0.2).astype(float)
    one = fields(
        followers=np.where(y, rng.lognormal(3, 1, n), rng.lognormal(5, 1, n)).round(),
        following=np.where(y, rng.lognormal(7.5, 1, n), rng.lognormal(6, 1, n)).round(),
    )
    card = fit_scorecard(one, y, patterns=PATTERNS[3:4])
    total, _ = card.parts(one)
    p = 1 / (1 + np.exp(-total))
    assert abs(p.mean() - y.mean()) < 0.04
    assert total[y == 1].mean() > total[y == 0].mean() + 2
