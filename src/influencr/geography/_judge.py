"""Where each profile is, from what it declares; one row per profile, unknown with the reason.

Order of belief: the words of a location field, then structured city and region fields, then a pin
or "based in" of the bio or a part of it that reads "City, Country", then a declared country alone,
then a single flag. Finer evidence that fits a coarser one refines it; evidence that contradicts it
loses to the order above and costs confidence. Latitude and longitude are given for cities only, so
that nobody known to a country is ever inside a radius.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from influencr.geography._bio import from_bio
from influencr.geography._codes import country_row, region_rows
from influencr.geography._resolve import Resolution, resolve
from influencr.geography._words import SUPRANATIONAL
from influencr.geography.gazetteer._format import PlaceKind
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer

if TYPE_CHECKING:
    import polars as pl

__all__ = ["judge"]

_FIELDS = ("place_country", "place_region", "place_city", "place_raw", "bio_text")

#: Confidence of structured fields, whose meaning needs no guess (docs/algorithms/geography.md).
_DECLARED_COUNTRY = 0.95
_DECLARED_REGION = 0.93
_CONFLICT = 0.8

_LEVEL = {
    PlaceKind.COUNTRY: "country",
    PlaceKind.ADMIN1: "admin1",
    PlaceKind.ADMIN2: "admin2",
    PlaceKind.CITY: "city",
}
_DEPTH = {PlaceKind.COUNTRY: 1, PlaceKind.ADMIN1: 2, PlaceKind.ADMIN2: 3, PlaceKind.CITY: 4}


@dataclass(slots=True)
class _Said:
    """One piece of evidence: a place, how sure, and the words for the reason."""

    row: int
    confidence: float
    words: str
    point: tuple[float, float] | None = None


def judge(profiles: pl.DataFrame, gazetteer: Gazetteer | None = None) -> pl.DataFrame:
    """One place per profile.

    profiles   needs `profile_id`; reads place_country, place_region, place_city, place_raw and
               bio_text where present
    returns    profile_id, place_level (city, admin2, admin1, country or null), place_id,
               place_name, place_label, country, admin1, lat, lon, place_confidence, place_reason;
               same rows in the same order. Unknown is null with a reason.
    """
    import polars as pl

    found = gazetteer or Gazetteer.load()
    fields = [
        profiles[name].to_list() if name in profiles.columns else [None] * len(profiles)
        for name in _FIELDS
    ]
    memory: dict[tuple[str | None, ...], tuple[object, ...]] = {}
    rows: list[tuple[object, ...]] = []
    for said in zip(*fields, strict=True):
        answer = memory.get(said)
        if answer is None:
            answer = memory[said] = _judge_one(said, found)
        rows.append(answer)
    answers = pl.DataFrame(
        rows,
        schema={
            "place_level": pl.String,
            "place_id": pl.Int64,
            "place_name": pl.String,
            "place_label": pl.String,
            "country": pl.String,
            "admin1": pl.String,
            "lat": pl.Float64,
            "lon": pl.Float64,
            "place_confidence": pl.Float64,
            "place_reason": pl.String,
        },
        orient="row",
    )
    return profiles.select("profile_id").hstack(answers)


def _judge_one(said: tuple[str | None, ...], gazetteer: Gazetteer) -> tuple[object, ...]:
    country, region, city, raw, bio = ((s or "").strip() for s in said)
    refused: list[str] = []
    declared = _fields(country, region, city, gazetteer, refused)
    code = gazetteer.country(declared.row) if declared else None
    words = _raw(raw, code, gazetteer, refused)
    best = _join(words, declared, gazetteer)
    if bio and (best is None or gazetteer.kinds[best.row] != PlaceKind.CITY):
        code = gazetteer.country(best.row) if best else None
        best = _with_bio(best, from_bio(bio, gazetteer, country=code), gazetteer)
    if best is None:
        return (*[None] * 9, _unknown(refused, bio))
    return _answer(best, gazetteer)


def _fields(
    country: str, region: str, city: str, gazetteer: Gazetteer, refused: list[str]
) -> _Said | None:
    """What the structured fields say together, each inside the one before."""
    said: _Said | None = None
    if country:
        row = country_row(country, gazetteer)
        if row is not None:
            said = _Said(row, _DECLARED_COUNTRY, f"declared country {country!r}")
        elif name_key(country) in SUPRANATIONAL:
            refused.append(f"declared country {country!r} is no single country")
        else:
            # "Scotland" or "Barcelona" in a country field is still a place.
            resolution = resolve(country, gazetteer)
            if resolution.row is None:
                refused.append(f"declared country {country!r} is not known")
            else:
                said = _Said(resolution.row, resolution.confidence, f"declared country {country!r}")
    if region:
        said = _region(region, said, gazetteer, refused)
    if city:
        frame = said.row if said else None
        resolution = resolve(city, gazetteer, within=frame)
        if resolution.row is None:
            refused.append(f"declared city {city!r}: {resolution.reason}")
        elif resolution.row != frame:
            around = f" in {gazetteer.label(frame)}" if frame is not None else ""
            said = _Said(resolution.row, resolution.confidence, f"declared city {city!r}{around}")
    return said


def _region(
    region: str, said: _Said | None, gazetteer: Gazetteer, refused: list[str]
) -> _Said | None:
    words = f"declared region {region!r}"
    if said is None:
        # Platforms put the country code of an account into "region".
        if len(region) == 2 and region.isalpha() and region.isupper():
            row = country_row(region, gazetteer)
        else:
            row = gazetteer.region_row.get(region.upper())
        if row is not None:
            return _Said(row, _DECLARED_COUNTRY, words)
        resolution = resolve(region, gazetteer)
        if resolution.row is not None:
            return _Said(resolution.row, resolution.confidence, words)
        refused.append(f"{words}: {resolution.reason}")
        return None
    exact = gazetteer.region_row.get(region.upper())
    rows = ([exact] if exact is not None else []) + region_rows(region, gazetteer)
    for row in rows:
        if gazetteer.countries[row] == gazetteer.countries[said.row]:
            return _Said(row, _DECLARED_REGION, words)
    if country_row(region, gazetteer) == gazetteer.country_row_of(said.row):
        return said
    refused.append(f"{words} is not in {gazetteer.label(said.row)}")
    return said


def _raw(raw: str, country: str | None, gazetteer: Gazetteer, refused: list[str]) -> _Said | None:
    if not raw:
        return None
    resolution = resolve(raw, gazetteer, country=country)
    if resolution.row is None:
        refused.append(f"declared location: {resolution.reason}")
        return None
    return _Said(
        resolution.row,
        resolution.confidence,
        f"declared location {resolution.words}",
        resolution.point,
    )


def _join(words: _Said | None, declared: _Said | None, gazetteer: Gazetteer) -> _Said | None:
    """The location field and the structured fields: the finer where they agree."""
    if words is None or declared is None:
        return words or declared
    if gazetteer.countries[words.row] == gazetteer.countries[declared.row]:
        finer = max((words, declared), key=lambda s: _DEPTH[PlaceKind(gazetteer.kinds[s.row])])
        finer.confidence = max(words.confidence, declared.confidence)
        return finer
    words.confidence = round(words.confidence * _CONFLICT, 3)
    words.words += f" (against {declared.words})"
    return words


def _with_bio(best: _Said | None, bio: Resolution | None, gazetteer: Gazetteer) -> _Said | None:
    if bio is None or bio.row is None:
        return best
    is_flag = bio.reason == "flag"
    cue = {"pin": "📍 ", "based in": "based in "}.get(bio.reason, "")
    words = f"flag of {gazetteer.name(bio.row)} in the bio" if is_flag else f"bio: {cue}{bio.words}"
    said = _Said(bio.row, bio.confidence, words, bio.point)
    if best is None:
        return said
    if gazetteer.countries[best.row] == gazetteer.countries[said.row]:
        finer = (
            _DEPTH[PlaceKind(gazetteer.kinds[said.row])]
            > _DEPTH[PlaceKind(gazetteer.kinds[best.row])]
        )
        return said if finer and not is_flag else best
    if is_flag or not best.words.startswith("declared country"):
        return best
    # Where somebody says to live goes before where the account is registered.
    said.confidence = round(said.confidence * _CONFLICT, 3)
    said.words += f" (against {best.words})"
    return said


def _answer(said: _Said, gazetteer: Gazetteer) -> tuple[object, ...]:
    place = gazetteer.at(said.row)
    is_city = place.kind == "city"
    lat, lon = said.point or (place.lat, place.lon)
    return (
        _LEVEL[PlaceKind(gazetteer.kinds[said.row])],
        place.id,
        place.name,
        place.label,
        place.country,
        place.admin1,
        lat if is_city else None,
        lon if is_city else None,
        said.confidence,
        f"{said.words} -> {place.label}",
    )


def _unknown(refused: list[str], bio: str) -> str:
    if refused:
        return "; ".join(refused)
    if bio:
        return "no location declared, and the bio has no pin, 'based in', 'City, Country' or flag"
    return "no location declared"
