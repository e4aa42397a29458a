"""Places to choose from while one types, with how many creators of the index are there."""

from __future__ import annotations

import msgspec

__all__ = ["PlaceSuggestion"]


class PlaceSuggestion(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list.

    label        the place with what it lies in; asking for it as it stands means this place
    typed        what was typed with the begun name completed: "near ber", "near Berlin, Germany"
    kind         country, union, admin1, admin2 or city
    population   0 when unknown
    n_creators   creators that a search for the place finds, before any other filter
    """

    place_id: int
    label: str
    typed: str
    kind: str
    country: str | None
    population: int
    n_creators: int
