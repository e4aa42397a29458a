"""The fit of the confidence: shrinkage, folds and what is written, on invented rows."""

import tomllib

import numpy as np
import pytest

from influencr.geography.evaluation import _crossval as cv
from influencr.geography.evaluation import fit as fitting
from influencr.geography.evaluation._logistic import fit, isotonic, sigmoid
from influencr.geography.evaluation._sets import Row
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.location._confidence import FEATURES


def rows(n, weights, intercept, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, len(weights)))
    y = (rng.random(n) < sigmoid(intercept + x @ np.array(weights))).astype(np.float64)
    return x, y


def test_much_data_and_no_penalty_find_the_weights():
    x, y = rows(20_000, [1.0, -0.5, 0.0], 0.3)
    found = fit(x, y, towards=np.zeros(3), penalty=1e-6)
    assert found.weights == pytest.approx([1.0, -0.5, 0.0], abs=0.06)
    assert found.intercept == pytest.approx(0.3, abs=0.06)


def test_a_strong_penalty_leaves_the_prior_and_frees_the_intercept():
    x, y = rows(300, [0.0, 0.0], 2.0)
    found = fit(x, y, towards=np.array([1.0, 0.0]), penalty=1e9)
    assert found.weights == pytest.approx([1.0, 0.0], abs=1e-5)
    assert found(x).mean() == pytest.approx(y.mean(), abs=0.01)


def test_rows_that_are_all_right_and_columns_that_never_change():
    x = np.column_stack([np.linspace(0, 3, 40), np.full(40, 7.0)])
    found = fit(x, np.ones(40), towards=np.array([1.0, 0.0]), penalty=10.0)
    assert np.isfinite(found.weights).all()
    assert found.weights[1] == pytest.approx(0.0)
    assert (found(x) > 0.9).all()


def test_isotonic_never_falls():
    rng = np.random.default_rng(2)
    p = rng.random(200)
    begin, height = isotonic(p, (rng.random(200) < p).astype(np.float64))
    assert begin[0] == 0.0
    assert (np.diff(height) > 0).all()
    assert (np.diff(begin) > 0).all()


def test_errors_are_weighed_up_to_the_expected_share_and_never_down():
    y = np.array([1.0] * 98 + [0.0] * 2)
    weight = cv.error_weights(y, 0.05)
    assert weight[y == 0].sum() / weight.sum() == pytest.approx(0.05)
    assert cv.error_weights(y, 0.01) == pytest.approx(np.ones(100))
    assert cv.error_weights(np.ones(5), 0.1) == pytest.approx(np.ones(5))


def data(n=200, seed=5):
    x, y = rows(n, [1.0, 0.0], 1.0, seed)
    return cv.Data(x, y, np.arange(n) // 2)


def test_a_group_is_on_one_side():
    found = data()
    fold = cv._folds(found, 10, np.random.default_rng(0))
    for group in np.unique(found.group):
        assert len(set(fold[found.group == group].tolist())) == 1
    assert set(fold.tolist()) == set(range(10))


def test_every_row_is_held_out_once_per_repeat_and_the_same_each_time():
    found = data(120)
    one, other = (cv.cross_validate(found, repeats=1) for _ in range(2))
    assert set(one) == set(cv.WAYS)
    for way in cv.WAYS:
        assert one[way].shape == (1, 120)
        assert (one[way] == other[way]).all()
    figures = cv.summary(one["logistic"], found, 120)
    assert all(f["low"] <= f["high"] for f in figures.values())


@pytest.fixture(scope="module")
def gold_rows(gazetteer_of_tests):
    """The largest cities behind their country; one in ten labelled wrong."""
    g = gazetteer_of_tests
    cities = [row for row, kind in enumerate(g.kinds) if kind == PlaceKind.CITY]
    cities.sort(key=lambda row: -g.populations[row])
    return [
        Row(
            key=str(i),
            text=f"{g.name(row)}, {g.name(g.country_row[g.country(row)])}",
            level="city",
            country="AQ" if i % 10 == 0 else g.country(row),
            lat=g.lats[row],
            lon=g.lons[row],
        )
        for i, row in enumerate(cities[:120])
    ]


@pytest.fixture(scope="module")
def gazetteer_of_tests():
    from influencr.geography import Gazetteer

    return Gazetteer.load()


def test_what_is_written_is_what_the_judge_reads(gold_rows, gazetteer_of_tests):
    country, city, n_located = fitting.examples(gold_rows, gazetteer_of_tests)
    assert n_located == 120
    assert len(country.y) >= 100
    assert 0.05 < (country.y == 0).mean() < 0.2
    assert (city.y == 1).mean() > 0.9
    one = fitting._one(country, n_located, 1, lambda _: None)
    provenance = {
        "set": "invented",
        "checksum": "0" * 64,
        "fitted_on": "2026-01-01",
        "features": list(FEATURES),
    }
    written = tomllib.loads(fitting.toml({"country": provenance | one, "city": provenance | one}))
    assert tuple(written["country"]["weights"]) == FEATURES
    assert isinstance(written["country"]["intercept"], float)
    # Nine in ten are right, whatever the table said.
    weights = np.array(list(written["country"]["weights"].values()))
    p = sigmoid(written["country"]["intercept"] + country.x @ weights)
    assert p.mean() == pytest.approx(country.y.mean(), abs=0.03)


def test_without_the_set_one_sentence(tmp_path, capsys):
    output = tmp_path / "calibration.toml"
    assert fitting.main(["--datasets", str(tmp_path), "--output", str(output)]) == 2
    assert "dev.csv is not in" in capsys.readouterr().err
    assert not output.exists()


def test_the_shipped_coefficients_fit_the_features():
    from influencr.geography.location import _confidence

    written = tomllib.loads(_confidence._CALIBRATION.read_text(encoding="utf-8"))
    assert tuple(written["provenance"]["features"]) == FEATURES
    assert written["country"]["weights"]["table"] > 0
