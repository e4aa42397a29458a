"""How far apart are two points on the ground?

Haversine on a sphere of the mean Earth radius. The ellipsoid's local radius differs by at most
0.57 %, so a circle of 50 km is right to 0.3 km. All of it in float64: at float32 two places a metre
apart collapse, and an answer would depend on the order of operations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from influencr.errors import PlaceError

__all__ = ["EARTH_RADIUS_KM", "check_point", "distance_km"]

#: (2a + b) / 3 of WGS 84, in kilometres (Moritz, Geodetic Reference System 1980).
EARTH_RADIUS_KM = 6371.0088

type Floats = np.ndarray[Any, np.dtype[np.float64]]


def check_point(lat: float, lon: float) -> None:
    """Raise PlaceError unless -90 <= lat <= 90 and -180 <= lon <= 180 (degrees)."""
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        raise PlaceError(
            f"{lat}, {lon} is not on Earth; give latitude -90..90, then longitude -180..180."
        )


def distance_km(lat: Floats, lon: Floats, *, centre: tuple[float, float]) -> Floats:
    """Great-circle distance from every point to one centre, in kilometres.

    lat, lon   float arrays of equal shape (n,), degrees, WGS 84; NaN = unlocated
    centre     (lat, lon) in degrees
    returns    float64 array of shape (n,); NaN where the point is unlocated, so that
               `distance_km(...) <= r` is False there and nobody is found by accident

    Raises PlaceError when the centre cannot exist.

    >>> distance_km(np.array([52.52, 48.137]), np.array([13.405, 11.575]),
    ...             centre=(52.52, 13.405)).round(1).tolist()
    [0.0, 504.3]
    """
    check_point(*centre)
    phi, lam = np.radians(lat), np.radians(lon)
    phi0, lam0 = np.radians(centre[0]), np.radians(centre[1])
    half = (
        np.sin((phi - phi0) / 2.0) ** 2
        + np.cos(phi) * np.cos(phi0) * np.sin((lam - lam0) / 2.0) ** 2
    )
    result: Floats = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return result
