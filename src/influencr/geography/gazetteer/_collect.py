"""One list of places and names from all packages, in the order in which the artefact keeps them."""

from __future__ import annotations

from collections.abc import Callable

from influencr.geography.gazetteer import _sources
from influencr.geography.gazetteer._collected import Collected
from influencr.geography.gazetteer._divisions import add_divisions, weigh_divisions
from influencr.geography.gazetteer._nations import add_countries, add_unions
from influencr.geography.gazetteer._own import add_own_names
from influencr.geography.gazetteer._settlements import add_airports, add_cities, add_exemplars

__all__ = ["collect"]


def collect(say: Callable[[str], None]) -> Collected:
    """Everything the artefact holds, in row order."""
    out = Collected()
    add_countries(out)
    country_row = {code: row for row, code in enumerate(out.codes["countries"])}
    members = add_unions(out, country_row)
    say("dividing countries")
    subdivisions = _sources.subdivisions()
    division_row = add_divisions(out, subdivisions, country_row)
    say("placing cities")
    add_cities(out, subdivisions, division_row, country_row)
    weigh_divisions(out)
    say("naming")
    add_exemplars(out)
    add_airports(out, country_row)
    add_own_names(out, members)
    return out
