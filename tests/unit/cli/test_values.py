"""Numbers and ranges at the command line."""

import doctest

import pytest

from influencr.cli import _page, _values
from influencr.cli._page import harmless, next_command
from influencr.cli._values import count, parse_range, share
from influencr.errors import UsageError


@pytest.mark.parametrize("module", [_values, _page])
def test_examples(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("text", ["", "-", "5k", "..", " - "])
def test_what_is_no_range_is_refused_with_examples(text):
    with pytest.raises(UsageError, match="write 1k-50k"):
        parse_range(text, option="--followers")


def test_both_ways_of_writing_a_range():
    assert parse_range("1k..50k", option="--followers") == ("1k", "50k")
    assert parse_range("0-50k", option="--followers") == ("0", "50k")


def test_a_count_never_takes_more_than_six_cells():
    for number in [0, 7, 999, 1_000, 9_999, 99_949, 999_949, 999_950, 10**9, 10**12 - 1]:
        assert len(count(number)) <= 7


def test_a_share_keeps_what_is_small():
    assert share(0.0004) == "0.04%"
    assert share(1.5) == "150%"


def test_control_codes_become_spaces_and_lengths_stay():
    text = "a\x1b]0;title\x07b\u202ec\nd\ud800e"
    assert len(harmless(text)) == len(text)
    assert harmless(text).isprintable()
    assert harmless("👩‍🍳 كوميدي") == "👩‍🍳 كوميدي"


def test_the_next_page_command_quotes_words_and_keeps_the_text_last():
    words = ["--home", "my data", "search", "--after=old", "--", "-odd text"]
    expected = "influencr --home 'my data' search --after new -- '-odd text'"
    assert next_command(words, "new") == expected
