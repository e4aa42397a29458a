from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.service.web.marked import (
    from_match,
    initials,
    language_code,
    marked,
    plain,
    safe_link,
)


def test_matches_are_marked_and_everything_else_is_escaped():
    assert marked('<i>"vegan"</i>', [(4, 9)]) == (
        "&lt;i&gt;&quot;<mark>vegan</mark>&quot;&lt;/i&gt;"
    )


def test_spans_may_overlap_and_point_outside():
    assert marked("vegan food", [(3, 7), (0, 5), (8, 99), (50, 60)]) == (
        "<mark>vegan</mark><mark> f</mark>o<mark>od</mark>"
    )


@given(st.text(), st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=6))
@settings(deadline=None)
def test_no_text_and_no_span_ever_makes_markup(text: str, spans: list[tuple[int, int]]):
    rest = str(marked(text, spans)).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in rest
    assert ">" not in rest
    assert '"' not in rest


def test_direction_overrides_and_control_characters_go():
    assert plain("a\u202eevil\u2066\x00 b\n\nc") == "aevil b c"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example",
        "https://",
        "https://user:pass@evil.example/",
        "http://[::1",
        "localhost",
        "mailto:a@b.example",
        "",
        "a b.example",
    ],
)
def test_only_plain_web_links_become_links(address: str):
    assert safe_link(address) is None


def test_a_link_keeps_its_host_and_cannot_leave_its_attribute():
    href, text = safe_link('https://shop.example/"onmouseover="x')
    assert href == "https://shop.example/%22onmouseover=%22x"
    assert text.startswith("shop.example/")


@pytest.mark.parametrize(
    ("name", "handle", "expected"),
    [
        ("Juno Sauerteig", "juno", "JS"),
        ("🌱 🌱", "leaf.tv", "LE"),
        ("小麦ハル Haru", None, "小"),
        (None, None, "·"),
        ("<b>", "x", "X"),
    ],
)
def test_initials_stand_for_anybody(name: str | None, handle: str | None, expected: str):
    assert initials(name, handle) == expected


@pytest.mark.parametrize("code", ['de" onclick="x', "d", "<x>", None, ""])
def test_a_language_that_is_none_is_left_to_the_browser(code: str | None):
    assert language_code(code) == ""


@given(st.text(max_size=80), st.integers(0, 80), st.integers(1, 20), st.integers(0, 30))
@settings(deadline=None)
def test_a_passage_that_begins_later_marks_the_same_words(text, start, length, before):
    start = min(start, len(text))
    end = min(start + length, len(text))
    shown, moved = from_match(text, [(start, end)], before=before)
    (a, b) = moved[0]
    assert a <= before + 1
    assert shown[a:b] == text[start:end]
