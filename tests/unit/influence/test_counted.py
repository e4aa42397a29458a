"""Numbers inside sentences read as people write them."""

import polars as pl
import pytest

from influencr.influence._counted import counted, short


@pytest.mark.parametrize("number", [0, 7, 999, 1_000, 12_345, 100_000, 1_234_567])
def test_thousands_are_set_apart(number):
    assert pl.DataFrame({"n": [number]}).select(counted("n")).item() == f"{number:,}"


def test_what_is_unknown_stays_unknown():
    assert pl.DataFrame({"n": [None]}, schema={"n": pl.Float64}).select(counted("n")).item() is None


@pytest.mark.parametrize(("number", "text"), [(261.0, "261"), (10.36, "10.36"), (0.04, "0")])
def test_no_decimals_that_say_nothing(number, text):
    decimals = 2 if text == "10.36" else 1
    assert pl.DataFrame({"n": [number]}).select(short("n", decimals)).item() == text
