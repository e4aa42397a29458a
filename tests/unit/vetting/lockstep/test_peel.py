import numpy as np

from influencr.vetting.lockstep import densest


def test_a_clique_in_a_sparse_graph():
    rng = np.random.default_rng(2)
    one, two = rng.integers(0, 300, 600), rng.integers(0, 300, 600)
    inside, other = np.triu_indices(12, 1)
    one = np.concatenate([one, inside + 40])
    two = np.concatenate([two, other + 40])
    dense = densest(one, two, np.ones(len(one)), 300)
    assert set(range(40, 52)) <= set(dense.nodes.tolist())
    assert len(dense.nodes) <= 14
    assert dense.density >= 66 / 12


def test_nothing_is_dense_in_nothing():
    none = np.zeros(0, dtype=np.int64)
    assert densest(none, none, np.zeros(0), 5).density == 0.0
    assert len(densest(none, none, np.zeros(0), 0).nodes) == 0


def test_a_prior_draws_nodes_in():
    one, two = np.array([0, 2]), np.array([1, 3])
    plain = densest(one, two, np.ones(2), 4)
    weighed = densest(one, two, np.ones(2), 4, prior=np.array([0.0, 0.0, 2.0, 2.0]))
    assert plain.density == 0.5
    assert weighed.nodes.tolist() == [2, 3]
    assert weighed.density == 2.5
