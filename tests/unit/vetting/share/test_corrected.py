from types import SimpleNamespace

import numpy as np
import pytest

from influencr.errors import UsageError
from influencr.vetting.share import (
    MIN_FOLLOWERS,
    Stratum,
    corrected,
    corrected_many,
    corrected_strata,
)


def rates(se=0.90, sp=0.97, n_se=500, n_sp=500):
    return SimpleNamespace(
        se=se, sp=sp, n_se=n_se, n_sp=n_sp, calibration="a labelled set", version="7"
    )


def percent(share):
    return [round(100 * limit, 1) for limit in (share.point, share.lo, share.hi)]


def test_worked_example_of_the_method():
    assert percent(corrected(214, 1_240, rates())) == [16.4, 13.4, 19.2]
    better = corrected(214, 1_240, rates(sp=0.99, n_se=2_000, n_sp=2_000))
    assert percent(better) == [18.3, 15.9, 20.8]


def test_sentence_names_error_rates_and_calibration():
    share = corrected(214, 1_240, rates(), followers=18_600)
    assert "214 of 1,240 judged of 18,600 followers" in share.reason
    assert "sensitivity 0.90, specificity 0.97" in share.reason
    assert share.calibration == "a labelled set"
    assert not share.whole


def test_false_positives_alone_are_no_share():
    """What a test with Sp .97 calls at an audience without a single bought follower."""
    share = corrected(37, 1_240, rates())
    assert share.lo == 0
    assert share.point < 0.005


@pytest.mark.parametrize(
    ("n", "given", "words"),
    [
        (400, None, "error rates are not known"),
        (400, SimpleNamespace(**{**vars(rates()), "se": None}), "error rates are not known"),
        (400, rates(se=0.30, sp=0.99), "says too little"),
        (MIN_FOLLOWERS - 1, rates(), "are needed"),
    ],
)
def test_not_enough_is_an_answer(n, given, words):
    share = corrected(9, n, given)
    assert (share.point, share.lo, share.hi, share.method) == (None, None, None, "none")
    assert words in share.reason
    assert share.flagged == 9


def test_whole_audience_leaves_only_the_error_of_the_test():
    part = corrected(200, 1_000, rates(), followers=1_000_000)
    whole = corrected(200, 1_000, rates(), followers=1_000)
    assert whole.whole
    assert whole.hi - whole.lo < 0.85 * (part.hi - part.lo)
    assert whole.hi - whole.lo > 0.5 * (part.hi - part.lo)


def test_impossible_counts_are_refused():
    with pytest.raises(UsageError, match="impossible"):
        corrected(5, 4, rates())
    with pytest.raises(UsageError, match="impossible"):
        corrected(5, 400, rates(), followers=300)
    with pytest.raises(UsageError, match="stratum"):
        corrected_strata([Stratum(10, 20, 3)], rates())


def test_equal_strata_agree_with_a_simple_sample():
    strata = [Stratum(5_000, 62, flagged) for flagged in (11, 10, 11, 11) * 5]
    weighted = corrected_strata(strata, rates())
    simple = corrected(215, 1_240, rates(), followers=100_000)
    assert weighted.point == pytest.approx(simple.point, abs=0.002)
    assert weighted.hi - weighted.lo == pytest.approx(simple.hi - simple.lo, rel=0.05)


def test_weights_undo_looking_closely_at_a_burst():
    """Half of the sample is a burst that is a fiftieth of the audience."""
    strata = [Stratum(49_000, 500, 15), Stratum(1_000, 500, 480)]
    share = corrected_strata(strata, rates())
    assert share.point == pytest.approx(0.022, abs=0.01)


def test_a_part_nobody_looked_at_is_said():
    share = corrected_strata([Stratum(1_000, 200, 40), Stratum(500, 0, 0)], rates())
    assert "500 followers lie in parts that nobody looked at" in share.reason


@pytest.mark.parametrize(
    ("truth", "n", "se", "sp"),
    [
        (0.0, 400, 0.9, 0.97),
        (0.02, 1_240, 0.9, 0.97),
        (0.4, 1_240, 0.8, 0.9),
        (1.0, 500, 0.9, 0.97),
    ],
)
def test_interval_covers_what_it_says(truth, n, se, sp):
    rng = np.random.default_rng(4)
    draws = 8_000
    called = rng.binomial(n, truth * se + (1 - truth) * (1 - sp), draws)
    measured = [rng.binomial(500, rate, draws) / 500 for rate in (se, sp)]
    _, lo, hi = corrected_many(called, n, *measured, 500, 500)
    assert 0.935 < ((lo <= truth) & (truth <= hi)).mean() < 0.968


def test_weighted_interval_covers_what_it_says():
    rng = np.random.default_rng(5)
    sizes, bought = [1_000] * 20 + [600], [20] * 20 + [480]
    truth = sum(bought) / sum(sizes)
    covered = []
    for _ in range(300):
        measured = rates(
            se=rng.binomial(500, 0.9) / 500, sp=rng.binomial(2_000, 0.99) / 2_000, n_sp=2_000
        )
        strata = []
        for size, many in zip(sizes, bought, strict=True):
            k = rng.hypergeometric(many, size - many, 40)
            called = rng.binomial(k, 0.9) + rng.binomial(40 - k, 0.01)
            strata.append(Stratum(size, 40, int(called)))
        share = corrected_strata(strata, measured)
        covered.append(share.lo <= truth <= share.hi)
    assert 0.91 < np.mean(covered) < 0.99
