"""The tokens keep their contrast (WCAG 2.2: 4.5 for text, 3 for marks and edges of controls)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[3] / "assets" / "css" / "tokens.css"

PAPERS = ("paper", "surface", "sunken")
TEXT = [
    *((ink, paper) for ink in ("ink", "ink2", "ink3", "accent") for paper in PAPERS),
    *(
        (verdict, paper)
        for verdict in ("vetted", "look", "inflated", "unknown")
        for paper in PAPERS
    ),
    *((verdict, f"{verdict}-soft") for verdict in ("vetted", "look", "inflated", "unknown")),
    ("on-accent", "accent"),
    ("accent", "accent-soft"),
    ("ink", "accent-soft"),
    ("ink2", "accent-soft"),
    ("ink3", "accent-soft"),
    ("ink", "mark"),
    ("ink2", "mark"),
]
MARKS = [
    *(("dot", paper) for paper in PAPERS),
    *(("control", paper) for paper in ("paper", "surface")),
    ("accent", "paper"),
    ("mark-line", "surface"),
]


def blocks() -> dict[str, dict[str, str]]:
    text = TOKENS.read_text(encoding="utf-8")
    found = {}
    for name, selector in (
        ("light", ":root {"),
        ("dark", ':root[data-theme="dark"] {'),
        ("system dark", ":root:not([data-theme]) {"),
    ):
        body = text.split(selector, 1)[1].split("}", 1)[0]
        found[name] = dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_knows_its_ends():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_can_be_read(theme: str, ink: str, paper: str):
    tokens = blocks()[theme]
    assert contrast(tokens[ink], tokens[paper]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "paper"), MARKS)
def test_marks_and_controls_can_be_seen(theme: str, mark: str, paper: str):
    tokens = blocks()[theme]
    assert contrast(tokens[mark], tokens[paper]) >= 3


def test_the_system_and_the_button_give_the_same_dark():
    found = blocks()
    assert found["dark"] == found["system dark"]
    assert set(found["light"]) == set(found["dark"])


def test_no_other_style_sheet_names_a_colour():
    for sheet in TOKENS.parent.glob("*.css"):
        if sheet != TOKENS:
            rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", rules), sheet.name
