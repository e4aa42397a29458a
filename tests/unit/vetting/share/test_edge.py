import numpy as np
import pytest

from influencr.errors import UsageError
from influencr.vetting.share._edge import edge_interval, normal_quantile


def test_far_from_the_edge_it_is_the_plain_interval():
    lo, hi = edge_interval([0.3, 0.5, 0.9], [0.02, 0.02, 0.01])
    assert np.allclose(lo, [0.2608, 0.4608, 0.8804], atol=1e-4)
    assert np.allclose(hi, [0.3392, 0.5392, 0.9196], atol=1e-4)


def test_limits_near_the_edge():
    """In standard errors: one limit at 0, the plain two from about two errors on."""
    observed = np.array([-1.0, 0.0, 1.0, 1.6, 2.0, 3.0])
    lo, hi = edge_interval(observed / 100, np.full(6, 0.01))
    assert np.allclose(hi * 100, [1.10, 1.96, 2.96, 3.56, 3.96, 4.96], atol=0.02)
    assert np.allclose(lo * 100, [0.0, 0.0, 0.0, 0.0, 0.355, 1.141], atol=0.003)


def test_the_upper_edge_mirrors_the_lower():
    lo, hi = edge_interval([0.02, 0.98], [0.02, 0.02])
    assert lo[0] == pytest.approx(1 - hi[1])
    assert hi[0] == pytest.approx(1 - lo[1])


@pytest.mark.parametrize("truth", [0.0, 0.004, 0.01, 0.02, 0.05, 0.5, 0.995, 1.0])
def test_covers_everywhere(truth):
    seen = np.random.default_rng(3).normal(truth, 0.01, 20_000)
    lo, hi = edge_interval(seen, 0.01)
    assert 0.943 < ((lo <= truth) & (truth <= hi)).mean() < 0.957


def test_unknown_stays_unknown_and_exact_stays_exact():
    lo, hi = edge_interval([np.nan, 0.2], [0.1, 0.0])
    assert np.isnan([lo[0], hi[0]]).all()
    assert (lo[1], hi[1]) == (0.2, 0.2)


def test_level_must_be_a_share():
    with pytest.raises(UsageError, match="between 0 and 1"):
        normal_quantile(95)
