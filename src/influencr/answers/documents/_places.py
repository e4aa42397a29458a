"""How a place was understood, as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from influencr.geography import Area

__all__ = ["area_document"]


def area_document(area: Area) -> dict[str, Any]:
    """A place in a question: the reading that was taken, what it covers, and the other readings.

    n_places   gazetteer places that match; null where `codes` alone decides
    """
    return {
        "asked": area.asked,
        "label": area.label,
        "kind": area.kind,
        "place_id": area.place_id,
        "country": area.country,
        "admin1": area.admin1,
        "lat": area.lat,
        "lon": area.lon,
        "population": area.population,
        "within_km": area.within_km,
        "codes": list(area.codes),
        "n_places": None if area.place_ids is None else len(area.place_ids),
        "corrected": area.corrected,
        "parts": [area_document(part) for part in area.parts],
        "without": [area_document(part) for part in area.but],
        "alternatives": [
            {"label": label, "ask": ask}
            for label, ask in zip(area.alternatives, area.asks, strict=True)
        ],
    }
