"""Creators with evidence made by hand: what the tests of rule, sentences and records share."""

from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import polars as pl

from influencr.vetting._audience import Accounts, Audience
from influencr.vetting.share import complete, measure
from influencr.vetting.verdict import CAP, as_evidence, decide, effects, evidence_row

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CHECKED = ("pack", "onboarding", "viral", "giveaway", "press", "migration")
RATES = SimpleNamespace(
    se=0.90, sp=0.99, n_se=600, n_sp=900, cut=0.5, calibration="a labelled set", version="7"
)


def others(*found, without=(), outcome="found"):
    """What else was looked for: `found` of it, all but `without` of it checked."""
    return [
        {
            "alternative": name,
            "outcome": "not checked"
            if name in without
            else outcome
            if name in found
            else "not found",
            "detail": f"{name} was looked for.",
        }
        for name in CHECKED
    ]


def finding(family, *, members=(), p=1e-9, share=None, checked=None, fires=True):
    return {
        "family": family,
        "statistic": "max_excess",
        "version": "3",
        "value": 88.0,
        "p": p,
        "member_rows": list(members),
        "share": share,
        "fires": fires,
        "from_at": 1_735_689_600,
        "to_at": 1_735_689_600 + 31 * 3_600,
        "checked": others() if checked is None else checked,
    }


def clear(letters="BCDG"):
    return [
        {"family": letter, "statistic": "none", "version": "3", "value": 1.0} for letter in letters
    ]


def judged(
    *rows,
    seen=1_000,
    followers=None,
    bought=0,
    rates=None,
    activity="active",
    platform="bluesky",
    design=None,
):
    """One creator through measure, complete, decide and effects."""
    n = max(seen, 1)
    p = np.full(n, 0.1, dtype=np.float32)
    p[:bought] = 0.9
    shown = followers if followers is not None else seen
    creators = pl.DataFrame(
        {"key": [1], "profile_id": ["bluesky:did:1"], "platform": [platform], "language": ["en"]}
    ).with_columns(
        topic=pl.lit(None, pl.String), followers=pl.lit(shown, pl.Int64), created=pl.lit(0)
    )
    audience = Audience.of(
        creators,
        np.array([0, seen]),
        np.arange(seen),
        Accounts.of(np.arange(n, dtype=np.uint64), p=p),
    )
    evidence = as_evidence(evidence_row(creator=0, **row) for row in rows)
    shares = measure(audience, evidence, lambda _platform, _language: rates)
    who = creators.select("platform", "language", creator=pl.lit(0, pl.Int64))
    shares, profiles = complete(shares, who, cap=CAP)
    evidence = pl.concat([evidence, profiles])
    active = pl.DataFrame({"creator": [0], "activity_state": [activity]})
    available = pl.DataFrame(
        {"creator": [0], "platform": [platform], "design": [design]},
        schema_overrides={"design": pl.String},
    )
    one = decide(evidence, shares, active, available, as_of=NOW).row(0, named=True)
    return SimpleNamespace(
        **one,
        share=shares.row(0, named=True),
        evidence=evidence,
        effects=effects(evidence, shares, active, available).to_list(),
    )
