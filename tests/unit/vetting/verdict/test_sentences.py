import pytest
from vetting_cast import RATES, clear, finding, judged, others

from influencr.vetting.verdict import FORBIDDEN, STATUS_OF

BATCH = range(100, 300)

CASES = {
    "inflated": judged(finding("C", members=BATCH), finding("D", members=BATCH)),
    "inflated by profiles too": judged(
        finding("C", members=BATCH), finding("D", members=BATCH), rates=RATES, bought=350
    ),
    "block": judged(finding("G", members=BATCH, share=0.2, p=1e-8), *clear("BCD")),
    "sign": judged(finding("B", members=BATCH), *clear("CDG")),
    "signs": judged(finding("B", members=BATCH), finding("E"), *clear("CDG")),
    "exchange": judged(finding("X", members=BATCH), *clear()),
    "crowd": judged(finding("B", members=BATCH, share=0.2, checked=others("pack")), *clear()),
    "wide": judged(*clear("C"), rates=RATES, bought=145),
    "silent_profiles": judged(*clear(), rates=RATES, bought=15, activity="quiet"),
    "silent_batches": judged(*clear(), activity="dormant"),
    "vetted_profiles": judged(*clear(), rates=RATES, bought=15),
    "vetted_batches": judged(*clear()),
    "explained": judged(finding("G", members=BATCH, checked=others("pack")), *clear("BCD")),
    "no_followers": judged(seen=0, platform="youtube"),
    "nobody seen": judged(seen=0),
    "few": judged(*clear(), seen=20),
    "part": judged(*clear(), followers=90_000),
    "not_run": judged(*clear("BD")),
    "no_activity": judged(*clear(), activity="unknown"),
}


def test_every_conclusion_has_a_sentence():
    assert {told.code for told in CASES.values()} == set(STATUS_OF)


@pytest.mark.parametrize("case", CASES)
def test_plain_words_and_no_forbidden_ones(case):
    text = CASES[case].sentence
    assert text[0].isupper() or text[0].isdigit()
    assert text.endswith(".")
    assert "None" not in text
    assert "nan" not in text.split()
    assert "  " not in text
    for word in FORBIDDEN:
        assert word not in text.casefold()


@pytest.mark.parametrize("case", CASES)
def test_not_vetted_is_said_whenever_unknown(case):
    told = CASES[case]
    assert ("Not vetted." in told.sentence) == (told.status == "unknown")


def test_inflated_says_how_many_when_what_else_and_not_who_paid():
    text = CASES["inflated"].sentence
    assert text.startswith("At least 18 % of followers look bought: 200 of 1,000 seen")
    assert "between 2025-01-01 and 2025-01-02 within 31 hours" in text
    assert "Other explanations checked and not found: starter pack or list" in text
    assert text.endswith("This says nothing about who paid for them.")


def test_inflated_with_error_rates_gives_the_interval():
    text = CASES["inflated by profiles too"].sentence
    assert "95 % interval" in text
    assert "sensitivity .90, specificity .99, version 7, calibrated on a labelled set" in text


def test_a_look_concludes_nothing():
    for case in ("sign", "signs", "exchange", "crowd", "wide"):
        assert CASES[case].sentence.endswith("We have not concluded anything.")
    assert CASES["sign"].sentence.startswith(
        "One sign is unusual: 200 followers arrived in a burst"
    )
    assert CASES["signs"].sentence.startswith("2 signs are unusual")


def test_vetted_by_batches_says_what_was_not_examined():
    text = CASES["vetted_batches"].sentence
    assert "1,000 seen of 1,000" in text
    assert "a delivery of 30 or more (3 %)" in text
    assert "Followers were not judged one by one" in text
    assert text.endswith("A careful seller could still be missed.")


def test_what_is_found_in_how_many_cases_depends_on_the_followers_seen():
    assert "is found in 98 of 100" in CASES["vetted_batches"].sentence
    few = judged(*clear(), seen=400).sentence
    assert "a delivery of 30 or more (7.5 %) is found in 94 of 100" in few


def test_exchange_and_silence_are_told_apart_from_the_signs():
    told = judged(finding("B", members=BATCH), finding("X", members=range(40)), finding("A"))
    assert told.code == "sign"
    assert told.sentence.startswith("One sign is unusual: 200 followers arrived in a burst")
    assert "Apart from that: a reciprocal group: 40 followers" in told.sentence
    assert "no sign of bought followers" in CASES["exchange"].sentence


def test_platforms_that_list_nobody_are_named():
    assert CASES["no_followers"].sentence.startswith("YouTube does not give us follower data")
    assert CASES["nobody seen"].sentence.startswith("No follower of this account has been seen")


def test_what_is_missing_is_named():
    assert "made together" in CASES["not_run"].sentence
    assert "in step" in CASES["not_run"].sentence
