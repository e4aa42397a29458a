"""Debian's chromium, which the browser suite drives."""

from __future__ import annotations

from servers.ground import debian


def need_chromium() -> None:
    """Chromium and a font, installed when missing."""
    debian(["chromium", "fonts-dejavu"], programs=["chromium"], purpose="the browser suite")
