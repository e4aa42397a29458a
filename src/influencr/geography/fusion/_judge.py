"""Where each profile is, from all that it says; one row per profile, unknown with the reason.

Three steps: what is declared and what the bio says is read into clues (a clue keeps its words),
hints from clock, language, numbers and domains are added, and `fuse` weighs them. Latitude and
longitude are given for cities only, so that nobody known to a country is ever inside a radius.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from influencr import text
from influencr.geography._codes import country_row, region_rows
from influencr.geography._evidence import Evidence, Prior
from influencr.geography.bio import read_bio
from influencr.geography.fusion._fuse import Fused, fuse
from influencr.geography.gazetteer._keys import name_key
from influencr.geography.gazetteer._reader import Gazetteer
from influencr.geography.hints import hints, prior_of
from influencr.geography.location._resolve import Resolution, resolve
from influencr.geography.location._words import SUPRANATIONAL

if TYPE_CHECKING:
    import polars as pl

__all__ = ["PLACE_COLUMNS", "judge"]

#: Columns that the judge adds, in order, with the name of their polars type.
PLACE_COLUMNS = {
    "place_level": "String",
    "place_id": "Int64",
    "place_name": "String",
    "place_label": "String",
    "country": "String",
    "admin1": "String",
    "lat": "Float64",
    "lon": "Float64",
    "place_confidence": "Float64",
    "place_reason": "String",
    "place_basis": "String",
    "place_evidence": "List",
    "other_place_ids": "ListInt64",
    "other_place_labels": "List",
    "other_place_roles": "List",
}


class _Profile(NamedTuple):
    """What is read of a profile."""

    place_country: str
    place_region: str
    place_city: str
    place_raw: str
    bio_text: str
    time_zone: str
    language: str
    links: tuple[str, ...]
    told: str | None


#: How surely a country code or name, and a region inside a named country, means what it says.
_CODE, _REGION = 1.0, 0.97


def judge(
    profiles: pl.DataFrame,
    gazetteer: Gazetteer | None = None,
    *,
    languages: Sequence[str | None] | None = None,
) -> pl.DataFrame:
    """One place per profile.

    profiles    needs `profile_id`; reads place_country, place_region, place_city, place_raw,
                bio_text, links, time_zone and language (declared) where present
    languages   ISO 639-1 of what each profile writes, in order, where that is known already; told
                from the bio when left out
    returns     profile_id and PLACE_COLUMNS: place_level (city, admin2, admin1, country or null),
                place_confidence (that the country is right; a finer level is given only when it is
                likelier right than wrong), place_basis (declared, bio, hints or null),
                place_evidence (a sentence per clue), other places with role lives or origin; same
                rows in the same order. Unknown is null with a reason
    """
    import polars as pl

    found = gazetteer or Gazetteer.load()
    told = (
        list(languages) if languages is not None else text.languages(_column(profiles, "bio_text"))
    )
    columns = [_column(profiles, name) for name in _Profile._fields[:-1]]
    memory: dict[_Profile, tuple[object, ...]] = {}
    weighed = _Weighed(found)
    rows: list[tuple[object, ...]] = []
    for *said, links, code in zip(*columns, told, strict=True):
        country, region, city, raw, bio, zone, language = ((s or "").strip() for s in said)
        profile = _Profile(
            country, region, city, raw, bio, zone, language, tuple(links or ()), code
        )
        answer = memory.get(profile)
        if answer is None:
            answer = memory[profile] = _judge_one(profile, found, weighed)
        rows.append(answer)
    types: dict[str, Any] = {
        "String": pl.String,
        "Int64": pl.Int64,
        "Float64": pl.Float64,
        "List": pl.List(pl.String),
        "ListInt64": pl.List(pl.Int64),
    }
    answers = pl.DataFrame(
        rows, schema={name: types[kind] for name, kind in PLACE_COLUMNS.items()}, orient="row"
    )
    return profiles.select("profile_id").hstack(answers)


def _column(profiles: pl.DataFrame, name: str) -> list[Any]:
    return profiles[name].to_list() if name in profiles.columns else [None] * len(profiles)


class _Weighed:
    """Hints weighed once: most profiles say nothing but their language, and those are few."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._priors: dict[tuple[object, ...], Prior] = {}
        self._alone: dict[tuple[object, ...], Fused] = {}

    def prior(self, weak: Sequence[Evidence], time_zone: str | None) -> Prior:
        """What the hints say before a location is read."""
        key = (time_zone, *_said(weak))
        if key not in self._priors:
            self._priors[key] = prior_of(weak, time_zone=time_zone)
        return self._priors[key]

    def fuse(self, evidence: Sequence[Evidence], weak: Sequence[Evidence]) -> Fused:
        """All clues together."""
        if evidence:
            return fuse([*evidence, *weak], self._gazetteer)
        key = tuple(_said(weak))
        if key not in self._alone:
            self._alone[key] = fuse(weak, self._gazetteer)
        return self._alone[key]


def _said(weak: Sequence[Evidence]) -> Iterator[tuple[str, str, float]]:
    # Kind, words and confidence determine the countries of a hint.
    return ((clue.kind, clue.words, clue.confidence) for clue in weak)


