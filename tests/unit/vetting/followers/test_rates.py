"""Error rates are measured or absent, never carried over from another platform."""

import json
from importlib import resources

from influencr.vetting import followers
from influencr.vetting.followers._rates import MIN_LABELS


def test_a_platform_without_labels_has_no_rates_and_says_so():
    rates = followers.error_rates("bluesky", "en")
    assert not rates.known
    assert rates.se is None
    assert rates.scores is None
    assert rates.n_sp == 0
    assert "bluesky" in rates.reason
    assert 0 < rates.cut < 1


def test_measured_rates_name_their_sets_and_counts():
    rates = followers.error_rates("instagram", "fr")
    assert rates.known
    assert rates.language is None
    assert "Purba" in rates.calibration
    assert rates.n_se > 1000
    assert rates.n_sp > 1000
    assert rates.mean_bought > rates.mean_genuine
    assert rates.version == followers.shipped().version
    assert sum(rates.scores.bought) == rates.n_se
    assert sum(rates.scores.genuine) == rates.n_sp
    assert len(rates.scores.bought) == len(rates.scores.edges) + 1
    assert list(rates.scores.edges) == sorted(rates.scores.edges)


def test_a_language_has_rates_of_its_own_only_with_enough_labels():
    file = resources.files("influencr.vetting.followers") / "data" / "error-rates.json"
    rows = json.loads(file.read_text(encoding="utf-8"))["rates"]
    own = [row for row in rows if row["language"]]
    assert own
    assert all(row["n_sp"] >= MIN_LABELS for row in own)
    for row in own:
        assert followers.error_rates(row["platform"], row["language"]).n_sp == row["n_sp"]


def test_no_row_of_anybody_lies_in_the_shipped_files():
    folder = resources.files("influencr.vetting.followers") / "data"
    model = json.loads((folder / "srf-2017.json").read_text(encoding="utf-8"))
    assert model["attribution"] == "SRF Data"
    assert "CC BY-SA 4.0" in model["licence"]
    assert set(model) == {"name", "version", "licence", "attribution", "fitted_on", "patterns"}
    assert "CC BY-SA 4.0" in (folder / "LICENCE.md").read_text(encoding="utf-8")
