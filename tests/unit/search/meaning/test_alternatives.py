"""A typed word stands for the words that creators of this index really use."""

from influencr.search.meaning import alternatives


def said(typed: str, vocabulary, **more) -> dict[str, tuple[str, float]]:
    """words -> (kind, weight) of every reading together."""
    return {
        " ".join(a.words) or f"[{a.topic}]": (a.kind, a.weight)
        for reading in alternatives(typed.split(), vocabulary, **more)
        for a in reading.alternatives
    }


def test_the_word_itself_comes_first_even_when_nobody_says_it(holding) -> None:
    first = alternatives(["zumbalito"], holding())[0].alternatives[0]
    assert (first.words, first.weight, first.kind) == (("zumbalito",), 1.0, "word")


def test_forms_are_found_in_the_vocabulary_only(holding) -> None:
    found = said("potter", holding("potters pottery potholes"))
    assert found["potters"] == ("form", 0.875)
    assert "potholes" not in found


def test_a_compound_begins_or_ends_with_the_word(holding) -> None:
    found = said("pottery", holding("potterylover annapottery potterywheel wheel anna"))
    assert {"potterylover", "annapottery", "potterywheel"} <= set(found)


def test_a_word_that_goes_on_is_no_compound(holding) -> None:
    found = said("cart", holding("cartoon carton cartographer oon"))
    assert set(found) == {"cart"}


def test_neighbours_written_together_stand_for_both(holding) -> None:
    readings = alternatives(["balloon", "sculptor"], holding("balloonsculptor"))
    (together,) = [r for r in readings if r.stop - r.start == 2]
    assert together.alternatives[0].words == ("balloonsculptor",)
    assert together.alternatives[0].kind == "joined"


def test_a_compound_typed_is_sought_as_its_parts(holding) -> None:
    found = said("kitewalker", holding("kite walker"))
    assert found["kite walker"][0] == "part"


def test_an_unknown_word_is_read_as_a_frequent_one(holding) -> None:
    (reading,) = alternatives(["baloonist"], holding(balloonist=40))
    assert reading.correction == "balloonist"
    assert reading.alternatives[0].words == ("baloonist",)
    assert reading.alternatives[1].because == "read as balloonist"


def test_a_word_that_people_write_is_never_corrected(holding) -> None:
    (reading,) = alternatives(["marlow"], holding(marlow=30, barlow=400))
    assert reading.correction is None


def test_chinese_words_are_phrases(holding) -> None:
    (reading,) = alternatives(["風船"], holding("風 船"))
    assert reading.alternatives[0].words == ("風", "船")


def test_a_tag_stands_for_its_word_too(holding) -> None:
    found = said("#kitewalker", holding("kite walker"))
    assert found["#kitewalker"][0] == "word"
    assert found["kitewalker"] == ("word", 0.9375)
    assert "kite walker" in found
