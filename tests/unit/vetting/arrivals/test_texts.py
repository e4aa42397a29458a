"""Which bios are the same but for a detail?"""

from __future__ import annotations

import polars as pl

from influencr.vetting import arrivals


def groups(*bios):
    return arrivals.bio_groups(pl.Series(bios, dtype=pl.String)).to_list()


def test_case_digits_links_and_marks_do_not_part_copies():
    assert groups(
        "Lamp maker, est. 1998", "LAMP MAKER est 2004!", "lamp maker ✨ est. https://lamp.example"
    ) == [0, 0, 0]


def test_empty_and_unique_bios_are_in_no_group():
    assert groups(None, "", "  ", "12345", "only I say so") == [-1, -1, -1, -1, -1]


def test_long_texts_that_differ_in_one_word_are_nearly_the_same():
    text = "I restore old wooden boats by the quiet river and write about every single plank"
    one, two, other = groups(text, text.replace("single", "last"), "I sell boats by the river")
    assert one == two == 0
    assert other == -1


def test_short_texts_need_to_be_equal():
    assert groups("tea and rain", "tea and snow") == [-1, -1]


def test_other_scripts_are_read():
    first, second, third, fourth = groups(
        "海と山が好き", "海と山が好き!", "люблю чай", "Люблю чай 24"
    )
    assert first == second != third == fourth
    assert min(first, third) == 0


def test_numbers_depend_on_texts_and_not_on_their_order():
    bios = ["b b", "a a", "b b", "a a", "c"]
    assert groups(*bios) == [1, 0, 1, 0, -1]
    assert groups(*reversed(bios)) == [-1, 0, 1, 0, 1]
