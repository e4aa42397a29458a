"""Which acts cost an effort, and how much.

A like or a view is a touch of a thumb and counts nothing; a repost puts somebody's name to it
before their own followers; a reply, a comment or a quote takes words of one's own. Whoever does
several on one post counts once, with the heaviest. Replies without content ("so nice", three
emoji) count nothing: they are what is exchanged and sold.

The weights are our own choice: 1 for a repost, half as much again for words, twice as much for
words before one's own followers. They only matter beside the plain count of people, which no
weight touches; docs/algorithms/engagement.md tells how far the order of creators depends on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ACT_KINDS", "EFFORT"]

#: What an act can be; frames of acts carry the place in this list.
ACT_KINDS: Final[tuple[str, ...]] = ("like", "repost", "reply", "quote", "comment", "view")
#: Weight of an act; what is not named costs no effort.
EFFORT: Final[Mapping[str, float]] = {"repost": 1.0, "reply": 1.5, "comment": 1.5, "quote": 2.0}
