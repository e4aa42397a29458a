"""Why a creator is found, or not, and why one stands above another."""

from typing import Any

import pytest

from influencr.errors import UsageError
from influencr.search import make_query


def explain(ask: Any, who: str, **fields: Any) -> Any:
    return ask.searcher.explain(make_query(**fields), f"tiktok:{who}")


def compare(ask: Any, one: str, other: str, **fields: Any) -> Any:
    return ask.searcher.compare(make_query(**fields), f"tiktok:{one}", f"tiktok:{other}")


def test_somebody_found_has_passed_everything(ask: Any) -> None:
    told = explain(ask, "ana.vidal", text="vegan food", country="FR")
    assert told.found
    assert all(check.passed for check in told.filters)
    assert {c.filter: c.value for c in told.filters}["country"] == "FR"
    assert told.missing == ()
    hit = next(
        h for h in ask(text="vegan food", country="FR").hits if h.profile_id == told.profile_id
    )
    assert told.hit == hit


def test_why_not_names_each_filter_with_the_value(ask: Any) -> None:
    told = explain(ask, "bo.chen", text="vegan -ramen", followers_max=1_000, language="fr")
    failed = {c.filter: c.value for c in told.filters if not c.passed}
    assert failed == {
        "text": '1 of 1 words said, and says "ramen"',
        "language": "ja",
        "followers": "50,000",
    }
    assert "not found: 3 filters not passed" in told.because
    assert told.hit is not None
    assert told.hit.score > 0  # what they would be worth


def test_a_default_exclusion_is_a_filter_like_others(ask: Any) -> None:
    told = explain(ask, "hal.star", text="vegan")
    (failed,) = [check for check in told.filters if not check.passed]
    assert (failed.filter, failed.value) == ("label", "celebrity")


def test_words_that_are_missing_are_named(ask: Any) -> None:
    told = explain(ask, "emil", text='vegan "food truck"')
    assert told.missing == ("food truck",)
    assert {c.filter: c.value for c in told.filters}["text"] == "1 of 2 words said"


def test_nobody_of_that_name(ask: Any) -> None:
    with pytest.raises(UsageError, match="not in the index"):
        explain(ask, "nobody", text="vegan")


def test_the_part_that_decides(ask: Any) -> None:
    # Both say "vegan" in a bio; of Ana more is said, and her engagement is known.
    told = compare(ask, "gus", "emil", text="vegan")
    assert (told.upper.handle, told.lower.handle, told.decides) == ("emil", "gus", "activity")
    assert "by activity: 1.00 against 0.75" in told.because
    ratios = 1.0
    for part in told.parts:
        ratios *= part.ratio
    assert ratios == pytest.approx(told.upper.hit.score / told.lower.hit.score)


def test_the_piece_that_decides(ask: Any) -> None:
    told = compare(ask, "fay", "emil", text="vegan food")
    assert (told.upper.handle, told.decides) == ("fay", "words")
    assert "most of it by 'food'" in told.because


def test_who_is_not_found_stands_below(ask: Any) -> None:
    told = compare(ask, "ida.inc", "fay", text="vegan")
    assert (told.upper.handle, told.decides) == ("fay", "label")
    assert "brand" in told.because


def test_a_sort_decides_before_the_score(ask: Any) -> None:
    told = compare(ask, "ana.vidal", "bo.chen", text="vegan", sort="followers")
    assert (told.upper.handle, told.decides) == ("bo.chen", "followers")
    assert "50,000 before 5,000" in told.because
    named = compare(ask, "bo.chen", "ana.vidal", text="vegan", sort="name")
    assert (named.upper.handle, named.decides) == ("ana.vidal", "name")


def test_equals_and_the_same(ask: Any) -> None:
    assert compare(ask, "fay", "fay", text="vegan").decides == "tie"
    plain = compare(ask, "emil", "fay")
    assert plain.decides == "tie"
    order = [h.handle for h in ask().hits if h.handle in ("emil", "fay")]
    assert [plain.upper.handle, plain.lower.handle] == order
