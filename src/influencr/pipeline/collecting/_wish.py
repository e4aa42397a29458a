"""From typed words and a typed place to what a source can ask for, in several languages.

A source knows neither topics nor places. Here the words become the ways in which people say the
thing (topics' concepts), in the languages that are written there; the place becomes its names:
as typed, the official one, what other languages and its own people call it, its short names, and
the largest towns around it. More than MAX_PHRASES and MAX_PLACES of them only repeat themselves.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from influencr import geography, topics
from influencr.errors import UsageError
from influencr.sources import Phrase, Wanted
from influencr.text import words

if TYPE_CHECKING:
    from influencr.geography import Area, Gazetteer

__all__ = ["MAX_PHRASES", "MAX_PLACES", "known_there", "phrases_of", "places_of", "wanted_of"]

MAX_PHRASES = 12
MAX_PLACES = 12
#: Another name is taken for the same word in another language from this likeness on, for example
#: lisboa and lisbon .83, koln and cologne .55; districts and bynames lie below. Own choice.
_ALIKE = 0.5
_TOWNS = 2
#: Letters of a short name ("atx").
_SHORT = range(2, 5)
#: Creators of the catalogue that a run starts from: more seeds than calls are of no use.
_MOST_KNOWN = 200
#: Languages of another script than Latin -> how Unicode names its letters.
_SCRIPTS = {
    "ar": ("ARABIC",),
    "be": ("CYRILLIC",),
    "bg": ("CYRILLIC",),
    "bn": ("BENGALI",),
    "el": ("GREEK",),
    "fa": ("ARABIC",),
    "he": ("HEBREW",),
    "hi": ("DEVANAGARI",),
    "hy": ("ARMENIAN",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"),
    "ka": ("GEORGIAN",),
    "ko": ("HANGUL",),
    "mk": ("CYRILLIC",),
    "ru": ("CYRILLIC",),
    "sr": ("CYRILLIC",),
    "ta": ("TAMIL",),
    "th": ("THAI",),
    "uk": ("CYRILLIC",),
    "ur": ("ARABIC",),
    "zh": ("CJK",),
}


def wanted_of(
    typed: str,
    near: str | None,
    *,
    within_km: float | None = None,
    handles: Sequence[str] = (),
    followers: tuple[int | None, int | None] = (None, None),
    limit: int | None = None,
    judged: Path | None = None,
    platform: str = "",
) -> Wanted:
    """What is meant by words and a place.

    typed       free words; "" for none
    near        a place as `geography.ask` understands it
    judged      folder of the judged files, to start from creators who are known there
    platform    network of these creators

    Raises UnknownValue for a place that nobody knows and UsageError for what cannot be meant.
    """
    text = " ".join(typed.split())
    if text and not words(text):
        raise UsageError(
            f"{typed!r} holds no word; say what the creators are about.", field="WORDS"
        )
    area = _area(near, within_km) if near is not None else None
    gazetteer = geography.Gazetteer.load()
    countries = _countries(area, gazetteer) if area is not None else ()
    spoken = [code for country in countries[:3] for code in geography.languages_of(country)]
    languages = tuple(dict.fromkeys((*spoken, "en")))
    centre = None
    if area is not None and area.within_km and area.lat is not None and area.lon is not None:
        centre = (area.lat, area.lon)
    return Wanted(
        words=text,
        place=near,
        phrases=phrases_of(text, languages),
        places=places_of(near, area, languages, gazetteer) if near and area is not None else (),
        countries=countries,
        languages=languages,
        centre=centre,
        radius_km=area.within_km if area is not None else None,
        handles=tuple(dict.fromkeys(handle.strip().lstrip("@") for handle in handles)),
        known=known_there(judged, area, platform) if judged is not None and area else (),
        followers=followers,
        limit=limit,
    )


def _area(near: str, within_km: float | None) -> Area:
    """Around a city, and the whole of a region or country."""
    area = geography.ask(near, within_km=within_km)
    return geography.ask(near, near=True) if area.kind == "city" and not within_km else area


def phrases_of(text: str, languages: Sequence[str]) -> tuple[Phrase, ...]:
    """Ways to say the words, at most MAX_PHRASES: as typed, then language by language in turn.

    Words that name no concept are only said as typed. Words of sensitive subjects are never
    widened: what was typed is all that is asked for.

    >>> [p.text for p in phrases_of("specialty coffee", ("pt", "en"))][:3]
    ['specialty coffee', 'coffee', 'cafe de especialidade']
    """
    if not text:
        return ()
    made = {text.casefold(): Phrase(text)}
    cut = tuple(words(text))
    senses = () if topics.is_sensitive(text) else topics.concepts_of(cut)
    by_language: dict[str, list[Phrase]] = {code: [] for code in languages}
    for sense in senses:
        made.setdefault(sense.concept, Phrase(sense.concept, "en"))
        for said in topics.phrases(sense.concept):
            if said.kind == "same" and said.language in by_language and not said.tag:
                by_language[said.language].append(Phrase(_written(said.words), said.language))
    for turn in range(MAX_PHRASES):
        for code in languages:
            for phrase in by_language[code][turn : turn + 1]:
                made.setdefault(phrase.text.casefold(), phrase)
    return tuple(made.values())[:MAX_PHRASES]


def places_of(
    typed: str, area: Area, languages: Sequence[str], gazetteer: Gazetteer
) -> tuple[Phrase, ...]:
    """Names of a place, at most MAX_PLACES: the reading that was taken first, towns nearby last.

    typed    as it was given; what stands around the name in it ("within 5 km of") is left out
    area     what `geography.ask` understood
    """
    made: dict[str, Phrase] = {}

    def add(names: Iterable[str], language: str = "") -> None:
        for name in names:
            made.setdefault(name.casefold(), Phrase(name, language))

    if area.place_id is None:
        # several places, or a point
        parts = [part for part in area.parts if part.place_id is not None]
        add(gazetteer.place(part.place_id).name for part in parts if part.place_id is not None)
        if area.lat is not None:
            add(gazetteer.name(row) for row in _largest(area, gazetteer)[:_TOWNS])
        elif not parts:
            add([typed])
        return tuple(made.values())[:MAX_PLACES]
    place = gazetteer.place(area.place_id)
    named = gazetteer.names_of(area.place_id)
    official = [name for name, kind in named if kind.name == "OFFICIAL"]
    add([place.name, *official])
    aliases = [name for name, kind in named if kind.name == "ALIAS"]
    add(_alike(aliases, official)[:5])
    # aliases before what only some dictionary knows
    others = [*official, *aliases, *(name for name, kind in named if kind.name == "ALTERNATE")]
    for code in languages:
        add(_in_script(others, code)[:2], code)
    add(name for name in aliases if len(name) in _SHORT and name.isascii() and " " not in name)
    if place.kind in ("city", "admin1"):
        add(name for name, kind in named if kind.name == "CAPITALS" and len(name) > 1)
    add(_towns(area, gazetteer))
    return tuple(made.values())[:MAX_PLACES]


def known_there(judged: Path, area: Area | None, platform: str) -> tuple[str, ...]:
    """Native ids of listed creators of a network whose place the area covers, at most 200."""
    import polars as pl

    from influencr.pipeline._judge import CREATORS_FILE

    file = judged / CREATORS_FILE
    if area is None or not file.exists():
        return ()
    cities = pl.Series([] if area.place_ids is None else area.place_ids, dtype=pl.Int64)
    there = (
        pl.scan_parquet(file)
        .filter(
            pl.col("platform") == platform,
            pl.col("place_id").is_in(cities.implode())
            | pl.col("admin1").is_in(list(area.codes))
            | pl.col("country").is_in(list(area.codes)),
        )
        .sort(pl.col("followers").fill_null(0), "profile_id", descending=[True, False])
        .head(_MOST_KNOWN)
        .select("profile_id")
        .collect()
    )
    return tuple(name.partition(":")[2] for name in there["profile_id"] if ":@" not in name)


def _countries(area: Area, gazetteer: Gazetteer) -> tuple[str, ...]:
    parts = [area, *area.parts]
    found = [part.country for part in parts if part.country]
    found += [code.partition("-")[0] for part in parts for code in part.codes]
    return tuple(dict.fromkeys(code for code in found if len(code) == 2))


def _written(cut: Sequence[str]) -> str:
    """Words as they are written: characters of unspaced scripts stand together."""
    spaced = all(len(word) > 1 or word.isascii() for word in cut)
    return (" " if spaced else "").join(cut)


def _alike(names: Sequence[str], official: Sequence[str]) -> list[str]:
    """The names that are the same word in another language, the most used first.

    How much a name is used shows in the other names that hold it ("wien city", "vienna wien").
    """
    ranked = []
    for name in names:
        alike = max((difflib.SequenceMatcher(None, name, o).ratio() for o in official), default=0)
        inside = sum(name in other.split() for other in names if other != name)
        if " " not in name and alike >= _ALIKE:
            ranked.append((-alike - 0.2 * inside, name))
    return [name for _, name in sorted(ranked)]


def _in_script(names: Sequence[str], language: str) -> list[str]:
    """The names in the letters of a language, those first that other names are made of."""
    scripts = _SCRIPTS.get(language)
    if scripts is None:
        return []
    fitting = [
        name
        for name in names
        if all(unicodedata.name(c, "").startswith(scripts) for c in name if c.isalpha())
        and any(c.isalpha() for c in name)
    ]
    inside = {name: sum(name in other for other in fitting) for name in fitting}
    return sorted(fitting, key=lambda name: -inside[name])


def _towns(area: Area, gazetteer: Gazetteer) -> list[str]:
    """Names of the largest other towns that a radius covers."""
    if area.within_km is None or area.place_id is None:
        return []
    here = gazetteer.row(area.place_id)
    return [gazetteer.name(row) for row in _largest(area, gazetteer) if row != here][:_TOWNS]


def _largest(area: Area, gazetteer: Gazetteer) -> list[int]:
    """Rows of the cities that an area names one by one, the largest first."""
    ids = [] if area.place_ids is None else [int(i) for i in area.place_ids]
    rows = [row for i in ids if (row := gazetteer.row(i)) is not None]
    cities = [row for row in rows if gazetteer.kind(row) == "city"]
    return sorted(cities, key=lambda row: (-gazetteer.populations[row], row))
