from types import SimpleNamespace

import polars as pl
import pytest
from vetting_cast import NOW, RATES, clear, finding, judged, others

from influencr.errors import SchemaError
from influencr.vetting.share import SHARES_SCHEMA
from influencr.vetting.verdict import STATUS_OF, as_evidence, decide, evidence_row
from influencr.vetting.verdict._rule import smallest_batch

BATCH = range(100, 300)


def test_two_families_one_of_them_a_group_and_a_high_share_look_inflated():
    told = judged(finding("C", members=BATCH), finding("D", members=BATCH))
    assert told.status == "looks_inflated"
    assert told.share["lo"] == pytest.approx(0.18)
    assert told.share["point"] is None


def test_a_lockstep_group_of_a_twentieth_is_enough():
    told = judged(finding("G", members=range(60), share=0.06, p=1e-7), *clear("BCD"))
    assert (told.status, told.code) == ("looks_inflated", "block")
    less = judged(finding("G", members=range(60), share=0.06, p=1e-5), *clear("BCD"))
    assert less.status == "needs_a_look"
    small = judged(finding("G", members=range(40), share=0.04, p=1e-7), *clear("BCD"))
    assert small.status == "needs_a_look"


def test_a_handful_of_followers_never_looks_inflated():
    block = finding("G", members=range(29), share=0.1, p=1e-12)
    assert judged(block, *clear("BCD"), seen=290).status == "needs_a_look"
    more = finding("G", members=range(30), share=0.1, p=1e-12)
    assert judged(more, *clear("BCD"), seen=300).status == "looks_inflated"
    both = [finding(family, members=range(29)) for family in "CD"]
    assert judged(*both, seen=100).status == "needs_a_look"


def test_one_family_is_never_more_than_a_look():
    for family in "BCDEX":
        told = judged(finding(family, members=BATCH), *clear())
        assert told.status == "needs_a_look", family


def test_two_families_without_a_group_are_never_more_than_a_look():
    told = judged(finding("B", members=BATCH), finding("E"), bought=900, rates=RATES)
    assert set(told.stood) == {"B", "E", "P"}
    assert told.status == "needs_a_look"


def test_a_small_share_is_never_more_than_a_look():
    told = judged(finding("C", members=range(100)), finding("D", members=range(100)))
    assert told.status == "needs_a_look"


def test_engagement_at_the_end_of_its_list_is_said_and_not_held_against_anybody():
    told = judged(finding("E", p=0.03), *clear())
    assert told.code == "vetted_batches"
    assert "One thing stands out" in told.sentence
    assert judged(finding("E", p=0.004), *clear()).status == "needs_a_look"
    both = judged(finding("E", p=0.03), finding("B", members=BATCH), *clear())
    assert both.code == "signs"


def test_exchange_and_activity_do_not_count():
    told = judged(finding("C", members=BATCH), finding("X", members=BATCH), finding("A"))
    assert told.status == "needs_a_look"


@pytest.mark.parametrize(("family", "guard"), [("C", "onboarding"), ("G", "giveaway")])
def test_a_guard_that_could_not_run_holds_back(family, guard):
    row = finding(family, members=BATCH, share=0.2, checked=others(without=(guard,)))
    assert judged(row, finding("B", members=BATCH)).status == "needs_a_look"
    whole = finding(family, members=BATCH, share=0.2)
    told = judged(whole, finding("B", members=BATCH))
    assert told.status == "looks_inflated"


def test_a_viral_post_holds_a_batch_back_without_explaining_it():
    rows = [finding(letter, members=BATCH, share=0.2, checked=others("viral")) for letter in "CDG"]
    told = judged(*rows, *clear("B"))
    assert told.status == "needs_a_look"


def test_a_pack_explains_neither_accounts_made_together_nor_copies():
    """Else a bought crowd could launder itself by one click on a pack."""
    for family in "CD":
        told = judged(finding(family, members=BATCH, checked=others("pack")), *clear("BG"))
        assert (told.code, told.stood) == ("sign", [family])


