"""All hints of one profile: as evidence to be weighed, and as a prior for reading a location."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from influencr.geography._evidence import Evidence, Prior
from influencr.geography.fusion._reliability import reliability
from influencr.geography.hints._domains import mail_domains, web_domains
from influencr.geography.hints._phone import phones
from influencr.geography.hints._world import base_rates
from influencr.geography.hints._written import Written, locale, written, written_marks
from influencr.geography.hints._zones import clock

__all__ = ["hints", "prior", "prior_of"]

#: Natural log beyond which hints do not push the choice between two readings of a name: hints
#: alone never turn "Paris, Texas" into France.
MAX_SHIFT = 3.0
#: Smaller shifts are left out: that somebody writes English is no reason to read "Berlin" as that
#: in New Hampshire.
MIN_SHIFT = 0.7

# How sure a bare offset is read, against a named zone: half the world shares one.
_OFFSET_ONLY = 0.7


def hints(
    *,
    time_zone: str | None = None,
    language: str | None = None,
    declared_language: str | None = None,
    links: Iterable[str] = (),
    bio: str | None = None,
    country: str | None = None,
) -> list[Evidence]:
    """Everything about a profile that speaks for countries without naming a place.

    time_zone          as declared: IANA, Windows or Rails name, or an offset from UTC
    language           ISO 639-1 of what the person writes, as told from text
    declared_language  as declared ("pt-BR"): read for its country only
    links, bio         read for telephone numbers, web and e-mail domains; the bio also for script,
                       regional words and currency signs
    country            alpha-2 where the platform holds the account to be

    Kinds: platform_country, phone, domain, email_domain, time_zone, language, locale, script,
    variety, currency. Strongest kinds first; `row` is None, the countries are in `countries`.

    >>> [(e.kind, e.words, e.countries) for e in hints(language="th", bio="โทร +66 2 555 0123")]
    [('phone', '+66', {'TH': 1.0}), ('language', 'writes Thai', {'TH': 1.0})]
    """
    found: list[Evidence] = []
    if country and country in base_rates():
        found.append(_clue("platform_country", country, {country: 1.0}))
    texts = [*links, *((bio,) if bio else ())]
    if texts:
        found += [_clue("phone", words, where) for words, where in phones(texts)]
        found += [_clue("domain", words, where) for words, where in web_domains(texts)]
        found += [_clue("email_domain", words, where) for words, where in mail_domains(texts)]
    if time_zone and (told := clock(time_zone)):
        sure = 1.0 if told.is_named else _OFFSET_ONLY
        found.append(_clue("time_zone", time_zone.strip(), told.countries, sure))
    marks: list[Written | None] = [written(language)]
    if declared_language:
        marks.append(locale(declared_language))
    if bio:
        marks += written_marks(bio, language)
    found += [_clue(w.kind, w.words, w.countries, w.confidence) for w in marks if w is not None]
    return found


def _clue(kind: str, words: str, countries: Mapping[str, float], sure: float = 1.0) -> Evidence:
    return Evidence(kind, None, sure, words, countries=countries)


def prior(
    time_zone: str | None = None,
    language: str | None = None,
    links: Iterable[str] = (),
    bio: str | None = None,
    country: str | None = None,
) -> Prior:
    """What the hints say before a location is read; arguments as for `hints`.

    >>> p = prior(time_zone="America/Chicago", language="en")
    >>> p.countries["US"] > 1.0, sorted(p.zones)
    (True, ['America/Chicago'])
    """
    found = hints(time_zone=time_zone, language=language, links=links, bio=bio, country=country)
    return prior_of(found, time_zone=time_zone)


def prior_of(found: Sequence[Evidence], *, time_zone: str | None = None) -> Prior:
    """The same from hints already gathered: per country the sum of ln(P(c | hint) / P(c)).

    A second hint of one family (`.de` and an address in `.de`) counts a part, as in `fuse`.
    """
    base = base_rates()
    shift: dict[str, float] = {}
    families: set[str] = set()
    for clue in found:
        kind = reliability(clue.kind)
        weight = kind.again if kind.family in families else 1.0
        families.add(kind.family)
        sure = kind.country * clue.confidence
        for country, share in clue.countries.items():
            if country in base:
                ratio = sure * share / base[country] + 1.0 - sure
                shift[country] = shift.get(country, 0.0) + weight * math.log(ratio)
    told = clock(time_zone) if time_zone else None
    return Prior(
        countries={c: round(min(s, MAX_SHIFT), 3) for c, s in shift.items() if s >= MIN_SHIFT},
        zones=told.zones if told else frozenset(),
    )
