from datetime import timedelta

import polars as pl
import pytest
from vetting_cast import NOW, RATES, clear, finding, judged, others

from influencr.errors import UsageError
from influencr.records import BoughtShare
from influencr.vetting.verdict import STATUS_WORDS, recheck, rederive

BATCH = range(100, 300)
LATER = NOW + timedelta(days=9)


def again(told, evidence=None, **changed):
    share = BoughtShare(**{name: told.share[name] for name in BoughtShare.__struct_fields__})
    return rederive(
        told.evidence if evidence is None else evidence,
        share,
        **{
            "platform": "bluesky",
            "activity_state": "active",
            "as_of": NOW,
            "checked_at": NOW,
            **changed,
        },
    )


CASES = (
    (finding("C", members=BATCH), finding("D", members=BATCH), finding("B", members=BATCH)),
    (finding("G", members=range(60), share=0.06), finding("C", members=range(200)), *clear("BD")),
    (finding("G", members=BATCH, share=0.2, checked=others("pack")), *clear("BCD")),
    tuple(clear()),
    tuple(clear("E")),
)


@pytest.mark.parametrize("rows", CASES)
@pytest.mark.parametrize("rates", [None, RATES])
def test_stored_records_give_the_same_verdict(rows, rates):
    told = judged(*rows, rates=rates, bought=160)
    verdict = again(told)
    assert (verdict.status, verdict.sentence) == (told.status, told.sentence)
    assert [e.effect for e in verdict.evidence] == told.effects
    assert verdict.share.lo == told.share["lo"]


@pytest.mark.parametrize("rows", CASES)
@pytest.mark.parametrize("rates", [None, RATES])
def test_taking_a_reason_away_does_what_it_says(rows, rates):
    told = judged(*rows, rates=rates, bought=160)
    for gone, effect in enumerate(told.effects):
        rest = told.evidence.filter(pl.int_range(pl.len()) != gone)
        assert effect == f"without this: {STATUS_WORDS[again(told, rest).status]}"


def test_times_may_be_instants():
    told = judged(*CASES[0])
    stored = told.evidence.with_columns(
        pl.from_epoch(name, "s").dt.replace_time_zone("UTC") for name in ("from_at", "to_at")
    )
    assert again(told, stored).sentence == told.sentence


def test_a_disputed_verdict_gets_a_dated_record_beside_the_old_one():
    told = judged(*CASES[0])
    before = again(told)
    same = recheck(
        before, told.evidence, platform="bluesky", activity_state="active", checked_at=LATER
    )
    assert same.same
    assert same.before == before
    assert same.after.checked_at == LATER
    fewer = told.evidence.filter(pl.col("family") == "C")
    other = recheck(before, fewer, platform="bluesky", activity_state="active", checked_at=LATER)
    assert not other.same
    assert other.differences[0] == "The verdict was looks inflated and is needs a look."


def test_an_unknown_design_is_refused():
    with pytest.raises(UsageError, match="design"):
        again(judged(*clear()), design="cheapest")
