"""The colours of code on the site: those of the product, read from its tokens.

Sphinx wants a style of Pygments per scheme, and Pygments wants colours in hex. Both are made from
assets/css/tokens.css, so that no colour is named twice. The pairs were chosen among tokens whose
contrast on `--surface` and `--sunken` is tested for the product (4.5:1 and more).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

from pygments.style import Style
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Token,
)

TOKENS = Path(__file__).resolve().parents[2] / "assets" / "css" / "tokens.css"


def tokens(scheme: str) -> dict[str, str]:
    """Name of a colour -> its value, of the scheme "light" or "dark"."""
    text = TOKENS.read_text(encoding="utf-8")
    start = ":root {" if scheme == "light" else ':root[data-theme="dark"] {'
    block = text[text.index(start) :]
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});", block[: block.index("}")]))


def styles(colour: dict[str, str]) -> dict[object, str]:
    """What each kind of token looks like."""
    return {
        Token: colour["ink"],
        Comment: colour["ink3"],
        Keyword: colour["accent"],
        Name.Tag: colour["accent"],
        Name.Builtin: colour["accent"],
        Name.Attribute: colour["look"],
        Name.Variable: colour["look"],
        Name.Property: colour["accent"],
        Name.Exception: colour["inflated"],
        String: colour["vetted"],
        Number: colour["inflated"],
        Operator: colour["ink2"],
        Punctuation: colour["ink2"],
        Generic.Prompt: colour["ink3"],
        Generic.Output: colour["ink2"],
        Generic.Heading: f"bold {colour['ink']}",
    }


class Light(Style):
    """Code on light paper."""

    name = "influencr-light"
    background_color = tokens("light")["sunken"]
    styles: ClassVar = styles(tokens("light"))


class Dark(Style):
    """Code on dark paper."""

    name = "influencr-dark"
    background_color = tokens("dark")["sunken"]
    styles: ClassVar = styles(tokens("dark"))
