"""Who answers, how soon, who comes back."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from influencr.errors import SchemaError
from influencr.influence import closeness
from influencr.influence.closeness import FACTS_SCHEMA, MEASURED_SCHEMA

DAY, HOUR = 86_400, 3_600
NOW = 1_780_000_000


def creators(n: int = 1, **change: Any) -> pl.DataFrame:
    keys = pl.Series(range(1, n + 1), dtype=pl.UInt64)
    plain = {"platform": "pond", "policy": 15, **change}
    return pl.DataFrame({"creator": keys}).with_columns(
        profile_id=pl.format("pond:{}", "creator"), **{k: pl.lit(v) for k, v in plain.items()}
    )


def replies(rows: list[tuple[int, int, int | None]], **change: Any) -> pl.DataFrame:
    """(post, actor, seconds until the answer: None not answered, -1 at an unknown time)."""
    at = NOW - 10 * DAY
    return pl.DataFrame(
        [
            {
                "creator": 1,
                "post": post,
                "actor": actor,
                "at": at,
                "answered_at": delay if delay is None or delay < 0 else at + delay,
                **change,
            }
            for post, actor, delay in rows
        ],
        schema={
            **dict.fromkeys(("creator", "post", "actor"), pl.UInt64),
            **dict.fromkeys(("at", "answered_at"), pl.Int64),
            **dict.fromkeys(change, pl.Boolean),
        },
        strict=False,
    )


def told(heard: pl.DataFrame, **change: Any) -> dict[str, Any]:
    found = closeness.measure(creators(**change), heard, as_of=NOW)
    return closeness.facts(found, closeness.learn(found)).row(0, named=True)


def a_home(n: int = 300, *, seed: int = 1, together: float = 0.0) -> tuple[Any, ...]:
    """Creators, replies, planted share of answers, planted hours until the middle one."""
    rng = np.random.default_rng(seed)
    share = rng.beta(1.3, 2.2, n)
    who = np.repeat(np.arange(n), rng.integers(1, 18, n))
    per_post = share[who]
    if together:
        strength = 1 / together - 1
        per_post = rng.beta(per_post * strength + 1e-3, (1 - per_post) * strength + 1e-3)
    post = np.repeat(np.arange(len(who)), rng.geometric(0.3, len(who)))
    hours = np.exp(rng.normal(1.0, 0.9, n))
    delay = np.exp(np.log(hours[who[post]] * HOUR) + rng.normal(0, 1.1, len(post)))
    at = NOW - rng.integers(20 * DAY, 80 * DAY, len(post))
    answered = rng.random(len(post)) < per_post[post]
    heard = pl.DataFrame(
        {
            "creator": pl.Series(who[post] + 1, dtype=pl.UInt64),
            "post": pl.Series(post, dtype=pl.UInt64),
            "actor": pl.Series(1_000 * who[post] + rng.integers(5_000, 5_040, len(post))),
            "at": at,
            "answered_at": np.where(answered, at + delay.astype(np.int64), -9),
        }
    ).with_columns(pl.col("actor").cast(pl.UInt64), pl.col("answered_at").replace(-9, None))
    return creators(n), heard, share, hours


@pytest.mark.parametrize("together", [0.0, 0.25])
def test_intervals_hold_what_they_promise(together: float) -> None:
    hits = []
    for seed in (1, 2):
        who, heard, share, hours = a_home(400, seed=seed, together=together)
        found = closeness.measure(who, heard, as_of=NOW)
        home = closeness.learn(found)
        facts = closeness.facts(found, home)
        for name, truth in (("answered", share), ("answer_hours", hours)):
            low, high = (facts[f"closeness_{name}_{end}"].to_numpy() for end in ("low", "high"))
            known = np.isfinite(low)
            hits.append(np.mean((low <= truth) & (truth <= high), where=known))
        assert home.correlation["pond"] == pytest.approx(together, abs=0.07)
    assert 0.925 < np.mean(hits[::2]) < 0.975
    assert 0.925 < np.mean(hits[1::2]) < 0.975


def test_the_parts_multiply_to_the_number() -> None:
    who, heard, _, _ = a_home(120)
    found = closeness.measure(who, heard, as_of=NOW)
    facts = closeness.facts(found, closeness.learn(found))
    whole = facts.filter(pl.col("closeness").is_not_null(), pl.col("closeness_within_day_n") >= 3)
    product = whole["closeness_answered"] * whole["closeness_within_day"]
    np.testing.assert_allclose(whole["closeness"].to_numpy(), product.to_numpy(), rtol=1e-12)
    assert whole["closeness"].is_between(0, 1).all()
    assert (whole["closeness_low"] <= whole["closeness"]).all()
    assert (whole["closeness"] <= whole["closeness_high"]).all()
    assert facts["profile_id"].to_list() == who["profile_id"].to_list()
    assert dict(facts.schema) == dict(FACTS_SCHEMA)


def test_what_is_counted() -> None:
    found = told(replies([(1, 50, HOUR), (1, 51, 30 * HOUR), (2, 50, None), (3, 52, 2 * HOUR)]))
    assert found["closeness_answered_n"] == 4
    assert found["closeness_answered_reason"] == "3 of 4 replies were answered."
    assert found["closeness_within_day_reason"] == "2 of 3 answers came within 24 hours."
    assert found["closeness_answer_hours"] == pytest.approx(2.0)


def test_conversations_that_go_both_ways_and_people_who_come_back() -> None:
    both_ways = [(1, 50, HOUR), (2, 50, HOUR)]
    back = [(1, 51, HOUR), (2, 51, None), (3, 51, None)]
    twice_on_one_post = [(3, 52, HOUR), (3, 52, HOUR)]
    found = told(replies(both_ways + back + twice_on_one_post))
    assert found["closeness_mutual_pairs"] == 1
    assert found["closeness_repeat_repliers"] == 1
    assert found["closeness_mutual_n"] == 3


def test_who_could_not_come_back_is_no_stranger() -> None:
    found = told(replies([(1, 50 + i, HOUR) for i in range(9)]))
    assert found["closeness_repeat"] is None
    assert found["closeness_repeat_reason"] == "Only 1 posts with replies were seen."


@pytest.mark.parametrize(
    "change",
    [{"at": NOW - DAY}, {"at": NOW - 91 * DAY}, {"actor": 1}, {"creator": 2}, {"flagged": True}],
    ids=lambda d: next(iter(d)),
)
def test_a_reply_that_does_not_qualify_is_not_counted(change: dict[str, Any]) -> None:
    plain = replies([(1, 50, HOUR), (2, 51, HOUR), (3, 52, HOUR)], flagged=False)
    one = replies([(4, 53, HOUR)], flagged=False).with_columns(
        **{k: pl.lit(v).cast(plain.schema[k]) for k, v in change.items()}
    )
    assert told(pl.concat([plain, one]))["closeness_answered_n"] == 3


def test_an_answer_after_the_end_was_not_there_yet() -> None:
    heard = replies([(1, 50, 11 * DAY), (2, 51, HOUR), (3, 52, HOUR)])
    assert told(heard)["closeness_answered_reason"] == "2 of 3 replies were answered."


def test_answers_at_unknown_times_are_answers() -> None:
    found = told(replies([(i, 50 + i, -1) for i in range(6)]))
    assert found["closeness_answered"] > 0.8
    assert found["closeness"] is None
    assert found["closeness_reason"] == "When answers came is not known."
    assert found["closeness_answer_hours"] is None


def test_who_never_answers_is_not_close() -> None:
    found = told(replies([(i, 50 + i, None) for i in range(40)]))
    assert found["closeness"] < 0.02
    assert found["closeness_low"] == found["closeness_answered_low"] == 0
    assert found["closeness_answer_hours_reason"].startswith("Only 0 dated answers seen")


@pytest.mark.parametrize(
    ("heard", "change", "words"),
    [
        ([], {}, "No reply of anybody else"),
        ([], {"replies_collected": False}, "not collected one by one"),
        ([(1, 50, HOUR)] * 5, {"policy": 1}, "terms"),
        ([(1, 50, HOUR)], {}, "Only 1 replies seen; 3 are needed"),
    ],
    ids=["silence", "not collected", "terms", "few"],
)
def test_what_cannot_be_told_has_a_reason(
    heard: list[Any], change: dict[str, Any], words: str
) -> None:
    found = told(replies(heard), **change)
    assert found["closeness"] is None
    assert words in found["closeness_reason"]


def test_buckets_add_up_to_the_whole() -> None:
    who, heard, _, _ = a_home(80)
    whole = closeness.measure(who, heard, as_of=NOW)
    parts = pl.concat(
        closeness.measure(part, heard, as_of=NOW) for part in (who.head(31), who.slice(31))
    )
    assert parts.select("profile_id", "n_replies", "n_mutual", "squares").equals(
        whole.select("profile_id", "n_replies", "n_mutual", "squares")
    )
    home = closeness.learn(whole)
    one = closeness.facts(whole, home)["closeness"].to_numpy()
    other = closeness.facts(parts, closeness.learn(parts))["closeness"].to_numpy()
    np.testing.assert_allclose(one, other, rtol=1e-5)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SchemaError, match="answered_at"):
        closeness.measure(creators(), replies([]).drop("answered_at"), as_of=NOW)
    with pytest.raises(SchemaError, match="policy"):
        closeness.measure(creators().drop("policy"), replies([]), as_of=NOW)


def test_nobody_asked_nothing_told() -> None:
    nobody = closeness.measure(creators().head(0), replies([]), as_of=NOW)
    assert nobody.schema == dict(MEASURED_SCHEMA)
    assert closeness.facts(nobody, closeness.learn(nobody)).schema == dict(FACTS_SCHEMA)
