"""What is said when a peer cannot be measured here."""

from __future__ import annotations

__all__ = ["Missing"]


class Missing(Exception):
    """A peer that is not installed or does not start; the text says what is missing."""
