"""What a wish in words means on this network: which tags, which searches, whose words match.

A hashtag is one word, so "specialty coffee" is looked for as #specialtycoffee; the search of a
server finds names and notes. A place alone is looked for by its names; beside words it does not
narrow, because most people do not write where they are (the index asks for the place later).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from influencr.sources import Plan, Step
from influencr.text import hashtags, words

if TYPE_CHECKING:
    from influencr.sources import Wanted
    from influencr.sources.mastodon._settings import Wishes

__all__ = ["PER_CALL", "Asked", "planned", "understood"]

#: Ways of saying the words that are tried as a tag and as a search; our own choice.
MAX_PHRASES = 12
#: Accounts that one call of a sweep asks for. The documentation of GET /api/v1/accounts names no
#: most; 20 keeps the address short.
PER_CALL = 20


class Asked(NamedTuple):
    """phrases for the search, tags for the timelines; both empty: everybody matches."""

    phrases: tuple[str, ...]
    tags: tuple[str, ...]

    def matches(self, said: str) -> bool:
        """Whether a profile's words hold one of the phrases, apart or as one hashtag."""
        if not self.phrases:
            return True
        there = {*words(said), *hashtags(said)}
        return any(
            set(parts) <= there or "".join(parts) in there
            for parts in map(words, self.phrases)
            if parts
        )


def understood(wanted: Wanted) -> Asked:
    """The phrases and tags of a wish.

    >>> from influencr.sources import Phrase, Wanted
    >>> understood(Wanted(phrases=(Phrase("Specialty Coffee", "en"), Phrase("café", "pt"))))
    Asked(phrases=('Specialty Coffee', 'café'), tags=('specialtycoffee', 'cafe'))
    """
    given = wanted.phrases or wanted.places
    texts = [phrase.text for phrase in given] or [t for t in (wanted.words, wanted.place) if t]
    phrases = tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))[:MAX_PHRASES]
    tags = ("".join(words(phrase)) for phrase in phrases)
    return Asked(phrases, tuple(dict.fromkeys(tag for tag in tags if tag)))


def planned(wanted: Wanted, wishes: Wishes, per_second: float) -> Plan:
    """The calls that a run may cost at most, by strategy; nobody is asked for it."""
    n_servers = len(wishes.bases)
    asked = understood(wanted)
    steps = [("instance", 3 * n_servers, "who each server is, and what its robots.txt allows")]
    if wanted.again:
        n = len(wanted.again)
        steps.append(("again", n + math.ceil(n / PER_CALL), f"{n} known accounts once more"))
    if wanted.handles:
        steps.append(("lookup", len(wanted.handles), "the accounts that were named"))
    n_chosen = len(wanted.handles)
    if not wanted.again and not wanted.handles:
        pages, n_phrases, n_tags = wishes.directory_pages, len(asked.phrases), len(asked.tags)
        steps += [
            ("directory", n_servers * pages, f"{pages} pages of 80 who opted in, per server"),
            ("tags", n_servers * n_tags, "who posts under " + _listed(asked.tags, "#")),
            ("search", n_servers * n_phrases, "whose profile says " + _listed(asked.phrases, "")),
        ]
        n_chosen = n_servers * wishes.creators
        if wanted.limit is not None:
            n_chosen = min(n_chosen, wanted.limit)
    if n_chosen:
        steps += [
            ("featured tags", n_chosen, f"tags that up to {n_chosen} accounts feature"),
            ("posts", n_chosen * wishes.post_pages, f"{wishes.post_pages} page of 40 each"),
            ("collections", n_chosen, "collections that recommend them with their consent"),
            ("followers", n_chosen * wishes.follower_pages, "unless hidden, 80 a page"),
            ("following", n_chosen * wishes.following_pages, "unless hidden, 80 a page"),
        ]
    notes = (
        f"{n_servers} server{'s' if n_servers > 1 else ''} on the list; only accounts that opted "
        "in to being discovered are kept, as their own server shows them.",
    )
    return Plan(tuple(Step(s, calls, per_second, says) for s, calls, says in steps if calls), notes)


def _listed(words: tuple[str, ...], mark: str) -> str:
    shown = ", ".join(mark + word for word in words[:3])
    return shown + (f" and {len(words) - 3} more" if len(words) > 3 else "")
