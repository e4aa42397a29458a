"""One creator as the dossier shows them: what is known, how it is known, and what is not."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from influencr.records import Policy
from influencr.service.web import numbers, words
from influencr.service.web.audience import Audience, audience, audience_gap
from influencr.service.web.figures import Figure, cadence, figures
from influencr.service.web.marked import initials, language_code, marked, plain, safe_link
from influencr.service.web.row import Verdict, verdict_of
from influencr.service.web.where import Where, where

__all__ = ["Dossier", "Evidence", "Gap", "Topic", "dossier"]

_POSTS_SHOWN = 6
_POST_CHARACTERS = 400
# Width of a topic's bar in px for weight 1.
_BAR = 120

_PROFILE_PAGE = {
    "bluesky": "https://bsky.app/profile/{0}",
    "instagram": "https://www.instagram.com/{0}/",
    "threads": "https://www.threads.com/@{0}",
    "tiktok": "https://www.tiktok.com/@{0}",
    "twitch": "https://www.twitch.tv/{0}",
    "twitter": "https://x.com/{0}",
    "youtube": "https://www.youtube.com/@{0}",
}

_POLICY = {
    Policy.INDEX: "found in searches",
    Policy.SCORE: "judged",
    Policy.SHOW_SIGNED_OUT: "shown to everybody",
    Policy.EXPORT: "exported",
    Policy.CONTACT: "contacted",
}


class Topic(NamedTuple):
    """A topic with its weight as a bar in px and the words that say so."""

    name: str
    bar: float
    weight: str
    evidence: str


class Evidence(NamedTuple):
    """One line of the ledger: what is said, how it is known, how sure that is."""

    what: str
    value: str
    reason: str
    confidence: str


class Gap(NamedTuple):
    """One thing that is not known, and why."""

    what: str
    reason: str


class Dossier(NamedTuple):
    """Everything the page shows; foreign text is escaped already or by the template."""

    key: str
    name: SafeString
    title: str
    initials: str
    handle: str
    platform: str
    profile_page: str
    place: str
    where: Where | None
    facts: tuple[str, ...]
    bio: SafeString
    bio_language: str
    links: tuple[tuple[str, str], ...]
    links_unsafe: tuple[str, ...]
    verdict: Verdict
    figures: tuple[Figure, ...]
    audience: Audience | None
    topics: tuple[Topic, ...]
    posts: tuple[SafeString, ...]
    n_posts_seen: int
    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...]
    source: str
    licence: str
    as_of: str
    allowed: str
    email: str
    email_source: str


def dossier(creator: dict[str, Any], *, demo: bool) -> Dossier:
    """The dossier of a creators row; a demo never links to the network it imitates."""
    name = plain(creator.get("display_name") or "")
    handle = plain(creator.get("handle") or "")
    fetched_at = creator.get("fetched_at")
    found = [(plain(link), safe_link(link)) for link in creator.get("links") or ()]
    posts = [p for p in (creator.get("post_text") or "").split("\n") if p.strip()]
    policy = Policy(creator.get("policy") or 0)
    return Dossier(
        key=creator["profile_id"],
        name=marked(name or handle or creator["profile_id"]),
        title=name or handle or creator["profile_id"],
        initials=initials(name, handle),
        handle=handle,
        platform=words.platform(creator["platform"]),
        profile_page=_profile_page(creator["platform"], handle, demo),
        place=plain(creator.get("place_label") or creator.get("place_name") or ""),
        where=where(creator),
        facts=_facts(creator),
        bio=marked(creator.get("bio_text") or ""),
        bio_language=language_code(creator.get("language")),
        links=tuple(safe for _, safe in found if safe),
        links_unsafe=tuple(text for text, safe in found if not safe and text),
        verdict=verdict_of(creator),
        figures=_figures(creator, fetched_at),
        audience=audience(creator),
        topics=_topics(creator),
        posts=tuple(_post(text) for text in posts[:_POSTS_SHOWN]),
        n_posts_seen=creator.get("n_posts_seen") or 0,
        evidence=_evidence(creator),
        gaps=_gaps(creator),
        source=plain(creator.get("source") or ""),
        licence=plain(creator.get("licence") or ""),
        as_of=numbers.instant(fetched_at) if fetched_at else "",
        allowed=", ".join(text for bit, text in _POLICY.items() if bit in policy),
        email=_email(creator, policy),
        email_source=plain(creator.get("contact_source") or ""),
    )


def _profile_page(platform: str, handle: str, demo: bool) -> str:
    if demo or not handle:
        return ""
    if platform == "mastodon":
        name, _, host = handle.partition("@")
        return (safe_link(f"https://{host}/@{name}") or ("",))[0] if host else ""
    pattern = _PROFILE_PAGE.get(platform)
    return (safe_link(pattern.format(handle)) or ("",))[0] if pattern else ""


def _facts(creator: dict[str, Any]) -> tuple[str, ...]:
    facts = []
    if label := creator.get("label"):
        facts.append(words.LABEL.get(label, label) if label != "unknown" else "")
    if language := creator.get("language"):
        facts.append(f"writes in {words.language(language)}")
    if (created := creator.get("account_created_at")) is not None:
        facts.append(f"on the network since {created.year}")
    if (posts := creator.get("posts_count")) is not None:
        facts.append(numbers.plural(posts, "post", "posts"))
    if creator.get("is_verified"):
        facts.append("verified by the network")
    if creator.get("is_business"):
        facts.append("business profile")
    return tuple(fact for fact in facts if fact)


def _figures(creator: dict[str, Any], as_of: datetime | None) -> tuple[Figure, ...]:
    """The figures of a result row, and how often they post; reach comes last."""
    influence, closeness, engagement, followers = figures(creator)
    posts = cadence(creator)
    last = creator.get("last_post_at")
    if last is not None:
        ago = f" ({numbers.ago(last, as_of)})" if as_of else ""
        posts = posts._replace(note=f"last post {numbers.day(last)}{ago}")
    return influence, closeness, engagement, posts, followers


def _topics(creator: dict[str, Any]) -> tuple[Topic, ...]:
    names = creator.get("topics") or []
    weights = creator.get("topic_weights") or []
    evidence = creator.get("topic_evidence") or []
    return tuple(
        Topic(plain(name), round(_BAR * weight, 1), numbers.factor(weight), plain(words))
        for name, weight, words in zip(names, weights, evidence, strict=False)
    )


def _post(text: str) -> SafeString:
    shown = text[:_POST_CHARACTERS].rstrip() + ("…" if len(text) > _POST_CHARACTERS else "")
    return marked(shown)


def _evidence(creator: dict[str, Any]) -> tuple[Evidence, ...]:
    """The ledger: only what is known; the rest is among the gaps."""
    lines = []

    def add(what: str, value: str | None, reason: Any, confidence: float | None = None) -> None:
        if value:
            sure = "" if confidence is None else f"{numbers.percent(confidence)}\N{NO-BREAK SPACE}%"
            lines.append(Evidence(what, plain(value), plain(str(reason or "")), sure))

    level = {"admin1": "region", "admin2": "district"}
    place_level = creator.get("place_level") or ""
    place = creator.get("place_label") or creator.get("place_name")
    if place:
        place = f"{place} ({level.get(place_level, place_level)})" if place_level else place
    if creator.get("place_evidence") is None:  # else it has its own section
        add("Place", place, creator.get("place_reason"), creator.get("place_confidence"))
    state = creator.get("activity_state")
    if state and state != "unknown":
        add("Activity", words.ACTIVITY[state].text, creator.get("activity_reason"))
    rate = creator.get("engagement_rate")
    if rate is not None:
        add(
            "Engagement",
            f"{numbers.percent(rate)}\N{NO-BREAK SPACE}%",
            creator.get("engagement_reason"),
        )
    label = creator.get("label")
    if label and label != "unknown":
        add("Who is behind it", words.LABEL.get(label, label), creator.get("label_reason"))
    return tuple(lines)


def _gaps(creator: dict[str, Any]) -> tuple[Gap, ...]:
    gaps = []

    def add(what: str, unknown: bool, reason: Any) -> None:
        if unknown:
            gaps.append(Gap(what, plain(str(reason or "")) or "the source does not say"))

    add(
        "Whether followers were bought",
        (creator.get("verdict") or "unknown") == "unknown",
        creator.get("verdict_reason"),
    )
    add("Influence", creator.get("influence") is None, creator.get("influence_reason"))
    add("Closeness", creator.get("closeness") is None, creator.get("closeness_reason"))
    add("Engagement", creator.get("engagement_rate") is None, creator.get("engagement_reason"))
    add(
        "Activity",
        (creator.get("activity_state") or "unknown") == "unknown",
        creator.get("activity_reason"),
    )
    add("Place", not creator.get("place_level"), creator.get("place_reason"))
    gap = audience_gap(creator)
    add("Where the audience is", bool(gap), gap)
    add(
        "Who is behind it",
        (creator.get("label") or "unknown") == "unknown",
        creator.get("label_reason"),
    )
    add("Topics", not creator.get("topics"), "no topic's words or hashtags were found")
    add("Language", not creator.get("language"), "too little text to tell")
    return tuple(gaps)


def _email(creator: dict[str, Any], policy: Policy) -> str:
    email = plain(creator.get("contact_email") or "")
    if Policy.CONTACT not in policy or email.count("@") != 1 or any(c in email for c in " <>?&"):
        return ""
    return email
