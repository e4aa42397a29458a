"""Where is somebody? Text and declared fields in, a `Place` with confidence and reason out.

`judge` reads profiles, `ask` reads what a member types, `Gazetteer` knows the places. Unknown is
an answer, with its reason; a creator known only to a region never gets coordinates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from influencr.geography._ask import Area, ask
    from influencr.geography._codes import country_code, country_name, region_code, region_name
    from influencr.geography._distance import EARTH_RADIUS_KM, distance_km
    from influencr.geography._judge import judge
    from influencr.geography.gazetteer import Gazetteer, GazetteerPlace, Suggestion

#: The judge's method and its version; a new version asks for a new judgement.
METHOD = "places-gazetteer"
VERSION = "1"

__all__ = [
    "EARTH_RADIUS_KM",
    "METHOD",
    "VERSION",
    "Area",
    "Gazetteer",
    "GazetteerPlace",
    "Suggestion",
    "ask",
    "country_code",
    "country_name",
    "distance_km",
    "judge",
    "region_code",
    "region_name",
]

_HOME = {
    "Area": "_ask",
    "EARTH_RADIUS_KM": "_distance",
    "Gazetteer": "gazetteer",
    "GazetteerPlace": "gazetteer",
    "Suggestion": "gazetteer",
    "ask": "_ask",
    "country_code": "_codes",
    "country_name": "_codes",
    "distance_km": "_distance",
    "judge": "_judge",
    "region_code": "_codes",
    "region_name": "_codes",
}


def __getattr__(name: str) -> object:
    # numpy and polars are loaded on first use, never by importing this folder.
    if module := _HOME.get(name):
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