def test_a_large_burst_through_a_pack_vets_nobody():
    told = judged(finding("B", members=BATCH, share=0.2, checked=others("pack")), *clear())
    assert (told.status, told.code) == ("needs_a_look", "crowd")
    small = judged(finding("B", members=BATCH, share=0.1, checked=others("pack")), *clear())
    assert small.status == "vetted"
    viral = judged(finding("B", members=BATCH, share=0.4, checked=others("viral")), *clear())
    assert viral.status == "vetted"


def test_a_giveaway_that_asks_to_follow_several_is_lockstep():
    told = judged(finding("G", members=BATCH, share=0.2, checked=others("giveaway")), *clear())
    assert told.status == "vetted"


def test_what_is_explained_does_not_stand():
    told = judged(
        finding("G", members=BATCH, share=0.2, checked=others("pack")),
        finding("B", members=BATCH, checked=others("viral")),
        *clear("CD"),
    )
    assert told.status == "vetted"
    assert told.stood == []
    assert told.share["members"] == 0
    assert "starter pack or list" in told.sentence
    part = judged(
        finding("G", members=BATCH, share=0.2, checked=others("pack", outcome="in part")),
        *clear("BCD"),
    )
    assert part.status == "looks_inflated"


def test_vetted_by_batches_needs_every_family_a_fair_audience_and_posts():
    assert judged(*clear()).code == "vetted_batches"
    for letter in "BCDG":
        rest = "BCDG".replace(letter, "")
        assert judged(*clear(rest)).code == "not_run", letter
    assert judged(*clear(), seen=299).code == "few"
    assert judged(*clear(), followers=40_000).code == "part"
    assert judged(*clear(), followers=40_000, design="newest").code == "part"
    assert judged(*clear(), followers=40_000, design="sample").code == "vetted_batches"
    assert judged(*clear(), activity="dormant").status == "needs_a_look"
    assert judged(*clear(), activity="unknown").status == "unknown"


def test_vetted_by_profiles_needs_a_low_upper_limit():
    told = judged(*clear(), rates=RATES, bought=15)
    assert told.code == "vetted_profiles"
    assert told.share["hi"] < 0.05
    wide = judged(*clear("C"), rates=RATES, bought=145)
    assert (wide.code, wide.status) == ("wide", "needs_a_look")


def test_a_weak_test_vets_nobody_by_profiles():
    weak = SimpleNamespace(**{**vars(RATES), "sp": 0.97})
    few = SimpleNamespace(**{**vars(RATES), "n_sp": 150})
    for rates in (weak, few):
        assert judged(*clear("C"), rates=rates, bought=15).status == "unknown"


def test_nothing_seen_is_unknown_whatever_else_is_clear():
    told = judged(*clear("E"), seen=0, platform="instagram")
    assert (told.status, told.code) == ("unknown", "no_followers")
    assert judged(finding("E"), seen=0, platform="instagram").status == "needs_a_look"


def test_every_conclusion_has_a_status():
    words = {"vetted", "needs_a_look", "looks_inflated", "unknown"}
    assert set(STATUS_OF.values()) == words


def test_smallest_batch_is_never_hidden_in_a_share():
    assert smallest_batch(300) == 30
    assert smallest_batch(50_000) == 1_500


def test_evidence_of_a_stranger_is_refused():
    told = judged(*clear())
    strange = as_evidence([evidence_row(creator=9, family="C", statistic="x", version="1")])
    active = pl.DataFrame(schema={"creator": pl.Int64, "activity_state": pl.String})
    places = pl.DataFrame(schema={"creator": pl.Int64, "platform": pl.String})
    shares = pl.DataFrame([told.share], schema=SHARES_SCHEMA)
    with pytest.raises(SchemaError, match="creator 9"):
        decide(strange, shares, active, places, as_of=NOW)
