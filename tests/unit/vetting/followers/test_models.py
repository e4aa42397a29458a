"""Labels of one's own: fit, one file, evaluate, and every refusal in one sentence."""

import importlib.util
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from influencr.errors import OtherFormat, UnknownValue, UnreadableInput, UsageError
from influencr.vetting import followers
from influencr.vetting.followers import _figures as figures
from influencr.vetting.followers._boosted import boosted, forest, walk
from influencr.vetting.followers._fit import folds_of
from influencr.vetting.followers._labelled import feature_matrix
from influencr.vetting.followers._members import fit_members, member_scores, views_of
from influencr.vetting.followers._values import fitted as fitted_values
from influencr.vetting.followers._values import told

spec = importlib.util.spec_from_file_location("invented", Path(__file__).with_name("invented.py"))
invented = importlib.util.module_from_spec(spec)
spec.loader.exec_module(invented)


@pytest.fixture(scope="module")
def fitted():
    frame, y = invented.crowd(240, seed=1, share=0.3)
    table = frame.with_columns(kind=pl.Series(np.where(y, "fake", "real")))
    labelled = followers.read_labelled(table, "kind")
    return labelled, followers.fit_model(labelled, label="kind")


def test_a_fit_ranks_a_crowd_that_it_has_not_seen(fitted):
    _, model = fitted
    frame, y = invented.crowd(400, seed=2)
    p = model.score(frame)["p_bought"].to_numpy()
    assert figures.auc(y.astype(np.int8), p.astype(float)) > 0.95
    assert model.about["n_positive"] + model.about["n_negative"] == 240


def test_the_file_gives_the_same_answers_and_holds_no_row(fitted, tmp_path):
    labelled, model = fitted
    followers.save_model(model, tmp_path / "own.model")
    again = followers.load_model(tmp_path / "own.model")
    assert np.array_equal(again.probability(labelled.x), model.probability(labelled.x))
    assert again.columns == model.columns
    assert again.about == model.about
    with zipfile.ZipFile(tmp_path / "own.model") as archive:
        assert archive.namelist()[0] == "model.json"
        for name in archive.namelist()[1:]:
            with archive.open(name) as file:
                array = np.lib.format.read_array(file, allow_pickle=False)
            assert array.shape[:1] != (len(labelled.y),), name


