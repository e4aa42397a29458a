"""A `Query` from what people type: keywords of Python and the CLI, parameters of a URL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from influencr.errors import UnknownValue, UsageError, nearest
from influencr.search._query import (
    ACTIVITY_STATES,
    FACETS,
    FINDINGS,
    GROWTH_MONTHS,
    HISTOGRAMS,
    LABELS,
    SIMILAR_BY,
    SORTS,
    VERDICTS,
    Query,
)
from influencr.search._words import parse_words

__all__ = [
    "CHOICES",
    "LANGUAGES",
    "MAX_LIMIT",
    "make_query",
    "query_from_params",
    "query_to_params",
]

#: Hits in one page; more come with the cursor, without end.
MAX_LIMIT = 10_000
#: What arithmetic may leave of a whole percent.
_WHOLE_PERCENT = 1e-9
_MAX_KM = 20_040.0  # half the Earth's circumference: everywhere

_TEXTS = frozenset({"text", "place", "near", "sort", "after", "brand", "similar_by"})
_LISTS = frozenset(
    {
        *("country", "region", "platform", "language", "topic"),
        *("verdict", "label", "activity", "exclude", "facets", "histograms", "similar"),
        *("on_list", "not_on_list", "audience_place", "lockstep", "engagement_anomaly"),
    }
)
_WHOLE = frozenset(
    {
        *("followers_min", "followers_max", "active_within_days", "limit"),
        *("followers_seen_min", "account_days_min", "growth_months"),
    }
)
_SHARES = ("fit_min", "alignment_min")
#: Shares of people, at most all of them.
_AT_MOST_ALL = (*_SHARES, "closeness_min", "audience_share_min", "bought_share_max")
_RATES = frozenset({"engagement_min", "engagement_max", *_AT_MOST_ALL})
_FLAGS = frozenset({"words_only", "include_region_level", "everything", "funnel", "has_contact"})
#: Fields of a query whose words are known beforehand -> those words.
CHOICES: dict[str, tuple[str, ...]] = {
    "sort": SORTS,
    "similar_by": SIMILAR_BY,
    "facets": FACETS,
    "histograms": HISTOGRAMS,
    "verdict": VERDICTS,
    "label": LABELS,
    "activity": ACTIVITY_STATES,
    "lockstep": FINDINGS,
    "engagement_anomaly": FINDINGS,
}
_FIELDS = Query.__struct_fields__
_DEFAULTS = Query()
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
# The exponent is how Python writes very small rates into a URL.
_NUMBER = re.compile(r"([0-9]+(?:[.,][0-9]+)?(?:e-?[0-9]+)?)\s*([kmb]?)")
_PLATFORM = re.compile(r"[a-z][a-z0-9_-]*")
# ISO 639-1.
LANGUAGES = frozenset(
    re.findall(
        "..",
        "aaabaeafakamanarasavayazbabebgbibmbnbobrbscacechcocrcscucvcydadedvdzeeeleneoeseteufafffi"
        "fjfofrfygagdglgngugvhahehihohrhthuhyhziaidieigiiikioisitiujajvkakgkikjkkklkmknkokrkskukv"
        "kwkylalblglilnloltlulvmgmhmimkmlmnmrmsmtmynanbndnengnlnnnonrnvnyocojomorospapiplpsptqurm"
        "rnrorurwsascsdsesgsiskslsmsnsosqsrssstsusvswtatetgthtitktltntotrtstttwtyugukuruzvevivowa"
        "woxhyiyozazhzu",
    )
)


def make_query(**fields: Any) -> Query:
    """A checked `Query`.

    Lists may be given as one word. Numbers may be written "10k", "1.5M", "2 %", "100 km"; None and
    the empty text mean "not asked". Raises UsageError naming the field for anything else that
    cannot be meant, UnknownValue with the nearest valid words for a word that does not exist.

    >>> make_query(text="gym", followers_min="10k", platform="tiktok").followers_min
    10000
    """
    given: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in _FIELDS:
            close = nearest(name, _FIELDS)
            hint = (
                f"did you mean {' or '.join(close)}?" if close else f"valid: {', '.join(_FIELDS)}."
            )
            raise UsageError(f"{name!r} is not a filter; {hint}", field=name, valid=list(_FIELDS))
        if value is None or value == "":
            continue
        given[name] = _value(name, value)
    query = Query(**given)
    _check(query)
    return query


def query_from_params(params: Mapping[str, list[str]]) -> Query:
    """A query from URL parameters: names are the fields of `Query`, lists repeat their name.

    Raises UsageError for a parameter that does not exist or comes twice where it cannot.

    >>> query_from_params({"text": ["gym"], "country": ["FR", "BE"]}).country
    ('FR', 'BE')
    """
    fields: dict[str, Any] = {}
    for name, values in params.items():
        meant = [v for v in values if v.strip()]
        if name in _LISTS or name == "size_bands":
            fields[name] = tuple(meant) or None
        elif len(meant) > 1:
            raise UsageError(f"{name}: given {len(meant)} times; give it once.", field=name)
        else:
            fields[name] = meant[0] if meant else None
    return make_query(**fields)


def query_to_params(query: Query) -> dict[str, list[str]]:
    """The URL parameters of a query, defaults left out; `query_from_params` brings it back.

    >>> query_to_params(make_query(text="gym", country=("FR", "BE"), everything=True))
    {'text': ['gym'], 'country': ['FR', 'BE'], 'everything': ['true']}
    """
    params: dict[str, list[str]] = {}
    for name in _FIELDS:
        value = getattr(query, name)
        if value == getattr(_DEFAULTS, name):
            continue
        if isinstance(value, tuple):
            # An empty list that is not the default must be said: `facets=none`.
            params[name] = [str(v) for v in value] or ["none"]
        elif isinstance(value, bool):
            params[name] = ["true" if value else "false"]
        elif isinstance(value, float):
            params[name] = [repr(value)]
        else:
            params[name] = [str(value)]
    return params


def _value(name: str, value: Any) -> Any:
    if name in _LISTS:
        return _words(name, value)
    if name == "size_bands":
        bands = (value,) if isinstance(value, (str, int)) else tuple(value)
        return () if bands == ("none",) else tuple(_whole(name, b) for b in bands)
    if name in _FLAGS:
        return _flag(name, value)
    if name in _TEXTS:
        if not isinstance(value, str):
            raise UsageError(f"{name}: must be text, received {value!r}.", field=name)
        return value.strip() or None if name != "text" else value.strip()
    if name in _WHOLE:
        return _whole(name, value)
    if name == "growth_min":
        return _growth(name, value)
    if name in _RATES:
        return _rate(name, value)
    if name == "within_km":
        return _kilometres(name, value)
    return _number(name, value)


def _words(name: str, value: Any) -> tuple[str, ...]:
    values: Iterable[Any] = (value,) if isinstance(value, str) else value
    try:
        found = tuple(dict.fromkeys(str(v).strip() for v in values))
    except TypeError:
        raise UsageError(f"{name}: must be a list of words, received {value!r}.") from None
    if found == ("none",) and name == "facets":
        return ()
    return tuple(f for f in found if f)


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).casefold()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off"):
        return False
    raise UsageError(f"{name}: must be true or false, received {value!r}.", field=name)


def _number(name: str, value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
    else:
        match = _NUMBER.fullmatch(str(value).strip().casefold())
        if match is None:
            raise UsageError(
                f"{name}: {value!r} is not a number; write for example 2500, 10k or 1.5M.",
                field=name,
            )
        written, unit = match.groups()
        number = float(written.replace(",", ".")) * _FACTORS[unit]
    if not 0 <= number < 2**62:
        raise UsageError(
            f"{name}: must not be negative or endless, received {value!r}.", field=name
        )
    return number


def _whole(name: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}(?:[, _.][0-9]{3})+", value.strip()):
        value = re.sub(r"[, _.]", "", value)
    number = _number(name, value)
    if number != int(number):
        raise UsageError(f"{name}: must be a whole number, received {value!r}.", field=name)
    return int(number)


def _rate(name: str, value: Any) -> float:
    if isinstance(value, str) and value.strip().endswith("%"):
        # Rounded, so that "0.3 %" is the same rate as 0.003.
        return round(_number(name, value.strip()[:-1]) / 100, 12)
    return _number(name, value)


def _growth(name: str, value: Any) -> float:
    """A rate that may be a loss, at most of everything."""
    if isinstance(value, str) and value.strip()[:1] in ("-", "\N{MINUS SIGN}"):
        rate = -_rate(name, value.strip()[1:])
    elif isinstance(value, (int, float)) and value < 0:
        rate = -_rate(name, -value)
    else:
        rate = _rate(name, value)
    if rate < -1:
        raise UsageError(
            f"{name}: nobody loses more than all followers, -100 %; received {value!r}.", field=name
        )
    return rate


def _kilometres(name: str, value: Any) -> float:
    factor = 1.0
    if isinstance(value, str):
        text = value.strip().casefold()
        if text.endswith(("miles", "mile", "mi")):
            factor = 1.609344
        value = re.sub(r"\s*(km|kilomet(er|re)s?|miles?|mi)$", "", text)
    distance = _number(name, value) * factor
    if not 0 < distance <= _MAX_KM:
        raise UsageError(
            f"{name}: a radius lies above 0 and up to {_MAX_KM:.0f} km, received {value!r}.",
            field=name,
        )
    return distance


def _check(query: Query) -> None:
    for name, valid in CHOICES.items():
        value = getattr(query, name)
        for word in (value,) if isinstance(value, str) else value:
            if word not in valid:
                raise UnknownValue(name, word, valid)
    for platform in query.platform:
        if not _PLATFORM.fullmatch(platform):
            raise UsageError(
                f"platform: {platform!r} is not a platform word; write it like 'tiktok'.",
                field="platform",
            )
    for language in query.language:
        if language not in LANGUAGES and language != "unknown":
            raise UnknownValue("language", language, LANGUAGES)
    if query.growth_months not in GROWTH_MONTHS:
        raise UsageError(
            f"growth_months: growth is measured over {', '.join(map(str, GROWTH_MONTHS))} months, "
            f"received {query.growth_months}.",
            field="growth_months",
            valid=[str(months) for months in GROWTH_MONTHS],
        )
    if not 1 <= query.limit <= MAX_LIMIT:
        raise UsageError(
            f"limit: a page holds 1 to {MAX_LIMIT} creators, received {query.limit}; further "
            "pages come with `after`.",
            field="limit",
        )
    for low, high in (("followers_min", "followers_max"), ("engagement_min", "engagement_max")):
        least, most = getattr(query, low), getattr(query, high)
        if least is not None and most is not None and least > most:
            raise UsageError(
                f"{low} ({least}) is above {high} ({most}); nobody can match.", field=low
            )
    for name in _SHARES:
        least = getattr(query, name)
        if least is not None and query.brand is None:
            raise UsageError(f"{name}: say of which brand, with brand.", field=name)
    for name in _AT_MOST_ALL:
        least = getattr(query, name)
        if least is not None and least > 1:
            raise UsageError(
                f"{name}: a share lies between 0 and 1 (or 0% and 100%), received {least:g}.",
                field=name,
            )
    least = query.audience_share_min
    if least is not None and not query.audience_place:
        raise UsageError(
            "audience_share_min: say of which place, with audience_place.",
            field="audience_share_min",
        )
    if least is not None and abs(least * 100 - round(least * 100)) > _WHOLE_PERCENT:
        raise UsageError(
            f"audience_share_min: give whole percents, such as 30%, received {least:g}.",
            field="audience_share_min",
        )
    if query.influence_min is not None and query.influence_min > 100:
        raise UsageError(
            "influence_min: a percentile lies between 0 and 100, received "
            f"{query.influence_min:g}.",
            field="influence_min",
        )
    if query.place and query.near:
        raise UsageError("place and near: give one of them, not both.", field="near")
    if query.within_km is not None and not (query.place or query.near):
        raise UsageError("within_km: say of what, with near or place.", field="within_km")
    if list(query.size_bands) != sorted(set(query.size_bands)) or 0 in query.size_bands:
        raise UsageError("size_bands: must rise and start above 0.", field="size_bands")
    parse_words(query.text)


def stated(query: Query) -> dict[str, Any]:
    """The fields that differ from the default, as plain values."""
    plain: dict[str, Any] = msgspec.to_builtins(query)
    default = msgspec.to_builtins(_DEFAULTS)
    return {name: value for name, value in plain.items() if value != default[name]}