def _judge_one(profile: _Profile, gazetteer: Gazetteer, weighed: _Weighed) -> tuple[object, ...]:
    refused: list[str] = []
    evidence = _fields(profile, gazetteer, refused)
    declared = _first_country(evidence, gazetteer)
    weak = hints(
        time_zone=profile.time_zone or None,
        language=profile.told,
        declared_language=profile.language or None,
        links=profile.links,
        bio=profile.bio_text or None,
    )
    expected = weighed.prior(weak, profile.time_zone or None)
    if profile.place_raw:
        evidence += _location(profile.place_raw, declared, expected, gazetteer, refused)
    if profile.bio_text:
        around = declared or _first_country(evidence, gazetteer)
        evidence += read_bio(
            profile.bio_text,
            gazetteer,
            prior=_with_country(expected, around),
            language=profile.told,
        )
    fused = weighed.fuse(evidence, weak)
    reason = fused.reason if fused.row is not None else _unknown(fused, refused, profile)
    return _answer(fused, reason, gazetteer)


def _first_country(evidence: Iterable[Evidence], gazetteer: Gazetteer) -> str | None:
    for said in evidence:
        if said.row is not None and (code := gazetteer.country(said.row)) is not None:
            return code
    return None


def _with_country(expected: Prior, country: str | None) -> Prior:
    """The prior with a country that stronger words gave: as strong as a prior gets."""
    if country is None:
        return expected
    return replace(expected, countries={**expected.countries, country: 3.0})


# --- declared -------------------------------------------------------------------------------


def _fields(profile: _Profile, gazetteer: Gazetteer, refused: list[str]) -> list[Evidence]:
    """What the structured fields say, each inside the one before."""
    found: list[Evidence] = []
    frame: int | None = None
    if country := profile.place_country:
        words = f"declared country {country!r}"
        row = country_row(country, gazetteer)
        if row is not None:
            found.append(Evidence("platform_country", row, _CODE, words))
        elif name_key(country) in SUPRANATIONAL:
            refused.append(f"{words} is no single country")
        else:
            # "Scotland" or "Barcelona" in a country field is still a place.
            resolution = resolve(country, gazetteer)
            if resolution.row is None:
                refused.append(f"{words} is not known")
            else:
                found.append(_field(resolution, words))
        frame = found[-1].row if found else None
    if region := profile.place_region:
        said = _region(region, frame, gazetteer, refused)
        if said is not None and said.row is not None:
            found.append(said)
            frame = said.row
    if city := profile.place_city:
        resolution = resolve(city, gazetteer, within=frame)
        if resolution.row is None:
            refused.append(f"declared city {city!r}: {resolution.reason}")
        elif resolution.row != frame:
            around = f" in {gazetteer.label(frame)}" if frame is not None else ""
            found.append(_field(resolution, f"declared city {city!r}{around}"))
    return found


def _field(resolution: Resolution, words: str) -> Evidence:
    return Evidence("field", resolution.row, resolution.confidence, words, point=resolution.point)


def _region(
    region: str, frame: int | None, gazetteer: Gazetteer, refused: list[str]
) -> Evidence | None:
    words = f"declared region {region!r}"
    exact = gazetteer.region_row.get(region.upper())
    if frame is None:
        # Platforms put the country code of an account into "region".
        if len(region) == 2 and region.isalpha() and region.isupper():
            row = country_row(region, gazetteer)
            if row is not None:
                return Evidence("platform_country", row, _CODE, words)
        if exact is not None:
            return Evidence("field", exact, _REGION, words)
        resolution = resolve(region, gazetteer)
        if resolution.row is not None:
            return _field(resolution, words)
        refused.append(f"{words}: {resolution.reason}")
        return None
    for row in ([exact] if exact is not None else []) + region_rows(region, gazetteer):
        if gazetteer.countries[row] == gazetteer.countries[frame]:
            return Evidence("field", row, _REGION, words)
    if country_row(region, gazetteer) != gazetteer.country_row_of(frame):
        refused.append(f"{words} is not in {gazetteer.label(frame)}")
    return None


def _location(
    raw: str, country: str | None, expected: Prior, gazetteer: Gazetteer, refused: list[str]
) -> list[Evidence]:
    """The place of the location field, and the further ones that it names."""
    resolution = resolve(raw, gazetteer, country=country, prior=expected)
    if resolution.row is None:
        refused.append(f"declared location: {resolution.reason}")
        return []
    words = resolution.words or raw
    found = [
        Evidence("location", resolution.row, resolution.confidence, words, point=resolution.point)
    ]
    for row, role, weight in resolution.others:
        kind = "origin" if role == "origin" else "also"
        found.append(Evidence(kind, row, weight, f"declared location {words}", role=role))
    return found


# --- the answer -----------------------------------------------------------------------------


def _answer(fused: Fused, reason: str, gazetteer: Gazetteer) -> tuple[object, ...]:
    others = (
        fused.evidence,
        [gazetteer.ids[other.row] for other in fused.others],
        [gazetteer.label(other.row) for other in fused.others],
        [other.role for other in fused.others],
    )
    if fused.row is None:
        return (*[None] * 9, reason, None, *others)
    place = gazetteer.at(fused.row)
    is_city = place.kind == "city"
    lat, lon = fused.point or (place.lat, place.lon)
    return (
        place.kind,
        place.id,
        place.name,
        place.label,
        place.country,
        place.admin1,
        lat if is_city else None,
        lon if is_city else None,
        fused.confidence,
        reason,
        fused.basis,
        *others,
    )


def _unknown(fused: Fused, refused: Sequence[str], profile: _Profile) -> str:
    if refused or fused.reason:
        return "; ".join([*refused, *((fused.reason,) if fused.reason else ())])
    if profile.bio_text:
        return "no location declared, and the bio names no place"
    return "no location declared"
