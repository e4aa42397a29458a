"""Where is somebody? Text and declared fields in, a `Place` with confidence and reason out.

`judge` reads profiles, `ask` reads what a member types, `Gazetteer` knows the places. Unknown is
an answer, with its reason; a creator known only to a region never gets coordinates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.geography._codes import country_code, country_name, region_code, region_name
    from influencr.geography._distance import EARTH_RADIUS_KM, distance_km
    from influencr.geography.followers._audience import audience, audience_schema
    from influencr.geography.followers._neighbours import NeighbourRule, infer_from_neighbours
    from influencr.geography.fusion._judge import judge
    from influencr.geography.gazetteer import Gazetteer, GazetteerPlace, Suggestion
    from influencr.geography.hints._spoken import languages_of
    from influencr.geography.query._ask import Area, ask, asking_label, name_begun
    from influencr.geography.query._in_words import PlaceInWords, place_in_words
    from influencr.geography.query._there import CreatorsThere

#: The judge's method and its version; a new version asks for a new judgement.
METHOD = "places-gazetteer"
VERSION = "2"

__all__ = [
    "EARTH_RADIUS_KM",
    "METHOD",
    "VERSION",
    "Area",
    "CreatorsThere",
    "Gazetteer",
    "GazetteerPlace",
    "NeighbourRule",
    "PlaceInWords",
    "Suggestion",
    "ask",
    "asking_label",
    "audience",
    "audience_schema",
    "country_code",
    "country_name",
    "distance_km",
    "infer_from_neighbours",
    "judge",
    "languages_of",
    "name_begun",
    "place_in_words",
    "region_code",
    "region_name",
]

_HOME = {
    "Area": "query._ask",
    "CreatorsThere": "query._there",
    "EARTH_RADIUS_KM": "_distance",
    "Gazetteer": "gazetteer",
    "GazetteerPlace": "gazetteer",
    "NeighbourRule": "followers._neighbours",
    "PlaceInWords": "query._in_words",
    "Suggestion": "gazetteer",
    "ask": "query._ask",
    "asking_label": "query._ask",
    "audience": "followers._audience",
    "audience_schema": "followers._audience",
    "country_code": "_codes",
    "country_name": "_codes",
    "distance_km": "_distance",
    "infer_from_neighbours": "followers._neighbours",
    "judge": "fusion._judge",
    "languages_of": "hints._spoken",
    "name_begun": "query._ask",
    "place_in_words": "query._in_words",
    "region_code": "_codes",
    "region_name": "_codes",
}


def __getattr__(name: str) -> object:
    # numpy and polars are loaded on first use, never by importing this folder.
    if module := _HOME.get(name):
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