def test_a_file_that_would_run_code_is_refused(fitted, tmp_path):
    _, model = fitted
    path = tmp_path / "own.model"
    followers.save_model(model, path)
    bad = tmp_path / "bad.model"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bad, "w") as new:
        new.writestr("model.json", old.read("model.json"))
        with new.open("weights.npy", "w") as file:
            np.lib.format.write_array(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(UnreadableInput, match="no follower model"):
        followers.load_model(bad)


def test_files_that_are_no_model(fitted, tmp_path):
    path = tmp_path / "x.model"
    with pytest.raises(UsageError, match="is not a file"):
        followers.load_model(path)
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(UnreadableInput):
        followers.load_model(path)
    _, model = fitted
    followers.save_model(model, path)
    with zipfile.ZipFile(path) as old:
        head = old.read("model.json").replace(b'"format_version": 2', b'"format_version": 99')
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("model.json", head)
    with pytest.raises(OtherFormat, match="later version"):
        followers.load_model(path)


def test_reasons_name_columns_and_values(fitted):
    _, model = fitted
    row = pl.DataFrame({"followers": [2], "following": [7000], "posts": [0], "handle": ["x77777"]})
    told = model.score(row)
    assert told["p_bought"][0] > 0.5
    assert any("(for it)" in reason for reason in told["reasons"][0])
    empty = model.score(pl.DataFrame({"posts": ["", "3"]}))
    assert empty["p_bought"][0] is None
    assert empty["reasons"][0].to_list() == ["none of the model's columns is known"]


def test_a_table_without_the_columns_of_the_model(fitted):
    _, model = fitted
    with pytest.raises(UsageError, match="none of the columns"):
        model.score(pl.DataFrame({"shoe": [1]}))


def test_trees_as_arrays_walk_as_they_were_fitted():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    x[rng.random(x.shape) < 0.1] = np.nan
    y = (np.nan_to_num(x[:, 0] * x[:, 1]) > 0).astype(np.int8)
    # both compare themselves with scikit-learn on rows of x, and raise when they differ
    z = walk(boosted(x, y, seed=0, max_iter=20), x)
    assert figures.auc(y, z) > 0.9
    for extra in (False, True):
        p = walk(forest(x, y, seed=0, n_trees=10, extra=extra), x)
        assert ((p >= 0) & (p <= 1 + 1e-9)).all()


def test_values_that_rows_share_are_told_without_their_own_label():
    rng = np.random.default_rng(0)
    x = np.round(rng.normal(size=(400, 2)), 1)
    x[:120, 0] = 7.25  # a seller's number
    x[::9, 1] = np.nan
    y = np.where(x[:, 0] == 7.25, rng.random(400) < 0.9, rng.random(400) < 0.3).astype(np.int8)
    table, shared = fitted_values(x, y, seed=1)
    assert shared.shape == (400, 4)
    assert (shared[:120, 0] > 0.7).all()
    assert (shared[:120, 1] == 120).all()
    assert (shared[::9, 3] == 0).all()
    # values by chance, each shared by a few rows, say nothing about the rows that made them
    chance = rng.permutation(np.repeat(np.arange(80.0), 5))[:, None]
    coin = rng.permutation(np.arange(400) % 2).astype(np.int8)
    _, honest = fitted_values(chance, coin, seed=1)
    assert abs(figures.auc(coin, honest[:, 0]) - 0.5) < 0.12
    assert figures.auc(coin, told(fitted_values(chance, coin, seed=1)[0], chance)[:, 0]) > 0.65
    other = told(table, np.array([[7.25, 99.0], [99.0, np.nan]]))
    assert other[0, 0] > 0.7
    assert np.allclose(other[1], [y.mean(), 0, y.mean(), 0])


def test_quotients_of_small_numbers_are_not_blurred(monkeypatch):
    monkeypatch.setattr("influencr.vetting.followers._members.FEW", 100)
    rng = np.random.default_rng(2)
    x = np.column_stack([rng.uniform(0, 0.01, 200), rng.integers(1, 900, 200)])
    views = views_of(x)
    assert views.small[0] < 0.001
    assert views.small[1] == 1.0
    assert np.ptp(views.with_quotients(x)[:, 2]) > 0


def test_members_for_many_rows_take_missing_values(monkeypatch):
    monkeypatch.setattr("influencr.vetting.followers._members.FEW", 100)
    monkeypatch.setattr("influencr.vetting.followers._members.FEWEST", 100)
    frame, y = invented.crowd(700, seed=3)
    columns = ("followers", "following", "posts")
    x = feature_matrix(frame, columns)
    x[::7, 1] = np.nan
    views = views_of(x)
    assert views.small[0] == 1.0
    members = fit_members(x[:600], y[:600].astype(np.int8), views, seed=0, n_all=600)
    scores = member_scores(members, x[600:], views)
    assert scores.shape == (100, 6)
    assert np.isfinite(scores).all()
    assert all(figures.auc(y[600:].astype(np.int8), z) > 0.9 for z in scores.T)


@pytest.mark.parametrize(("few", "fewest"), [(110, 100), (300, 110)])
def test_a_table_just_above_a_size_has_the_same_members_in_its_splits(
    monkeypatch, tmp_path, few, fewest
):
    monkeypatch.setattr("influencr.vetting.followers._members.FEW", few)
    monkeypatch.setattr("influencr.vetting.followers._members.FEWEST", fewest)
    frame, y = invented.crowd(120, seed=9)
    table = frame.select("followers", "posts").with_columns(label=pl.Series(y))
    model = followers.fit_model(followers.read_labelled(table, "label"), label="label")
    assert len(model.weights) == (7 if few == 110 else 5)
    followers.save_model(model, tmp_path / "own.model")
    again = followers.load_model(tmp_path / "own.model")
    x = feature_matrix(frame, model.columns)
    assert np.array_equal(again.probability(x), model.probability(x))
    assert np.isfinite(model.score(frame)["p_bought"].to_numpy()).all()


def test_equal_rows_stay_on_one_side():
    group = np.repeat(np.arange(50), 4)
    y = np.tile([0, 0, 0, 0, 1, 1, 1, 1], 25).astype(np.int8)
    fold = folds_of(y, group, folds=5, seed=1)
    assert all(len(set(fold[group == g])) == 1 for g in range(50))
    assert sorted(np.bincount(fold)) == [40] * 5
    assert all(0 < y[fold == k].mean() < 1 for k in range(5))


def test_labels_of_all_words_and_rows_without_one():
    frame, y = invented.crowd(120, seed=4)
    words = np.where(y, "F", "r").astype(object)
    words[:10] = None
    labelled = followers.read_labelled(frame.with_columns(who=pl.Series(words.tolist())), "who")
    assert np.array_equal(labelled.y, y[10:])
    assert "handle" in labelled.skipped
    assert "handle_digit_share" in labelled.columns


def test_dates_and_identifiers_are_no_features_but_flags_of_that_name_are():
    frame, y = invented.crowd(100, seed=5)
    frame = frame.with_columns(
        pl.Series("id", range(100)),
        pl.Series("created_at", range(100)),
        pl.Series("url", y % 2),
        pl.Series("same", [1] * 100),
        label=pl.Series(y),
    )
    labelled = followers.read_labelled(frame, "label")
    assert {"id", "created_at", "same"} <= set(labelled.skipped)
    assert "url" in labelled.columns


@pytest.mark.parametrize(
    ("column", "values", "error", "words"),
    [
        ("wrong", [0, 1], UnknownValue, "wrong"),
        ("label", ["0", "maybe"], UnknownValue, "maybe"),
        ("label", [0, 1], UsageError, "at least 20 of each class"),
    ],
)
def test_labels_that_cannot_be_used(column, values, error, words):
    frame = pl.DataFrame({"a": [1, 2], "label": values})
    with pytest.raises(error, match=words):
        followers.read_labelled(frame, column)


def test_evaluate_gives_figures_with_intervals_on_a_known_answer(fitted):
    _, model = fitted
    frame, y = invented.crowd(200, seed=6)
    found = followers.evaluate_model(frame.with_columns(label=pl.Series(y)), "label", model)
    assert set(found["figures"]) == {
        *("auc", "average_precision", "ece", "accuracy", "f1"),
        *("mcc", "precision", "recall", "se", "sp"),
    }
    for one in found["figures"].values():
        assert one["low"] <= one["value"] <= one["high"] or one["value"] == one["low"]


def test_cross_validation_of_labels_by_chance_finds_nothing():
    frame, _ = invented.crowd(90, seed=7)
    y = np.random.default_rng(8).permutation(np.arange(90) % 2)
    labelled = followers.read_labelled(
        frame.select("followers", "posts").with_columns(label=pl.Series(y)), "label"
    )
    found = followers.evaluate_labels(labelled, folds=2)
    assert 0.3 < found["figures"]["auc"]["value"] < 0.7
