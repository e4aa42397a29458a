"""Why somebody is found or not, and why one stands above another, as the page shows it."""

from __future__ import annotations

import math
from typing import NamedTuple

from django.utils.safestring import SafeString

from influencr.search import Compared, Explained, FilterCheck, Query, ordinal
from influencr.service.web import chips, funnel, numbers, words
from influencr.service.web.address import Address
from influencr.service.web.brand_facts import BrandFacts, brand_facts
from influencr.service.web.likeness import Likeness, likeness
from influencr.service.web.marked import initials, marked, plain
from influencr.service.web.reasons import Part, Reasons, parts, reasons
from influencr.service.web.row import dossier_path

__all__ = ["Beside", "Check", "Person", "Ratio", "beside", "person"]

# Half the width of a bar that shows a ratio, in the units of its drawing: reached at 4 to 1.
_HALF, _MOST = 60.0, 4.0
_NBSP = "\N{NO-BREAK SPACE}"


class Check(NamedTuple):
    """One filter: whether it is passed, the value that was looked at, a way around it."""

    label: str
    passed: bool
    value: str
    lifted: str


class Person(NamedTuple):
    """One creator under the question.

    sentence   whether they are found, and what keeps them out
    """

    key: str
    href: str
    initials: str
    name: SafeString
    title: str
    handle: str
    platform: str
    found: bool
    sentence: str
    checks: tuple[Check, ...]
    reasons: Reasons | None
    parts: tuple[Part, ...]
    score: str
    likeness: Likeness | None
    brand: BrandFacts | None


class Ratio(NamedTuple):
    """One part of two scores; the bar leads from the middle to whose part is larger."""

    name: str
    meaning: str
    upper: str
    lower: str
    times: str
    x: float
    width: float
    ahead: str
    decides: bool


class Beside(NamedTuple):
    """Two creators: who stands above, what decides, part by part."""

    upper: Person
    lower: Person
    sentence: str
    ratios: tuple[Ratio, ...]


def person(told: Explained, query: Query, address: Address) -> Person:
    """The creator with every filter and the words; `address` is the question without them."""
    hit = told.hit
    row = hit.creator if hit else {}
    handle = plain(told.handle or "")
    name = plain(row.get("display_name") or "") or handle or told.profile_id
    checks = tuple(_check(check, query, address) for check in told.filters)
    return Person(
        key=told.profile_id,
        href=dossier_path(told.platform, told.handle, told.profile_id),
        initials=initials(name, handle),
        name=marked(name),
        title=name,
        handle=handle,
        platform=words.platform(told.platform),
        found=told.found,
        sentence=_sentence(name, told, checks),
        checks=checks,
        reasons=reasons(hit) if hit and hit.words else None,
        parts=parts(hit) if hit else (),
        score=numbers.factor(hit.score) if hit else "",
        likeness=likeness(hit) if hit else None,
        brand=brand_facts(hit) if hit else None,
    )


def beside(told: Compared, query: Query, address: Address) -> Beside:
    """Two creators side by side."""
    upper, lower = (person(one, query, address) for one in (told.upper, told.lower))
    return Beside(
        upper=upper,
        lower=lower,
        sentence=_decided(told, upper, lower, query),
        ratios=tuple(
            _ratio(r.part, r.upper, r.lower, r.ratio, upper, lower, r.part == told.decides)
            for r in told.parts
        ),
    )


def _check(check: FilterCheck, query: Query, address: Address) -> Check:
    label = funnel.filter_label(check.filter, check.label, query)
    lifted = "" if check.passed else funnel.lifted(check.filter, address)
    return Check(label, check.passed, _value(check), lifted)


