"""Laws of the share and of the verdict: what must hold for any evidence."""

from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.vetting.share import (
    BATCH_FAMILIES,
    SHARES_SCHEMA,
    combine,
    corrected,
    corrected_many,
)
from influencr.vetting.verdict import (
    STATUS_WORDS,
    as_evidence,
    decide,
    effects,
    evidence_row,
    is_standing,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
rates = st.builds(
    lambda se, sp, n: SimpleNamespace(se=se, sp=sp, n_se=n, n_sp=n, calibration="own", version="1"),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
    st.integers(10, 5_000),
)


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 5_000), st.floats(0, 1), rates, st.floats(0, 1))
def test_a_share_lies_in_its_interval_between_0_and_1(n, called, given_rates, seen):
    flagged = round(called * n)
    followers = max(n, round(n / max(seen, 1e-3)))
    share = corrected(flagged, n, given_rates, followers=followers)
    if share.point is None:
        assert share.lo is None
        assert share.hi is None
        assert share.reason.startswith("Not told")
    else:
        assert 0 <= share.lo <= share.point <= share.hi <= 1


@settings(deadline=None, max_examples=100)
@given(st.integers(50, 2_000), st.floats(0.6, 1.0), st.floats(0.8, 1.0))
def test_more_called_is_never_a_smaller_share(n, se, sp):
    # Up to what a test with this sensitivity can call at all.
    flagged = np.arange(0, int(se * n) + 1, max(1, n // 40))
    point, lo, hi = corrected_many(flagged, n, se, sp, 500, 500)
    for limit in (point, lo, hi):
        assert (np.diff(limit) >= -1e-3).all()


@settings(deadline=None, max_examples=100)
@given(st.integers(50, 2_000), st.floats(0, 1), st.floats(0.7, 1.0), st.floats(0.9, 1.0))
def test_seeing_more_of_the_audience_never_widens_the_interval(n, called, se, sp):
    flagged = round(called * n)
    _, lo, hi = corrected_many(flagged, n, se, sp, 500, 500, seen=np.linspace(0, 1, 9))
    width = hi - lo
    # The correction near the edge moves by up to half a follower with what was seen.
    assert (np.diff(width) <= 0.6 / n / (se + sp - 1)).all()


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.floats(0, 1), min_size=3, max_size=3), st.integers(0, 1_000), st.integers(0, 1_000)
)
def test_batches_only_add(limits, members, more):
    lo, point, hi = sorted(limits)
    rest = tuple(np.array([value]) for value in (point, lo, hi))
    seen = np.array([2_000])
    small = combine(rest, np.array([members]), seen)
    large = combine(rest, np.array([members + more]), seen)
    for part in (small, large):
        assert 0 <= part[1][0] <= part[0][0] + 1e-12
        assert part[0][0] <= part[2][0] + 1e-12 or part[2][0] == 1
    assert large[0][0] >= small[0][0] - 1e-12


_CAUSES = ("pack", "onboarding", "viral", "giveaway", "press", "migration")
_outcome = st.sampled_from(["found", "in part", "not found", "not found", "not checked"])
_row = st.fixed_dictionaries(
    {
        "family": st.sampled_from(list("BCDEGXP")),
        "fires": st.booleans(),
        "p": st.sampled_from([None, 1e-9, 1e-4, 0.03]),
        "share": st.sampled_from([None, 0.02, 0.2]),
        "first": st.integers(0, 900),
        "size": st.sampled_from([0, 50, 180, 400]),
        "outcomes": st.lists(_outcome, min_size=6, max_size=6),
    }
)
_creator = st.fixed_dictionaries(
    {
        "rows": st.lists(_row, max_size=6),
        "seen": st.sampled_from([0, 100, 1_000, 1_300]),
        "rest": st.sampled_from([None, 0.01, 0.1, 0.4]),
        "activity": st.sampled_from(["active", "quiet", "dormant", "unknown"]),
        "design": st.sampled_from([None, "whole", "sample", "newest"]),
    }
)


def _ledger(creators):
    return as_evidence(
        evidence_row(
            creator=number,
            family=row["family"],
            statistic="x",
            version="1",
            fires=row["fires"],
            p=row["p"],
            share=row["share"],
            member_rows=range(row["first"], min(row["first"] + row["size"], one["seen"])),
            checked=[
                {"alternative": cause, "outcome": outcome, "detail": ""}
                for cause, outcome in zip(_CAUSES, row["outcomes"], strict=True)
            ],
        )
        for number, one in enumerate(creators)
        for row in one["rows"]
    )


def _judged(creators, evidence):
    """decide and effects, members counted from the evidence as `measure` does."""
    rows = []
    for number, one in enumerate(creators):
        batches = evidence.filter(
            (pl.col("creator") == number) & pl.col("family").is_in(BATCH_FAMILIES) & is_standing()
        )
        members = batches["member_rows"].explode().drop_nulls().n_unique() if len(batches) else 0
        rest = one["rest"]
        rows.append(
            {
                **dict.fromkeys(SHARES_SCHEMA),
                "creator": number,
                "members": members,
                "n_seen": one["seen"],
                "followers": 1_300,
                "n": one["seen"],
                "n_sp": 500,
                "sp": None if rest is None else 0.995,
                "se": None if rest is None else 0.9,
                "flagged": 3,
                "rest_point": rest,
                "rest_lo": None if rest is None else rest / 2,
                "rest_hi": None if rest is None else rest * 1.4,
                "point": rest,
                "lo": 0.0 if rest is None else rest / 2,
                "hi": rest,
                "model_version": "1",
                "calibration": "own",
            }
        )
    shares = pl.DataFrame(rows, schema=SHARES_SCHEMA, orient="row")
    numbers = list(range(len(creators)))
    active = pl.DataFrame(
        {"creator": numbers, "activity_state": [one["activity"] for one in creators]}
    )
    available = pl.DataFrame(
        {
            "creator": numbers,
            "platform": ["bluesky"] * len(creators),
            "design": [one["design"] for one in creators],
        },
        schema_overrides={"design": pl.String},
    )
    return (
        decide(evidence, shares, active, available, as_of=NOW),
        effects(evidence, shares, active, available).to_list(),
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(_creator, min_size=1, max_size=4))
def test_every_stated_effect_is_what_a_new_run_says(creators):
    _, stated = _judged(creators, _ledger(creators))
    without = [
        {**one, "rows": one["rows"][:gone] + one["rows"][gone + 1 :]}
        for one in creators
        for gone in range(len(one["rows"]))
    ]
    if without:
        told, _ = _judged(without, _ledger(without))
        assert stated == [f"without this: {STATUS_WORDS[status]}" for status in told["status"]]


@settings(deadline=None, max_examples=60)
@given(st.lists(_creator, min_size=1, max_size=4))
def test_no_verdict_rests_on_what_does_not_stand(creators):
    evidence = _ledger(creators)
    told, _ = _judged(creators, evidence)
    for one, row in zip(creators, told.iter_rows(named=True), strict=True):
        if row["status"] == "looks_inflated":
            assert set(row["stood"]) & set("GCD")
        if row["status"] == "vetted":
            assert one["activity"] == "active"
            assert one["seen"] > 0
            assert not set(row["stood"]) - {"E", "A"}
        if one["seen"] == 0:
            assert row["status"] != "vetted"
        assert row["sentence"].endswith(".")
