"""The methods page's facts, read from the code that computes them."""

from __future__ import annotations


def sections():
    return []