def _value(check: FilterCheck) -> str:
    """The value as the engine tells it, in the words of the other pages."""
    if check.value == "unknown":
        return "unknown"
    if check.filter in chips.MANY and check.filter != "topic":
        return words.word_of(check.filter, check.value, check.value)
    if check.filter in (
        "engagement",
        "closeness_min",
        "fit_min",
        "alignment_min",
        "similar",
        "bought_share_max",
        "growth_min",
    ):
        try:
            return f"{numbers.percent(float(check.value))}{_NBSP}%"
        except ValueError:
            return plain(check.value)
    if check.filter == "influence_min":
        return f"{ordinal(round(float(check.value)))} percentile"
    return plain(check.value)


def _sentence(name: str, told: Explained, checks: tuple[Check, ...]) -> str:
    if told.found:
        missing = "”, “".join(plain(word) for word in told.missing)
        return f"{name} is among the results" + (f", without “{missing}”." if missing else ".")
    failed = [check for check in checks if not check.passed]
    if not failed:
        return plain(told.because)
    what = "one filter is" if len(failed) == 1 else f"{len(failed)} filters are"
    return f"{name} is not among the results: {what} not passed."


def _decided(told: Compared, upper: Person, lower: Person, query: Query) -> str:
    """What decides, with both names."""
    if upper.key == lower.key:
        return "Both are the same creator."
    if not lower.found:
        out = f"{lower.title} is not among the results"
        if not upper.found:
            return f"Neither of them is: {upper.title} and {lower.title} are both kept out."
        failed = next((check for check in lower.checks if not check.passed), None)
        return f"{out}, because of “{failed.label}”." if failed else f"{out}."
    part = next((p for p in told.parts if p.part == told.decides), None)
    if part is not None:
        times = "" if part.ratio is None else f", {numbers.factor(part.ratio)} times as much"
        if part.part == "words" and (piece := _most(told)):
            times += f", most of it by “{piece}”"
        against = [words.part(p.part) for p in told.parts if p.ratio is not None and p.ratio < 1]
        spite = f", in spite of {' and '.join(against)}" if against else ""
        return (
            f"{upper.title} stands above {lower.title} by {words.part(part.part)}: "
            f"{numbers.factor(part.upper)} against {numbers.factor(part.lower)}{times}{spite}."
        )
    if told.decides == "tie":
        return (
            f"{upper.title} and {lower.title} are worth the same; equals stand in a fixed shuffle, "
            f"which puts {upper.title} first."
        )
    order = words.SORT.get(query.sort, query.sort).casefold()
    return f"{upper.title} stands above {lower.title}, because the results are ordered by {order}."


def _most(told: Compared) -> str:
    """The piece of the words by which the upper one leads most, empty when by none."""
    if told.upper.hit is None or told.lower.hit is None:
        return ""
    leads = [
        (one.points - other.points, plain(one.piece))
        for one, other in zip(told.upper.hit.words, told.lower.hit.words, strict=True)
    ]
    lead, piece = max(leads, key=lambda each: each[0], default=(0.0, ""))
    return piece if lead > 0 and len(leads) > 1 else ""


def _ratio(
    part: str,
    upper: float,
    lower: float,
    ratio: float | None,
    above: Person,
    below: Person,
    decides: bool,
) -> Ratio:
    length = _HALF
    if ratio is not None:
        length = _HALF * min(1.0, abs(math.log(ratio)) / math.log(_MOST)) if ratio > 0 else _HALF
    leads = ratio is None or ratio > 1
    equal = ratio == 1
    times = max(ratio or 0, 1 / ratio if ratio else 0) if ratio else 0
    return Ratio(
        name=words.part(part),
        meaning=words.PARTS.get(part, ("", ""))[1],
        upper=numbers.factor(upper),
        lower=numbers.factor(lower),
        times="the same" if equal else f"{numbers.factor(times)} times" if times else "all of it",
        # The bar leads to the left for the upper one, whose column stands left.
        x=round(_HALF - length if leads else _HALF, 1),
        width=0.0 if equal else round(length, 1),
        ahead="" if equal else (above if leads else below).title,
        decides=decides,
    )
