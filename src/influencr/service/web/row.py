"""One result as the page shows it: who, where, why, and only figures that are known."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from influencr.search import Hit, Match
from influencr.service.web import numbers, words
from influencr.service.web.brand_facts import BrandFacts, brand_facts
from influencr.service.web.figures import Axis, Figure, figures
from influencr.service.web.likeness import Likeness, likeness
from influencr.service.web.marked import from_match, initials, language_code, marked, plain
from influencr.service.web.reasons import Part, Reasons, parts, reasons
from influencr.vetting.verdict import thumbnail_svg

__all__ = ["Audience", "Row", "Verdict", "dossier_path", "row", "verdict_of"]

# A bio beyond this many characters says no more in two lines.
_BIO_SHOWN = 280
_TOPICS_SHOWN = 3
# How far into its text a first match may stand before the text begins later: rows show two lines
# of a passage and three of a bio.
_PASSAGE_BEFORE = 32
_BIO_BEFORE = 64


class Verdict(NamedTuple):
    """The verdict's word and shape with the sentence that explains it."""

    word: words.Word
    reason: str


class Audience(NamedTuple):
    """The follower map in small and what was seen; both empty where nobody was.

    share   the interval of the share that looks bought, or "at least"; "" where nothing is told
    """

    map: SafeString
    seen: str
    share: str


class Passage(NamedTuple):
    """Matched words in their field, where the field is not already shown."""

    field: str
    text: SafeString


class Row(NamedTuple):
    """A result; all foreign text in it is escaped already or is escaped by the template.

    title     the name as plain text, for labels
    why       links that set the result beside its neighbours: (what is asked, address)
    heard     what is known of the audience in the places asked for
    place_id  what a map beside it marks
    """

    rank: int
    key: str
    href: str
    initials: str
    name: SafeString
    title: str
    handle: SafeString
    handle_text: str
    platform: str
    place: str
    place_reason: str
    distance: str
    bio: SafeString
    bio_language: str
    passages: tuple[Passage, ...]
    about: tuple[str, ...]
    figures: tuple[Figure, ...]
    activity: words.Word
    activity_note: str
    verdict: Verdict
    audience: Audience
    reasons: Reasons
    parts: tuple[Part, ...]
    score: str
    likeness: Likeness | None
    brand: BrandFacts | None
    why: tuple[tuple[str, str], ...]
    place_id: int | None = None
    heard: str = ""


def row(
    hit: Hit,
    rank: int,
    as_of: datetime,
    *,
    inside: str = "",
    shared: Axis | None = None,
    why: tuple[tuple[str, str], ...] = (),
) -> Row:
    """The row of one hit; `rank` counts from 1 over all pages.

    inside   the country that everybody here is in, which the places then need not repeat
    shared   the axis of influence of all rows beside it
    why      see `Row`
    """
    creator = hit.creator
    matches = {match.field: match for match in hit.why}
    name = plain(creator.get("display_name") or "")
    bio = creator.get("bio_text") or ""
    activity = words.ACTIVITY.get(creator.get("activity_state") or "", words.ACTIVITY["unknown"])
    return Row(
        rank=rank,
        key=hit.profile_id,
        href=dossier_path(hit.platform, hit.handle, hit.profile_id),
        initials=initials(name, hit.handle),
        title=name or plain(hit.handle or hit.profile_id),
        name=_marked_whole(matches.get("name"), name or hit.handle or hit.profile_id),
        handle=_marked_whole(matches.get("handle"), hit.handle or ""),
        handle_text=plain(hit.handle or ""),
        platform=words.platform(hit.platform),
        place=_place(creator, inside),
        place_reason=plain(creator.get("place_reason") or ""),
        distance=numbers.km(hit.distance_km) if hit.distance_km is not None else "",
        bio=_bio(matches.get("bio"), bio),
        bio_language=language_code(creator.get("language")),
        passages=tuple(
            Passage(
                words.MATCH_FIELDS[field],
                marked(
                    *from_match(matches[field].text, matches[field].spans, before=_PASSAGE_BEFORE)
                ),
            )
            for field in ("posts", "called")
            if field in matches
        ),
        about=_about(creator),
        figures=figures(creator, shared),
        activity=activity,
        activity_note=_last_post(creator, as_of),
        verdict=verdict_of(creator),
        audience=_audience(creator),
        heard=plain(hit.audience or ""),
        reasons=reasons(hit),
        parts=parts(hit),
        score=numbers.factor(hit.score),
        likeness=likeness(hit),
        brand=brand_facts(hit),
        why=why,
        place_id=creator.get("place_id"),
    )


def dossier_path(platform: str, handle: str | None, profile_id: str) -> str:
    """The address of a dossier: by handle where there is one, else `id:` and the native id."""
    name = handle if handle and handle.strip(".") else f"id:{profile_id.partition(':')[2]}"
    # `reverse` would accept only what the pattern allows; a handle is a stranger's text.
    stem = reverse("creator", kwargs={"platform": _slug(platform), "name": "x"})[:-1]
    return stem + quote(name, safe="@:.~-_")


def verdict_of(creator: dict[str, Any]) -> Verdict:
    """The verdict and its reason."""
    word = words.VERDICT.get(creator.get("verdict") or "", words.VERDICT["unknown"])
    return Verdict(word, plain(creator.get("verdict_reason") or ""))


def _audience(creator: dict[str, Any]) -> Audience:
    seen, small = creator.get("followers_seen"), creator.get("follower_map")
    low, high = creator.get("bought_low"), creator.get("bought_high")
    share = ""
    if low is not None and high is not None:
        share = f"{numbers.percent(low)} to {numbers.percent(high)} % look bought"
    elif low:
        share = f"at least {numbers.percent(low)} % look bought"
    return Audience(
        # Drawn from numbers alone: no foreign text is in it.
        mark_safe(thumbnail_svg(small)) if small else SafeString(),  # noqa: S308
        f"{numbers.count(seen)} followers seen" if seen else "",
        share.replace(" %", "\N{NO-BREAK SPACE}%"),
    )


def _place(creator: dict[str, Any], inside: str) -> str:
    label = plain(creator.get("place_label") or creator.get("place_name") or "")
    return label.removesuffix(f", {inside}") if inside else label


def _about(creator: dict[str, Any]) -> tuple[str, ...]:
    """Who is behind it where that is not simply a person, the language, the first topics."""
    label = creator.get("label") or "unknown"
    about = [] if label in ("creator", "unknown") else [words.LABEL.get(label, label)]
    if creator.get("language"):
        about.append(words.language(creator["language"]))
    topics = (creator.get("topics") or ())[:_TOPICS_SHOWN]
    return (*about, *(plain(topic) for topic in topics))


def _last_post(creator: dict[str, Any], as_of: datetime) -> str:
    at = creator.get("last_post_at")
    return f"last post {numbers.ago(at, as_of)}" if at else "last post unknown"


def _marked_whole(match: Match | None, text: str) -> SafeString:
    # The passage of a short field is the whole field; anything else would change the name.
    if match and plain(match.text) == plain(text):
        return marked(match.text, match.spans)
    return marked(text)


def _bio(match: Match | None, bio: str) -> SafeString:
    if match is None:
        return marked(bio[:_BIO_SHOWN].rstrip() + ("…" if len(bio) > _BIO_SHOWN else ""))
    return marked(*from_match(match.text, match.spans, before=_BIO_BEFORE))


def _slug(platform: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in platform)
