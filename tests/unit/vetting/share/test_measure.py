from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from influencr.vetting._audience import Accounts, Audience
from influencr.vetting.share import SHARES_SCHEMA, by_scores, calibration, complete, measure
from influencr.vetting.verdict import EVIDENCE_SCHEMA, as_evidence, empty_evidence, evidence_row

RATES = SimpleNamespace(
    se=0.90, sp=0.99, n_se=600, n_sp=900, cut=0.5, calibration="a labelled set", version="7"
)


def creators(n, *, followers=1_000, language="en"):
    return pl.DataFrame({"key": np.arange(1, n + 1, dtype=np.uint64)}).with_columns(
        profile_id=pl.format("bluesky:did:{}", pl.col("key")),
        platform=pl.lit("bluesky"),
        language=pl.lit(language),
        topic=pl.lit(None, pl.String),
        followers=pl.lit(followers, pl.Int64),
        created=pl.lit(0),
    )


def audience(p, **known):
    p = np.atleast_2d(np.asarray(p, dtype=np.float32))
    n, seen = p.shape
    accounts = Accounts.of(np.arange(p.size, dtype=np.uint64), p=p.ravel())
    return Audience.of(creators(n, **known), np.arange(n + 1) * seen, np.arange(p.size), accounts)


def batch(listed, **known):
    return as_evidence(
        [
            evidence_row(
                creator=0,
                family="C",
                statistic="x",
                version="1",
                fires=True,
                **{"member_rows": listed, **known},
            )
        ]
    )


def known(_platform, _language):
    return RATES


def test_members_are_counted_and_the_rest_is_tested():
    p = np.full(1_000, 0.1)
    p[200:290] = 0.9
    row = measure(audience(p), batch(range(200)), known).row(0, named=True)
    assert (row["members"], row["n"], row["flagged"], row["n_seen"]) == (200, 800, 90, 1_000)
    assert row["point"] == pytest.approx(0.2 + 0.8 * row["rest_point"])
    assert row["lo"] == pytest.approx(0.9 * 0.2 + 0.8 * row["rest_lo"])
    assert row["hi"] == pytest.approx(1.1 * 0.2 + 0.8 * row["rest_hi"])
    assert row["whole"]
    # Good-looking members count in family P as what they look like.
    assert (row["profile_n"], row["profile_flagged"]) == (1_000, 90)


def test_without_error_rates_only_batches_can_be_told():
    row = measure(audience(np.full(1_000, 0.9)), batch(range(100)), lambda *_: None).row(
        0, named=True
    )
    assert (row["point"], row["hi"], row["rest_point"]) == (None, None, None)
    assert row["lo"] == pytest.approx(0.09)
    assert "error rates are not known" in row["reason"]


def test_explained_and_unlisted_batches():
    checked = [{"alternative": "onboarding", "outcome": "found", "detail": ""}]
    made = audience(np.full(1_000, 0.1))
    assert measure(made, batch(range(100), checked=checked), known)["members"].item() == 0
    assert measure(made, batch([], members=80), known)["members"].item() == 80
    assert measure(made, batch([], members=8_000), known)["members"].item() == 1_000


def test_unknown_probabilities_are_not_judged():
    p = np.full(400, np.nan)
    p[:20] = 0.9
    row = measure(audience(p), empty_evidence(), known).row(0, named=True)
    assert (row["n"], row["point"]) == (20, None)
    assert "30 are needed" in row["reason"]


def test_cohorts_and_family_p():
    rng = np.random.default_rng(2)
    p = np.where(rng.random((300, 200)) < 0.02, 0.9, 0.1)
    p[7] = 0.9
    shares = measure(audience(p), empty_evidence(), known)
    who = creators(300).select("platform", "language", creator=pl.int_range(300, dtype=pl.Int64))
    full, rows = complete(shares, who, cap=0.15)
    assert dict(full.schema) == SHARES_SCHEMA
    assert dict(rows.schema) == EVIDENCE_SCHEMA
    assert 0.0 < full["cohort_p95"][0] < 0.1
    assert rows.filter("fires")["creator"].to_list() == [7]
    few, _ = complete(shares.head(150), who.head(150), cap=0.15)
    assert few["cohort_p95"].null_count() == 150


def test_where_labelled_probabilities_are_known_they_tell_the_share():
    rng = np.random.default_rng(4)

    def drawn(n, bought):
        return 1 / (1 + np.exp(-rng.normal(1.2 if bought else -2.0, 1.3, n)))

    labels = [drawn(3_000, bought) for bought in (True, False)]
    told = calibration(*labels, name="a labelled set", version="7")
    rates = SimpleNamespace(
        **{**vars(RATES), "cut": 0.7, "n_se": 3_000, "n_sp": 3_000},
        scores=SimpleNamespace(
            edges=tuple(told.edges), bought=tuple(told.bought), genuine=tuple(told.genuine)
        ),
    )
    rates.se, rates.sp = (labels[0] >= 0.7).mean(), (labels[1] < 0.7).mean()
    p = np.stack([np.concatenate([drawn(200, True), drawn(800, False)]) for _ in range(40)])
    made = audience(p)
    scored = measure(made, batch(range(100)), lambda *_: rates)
    counted = measure(
        made, batch(range(100)), lambda *_: SimpleNamespace(**{**vars(rates), "scores": None})
    )
    assert set(scored["method"]) == {"by-scores"}
    assert set(counted["method"]) == {"lang-reiczigel"}
    errors = [np.abs(one["profile_point"] - 0.2).mean() for one in (scored, counted)]
    assert errors[0] < 0.9 * errors[1]
    one = by_scores(p[3].astype(np.float32), told, seen=1.0)
    row = scored.row(3, named=True)
    assert [row[name] for name in ("profile_point", "profile_lo", "profile_hi")] == (
        pytest.approx(list(one))
    )
    assert "put right by those of 3000 bought" in row["reason"]
    assert "lie in batches" in scored["reason"][0]
    rest = by_scores(p[0, 100:].astype(np.float32), told, seen=1.0)
    assert scored["rest_point"][0] == pytest.approx(rest.point)
    # A test that is too weak at its cut tells nothing, however its probabilities rank.
    rates.se = 0.2
    weak = measure(made, empty_evidence(), lambda *_: rates)
    assert weak["point"].null_count() == 40
    assert set(weak["method"]) == {"none"}


def test_an_audience_of_nobody():
    nobody = Audience.of(
        creators(1), np.array([0, 0]), np.zeros(0), Accounts.of(np.zeros(0, dtype=np.uint64))
    )
    row = measure(nobody, empty_evidence(), known).row(0, named=True)
    assert (row["n_seen"], row["point"], row["lo"]) == (0, None, None)
