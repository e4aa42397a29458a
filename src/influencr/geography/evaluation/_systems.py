"""What is measured: the judge as a member meets it, the resolver alone, and what others offer.

Every system takes rows and gives one `Answer` per row, so that scoring knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from influencr.geography._codes import country_row
from influencr.geography.evaluation import _baselines as baselines
from influencr.geography.evaluation._carmen import Carmen
from influencr.geography.evaluation._sets import Row
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

__all__ = ["Answer", "System", "ours", "plain", "published", "resolver"]


@dataclass(slots=True, frozen=True)
class Answer:
    """Where a system says a row is; `country` is None when it does not say.

    admin1       ISO 3166-2 code
    lat, lon     of the answer, at whatever level; None when it has no point
    is_city      is it an answer at city level?
    confidence   what the answers are ordered by, higher is surer; 0..1 only for our own systems;
                 None when the system has no order
    """

    country: str | None = None
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None
    is_city: bool = False
    confidence: float | None = None
    reason: str = ""


#: A name, and what answers rows under it.
System = tuple[str, Callable[[Sequence[Row]], list[Answer]]]

_NOTHING = Answer()


def ours(
    gazetteer: Gazetteer, *, column: str, time_zone: bool = False, stated: bool = False
) -> System:
    """The judge, as a member meets it, with the words in one column of a profile.

    column      place_raw or bio_text
    time_zone   give it the account's time zone too
    stated      take an answer that rests on hints alone (the language, a number) for none
    """

    def answer(rows: Sequence[Row]) -> list[Answer]:
        import polars as pl

        from influencr.geography.fusion._judge import judge

        columns = {
            "profile_id": [str(i) for i in range(len(rows))],
            column: [row.text for row in rows],
        }
        if time_zone:
            columns["time_zone"] = [row.time_zone or "" for row in rows]
        judged = judge(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), gazetteer)
        return [
            Answer(
                place["country"],
                place["admin1"],
                place["lat"],
                place["lon"],
                place["place_level"] == "city",
                place["place_confidence"],
                place["place_reason"] or "",
            )
            if place["country"] is not None and not (stated and place["place_basis"] == "hints")
            else Answer(reason=place["place_reason"] or "")
            for place in judged.iter_rows(named=True)
        ]

    extra = " + time zone" if time_zone else ", stated only" if stated else ""
    return f"influencr{extra}", answer


def resolver(gazetteer: Gazetteer) -> System:
    """The resolver of location strings by itself, whose confidence is the calibrated one."""

    def answer(rows: Sequence[Row]) -> list[Answer]:
        from influencr.geography.location._resolve import resolve

        return [_resolved(resolve(row.text, gazetteer), gazetteer) for row in rows]

    return "resolver alone", answer


def _resolved(resolution: object, gazetteer: Gazetteer) -> Answer:
    from influencr.geography.location._resolve import Resolution

    if not isinstance(resolution, Resolution) or resolution.row is None:
        return _NOTHING
    row = resolution.row
    lat = lon = None
    is_city = gazetteer.kinds[row] == PlaceKind.CITY
    if is_city:
        lat, lon = resolution.point or (gazetteer.lats[row], gazetteer.lons[row])
    return Answer(
        gazetteer.country(row), gazetteer.admin1(row), lat, lon, is_city,
        resolution.confidence, resolution.reason,
    )  # fmt: skip


def plain(gazetteer: Gazetteer, *, flags: bool, scan: bool) -> System:
    """A single flag, a scan for names, or the flag first and the scan for the rest."""
    found = baselines.PlainScan(gazetteer) if scan else None

    def one(text: str) -> Answer:
        if flags and (code := baselines.single_flag(text)) in gazetteer.country_row:
            # Above every number of people, so that a flag comes before a name.
            return Answer(code, confidence=12.0)
        hit = found(text) if found is not None else None
        if hit is None:
            return _NOTHING
        row, people = hit
        is_city = gazetteer.kinds[row] == PlaceKind.CITY
        return Answer(
            gazetteer.country(row),
            gazetteer.admin1(row),
            gazetteer.lats[row] if is_city else None,
            gazetteer.lons[row] if is_city else None,
            is_city,
            people,
        )

    name = " + ".join(["single flag"] * flags + ["plain scan"] * scan)
    return name, lambda rows: [one(row.text) for row in rows]


def published(gazetteer: Gazetteer, python: Path | None) -> System:
    """Carmen 2.0 in an interpreter of its own; raises CarmenAbsent where it is not installed."""
    carmen = Carmen(python)
    regions = {
        (gazetteer.country(row), name_key(gazetteer.name(row))): code
        for code, row in gazetteer.region_row.items()
        if gazetteer.kinds[row] == PlaceKind.ADMIN1
    }
    # Carmen's spelling of the one first-level division whose name differs from GeoNames'.
    regions["US", name_key("Washington, D.C.")] = "US-DC"

    def answer(rows: Sequence[Row]) -> list[Answer]:
        out = []
        for place in carmen.resolve([row.text for row in rows]):
            code = place and _country(place, gazetteer)
            if place is None or not code:
                out.append(_NOTHING)
                continue
            # Carmen's word for a missing coordinate is 0.
            has_point = bool(place["lat"] or place["lon"])
            out.append(
                Answer(
                    code,
                    regions.get((code, name_key(str(place["state"] or "")))),
                    float(place["lat"]) if has_point else None,
                    float(place["lon"]) if has_point else None,
                    bool(place["city"]) and has_point,
                )
            )
        return out

    return "Carmen 2.0", answer


def _country(place: dict[str, object], gazetteer: Gazetteer) -> str | None:
    """Carmen gives names of countries, in more than one spelling, and not always a code."""
    code = str(place["countrycode"] or "").upper()
    if code in gazetteer.country_row:
        return code
    row = country_row(str(place["country"] or ""), gazetteer)
    return gazetteer.country(row) if row is not None else None
