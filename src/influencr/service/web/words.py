"""The words that pages use for the values of the engine: one place, so that they never differ."""

from __future__ import annotations

from typing import NamedTuple

from django.conf.locale import LANG_INFO

from influencr.service.web.marked import plain

__all__ = [
    "ACTIVITY",
    "ATTENTION",
    "FACET_TITLES",
    "FIELDS",
    "FINDING",
    "LABEL",
    "LANGUAGE_CODES",
    "MATCH_FIELDS",
    "PARTS",
    "SORT",
    "VERDICT",
    "Word",
    "engagement",
    "language",
    "part",
    "platform",
    "word_of",
]


class Word(NamedTuple):
    """A value as it is shown: the word, its shape (an icon's name) and its tone (a CSS class)."""

    text: str
    shape: str
    tone: str


VERDICT = {
    "vetted": Word("Vetted", "vetted", "vetted"),
    "needs_a_look": Word("Needs a look", "look", "look"),
    "looks_inflated": Word("Audience looks inflated", "inflated", "inflated"),
    "unknown": Word("Unknown", "unknown", "unknown"),
}

ACTIVITY = {
    "active": Word("Active", "active", "plain"),
    "quiet": Word("Quiet", "quiet", "plain"),
    "dormant": Word("Dormant", "dormant", "plain"),
    "unknown": Word("Unknown", "unknown", "plain"),
}

#: What a test of the audience says.
FINDING = {"none": "None found", "found": "Found", "unknown": "Not looked at"}

LABEL = {
    "creator": "Creator",
    "public_figure": "Public figure",
    "celebrity": "Celebrity",
    "brand": "Brand or shop",
    "bot": "Self-declared bot",
    "group": "Group",
    "unknown": "Unknown",
}

SORT = {
    "relevance": "Fit × influence",
    "influence": "Influence",
    "closeness": "Closeness",
    "engagement": "Engagement",
    "last_post": "Last post",
    "posts_per_week": "Posts a week",
    "followers": "Followers",
    "growth": "Growth",
    "bought_share": "Least bought",
    "name": "Name",
}

FACET_TITLES = {
    "size": "Size",
    "verdict": "Verdict",
    "platform": "Platform",
    "language": "Language of bio and posts",
    "country": "Country",
    "topic": "Topic",
    "activity": "Activity",
    "label": "Who is behind it",
    "lockstep": "Followers in lockstep",
    "engagement_anomaly": "Unusual engagement",
}

#: Query field -> what its chip says before the value.
FIELDS = {
    "text": "words",
    "words_only": "words only",
    "place": "place",
    "near": "near",
    "within_km": "within",
    "include_region_level": "also",
    "country": "country",
    "region": "region",
    "platform": "platform",
    "language": "language",
    "audience_place": "audience",
    "audience_share_min": "audience share from",
    "topic": "topic",
    "followers_min": "followers from",
    "followers_max": "followers to",
    "engagement_min": "engagement from",
    "engagement_max": "engagement to",
    "influence_min": "influence",
    "closeness_min": "closeness",
    "active_within_days": "posted within",
    "posts_per_week_min": "posts a week from",
    "account_days_min": "account age",
    "growth_min": "growth",
    "growth_months": "growth over months",
    "has_contact": "contact",
    "bought_share_max": "look bought",
    "lockstep": "lockstep",
    "engagement_anomaly": "unusual engagement",
    "followers_seen_min": "followers seen",
    "verdict": "verdict",
    "label": "who",
    "activity": "activity",
    "exclude": "without",
    "on_list": "on the list",
    "not_on_list": "not on the list",
    "everything": "default filters",
    "brand": "brand",
    "fit_min": "fit from",
    "alignment_min": "alignment from",
    "similar": "like",
}

MATCH_FIELDS = {
    "name": "name",
    "handle": "handle",
    "bio": "bio",
    "posts": "recent posts",
    "topics": "topics",
    "called": "packs and lists",
}

#: Part of a score -> (its name, what it says).
PARTS = {
    "words": ("words", "how often, where and how surely your words are said"),
    "focus": ("focus", "who says little else is more about it"),
    "place": ("place", "how near they are"),
    "activity": ("activity", "when they last posted"),
    "attention": ("attention", "whether people act for them"),
    "fit": ("fit", "how well the content fits the brand"),
    "alignment": ("alignment", "how much of the audience is the one that the brand wants"),
    "similar": ("likeness", "how much they share with whom you named"),
}

#: What the part `attention` was read from -> (its name then, what it says).
ATTENTION = {
    "influence": ("influence", "how many people act on a post, beside others of the size"),
    "engagement": (
        "engagement",
        "influence is unknown: reactions per follower, beside others of the platform",
    ),
    "unknown": ("attention", "influence and engagement are unknown: no bonus, no guess"),
}

_PLATFORM = {
    "bluesky": "Bluesky",
    "instagram": "Instagram",
    "mastodon": "Mastodon",
    "threads": "Threads",
    "tiktok": "TikTok",
    "twitch": "Twitch",
    "twitter": "Twitter",
    "youtube": "YouTube",
}


#: English name of a language, small letters -> its ISO 639-1 code.
LANGUAGE_CODES = {
    **{
        str(info["name"]).casefold(): code
        for code, info in LANG_INFO.items()
        if len(code) == 2 and "name" in info
    },
    "chinese": "zh",
    "norwegian": "no",
    "tagalog": "tl",
}


def platform(code: str) -> str:
    """The platform as it writes itself; an unknown one capitalised."""
    return _PLATFORM.get(code) or code[:1].upper() + code[1:]


def language(code: str) -> str:
    """The English name of an ISO 639-1 code, or the code itself."""
    info = LANG_INFO.get(code) or LANG_INFO.get(code.partition("-")[0])
    if info and "name" in info:
        return str(info["name"])
    # Django names Chinese by script only.
    return {"zh": "Chinese", "no": "Norwegian", "tl": "Tagalog"}.get(code, plain(code))


def part(name: str, attention: str = "") -> str:
    """What a part of a score is called; `attention` is what that part was read from."""
    if name == "attention" and attention in ATTENTION:
        return ATTENTION[attention][0]
    return PARTS[name][0] if name in PARTS else name.replace("_", " ")


def engagement(definition: str | None, n_posts: int) -> str:
    """Which definition made a rate, in a few words, with the number of posts behind it."""
    if definition == "median_of_posts":
        return f"median, {n_posts}\N{NO-BREAK SPACE}posts"
    return {"imported_mean": "imported mean", "claimed_rate": "claimed"}.get(definition or "", "")


def word_of(facet: str, value: str, label: str) -> str:
    """What a facet's value is called; `label` is the engine's own word for it."""
    if facet == "verdict" and value in VERDICT:
        return VERDICT[value].text
    if facet == "activity" and value in ACTIVITY:
        return ACTIVITY[value].text
    if facet in ("lockstep", "engagement_anomaly"):
        return FINDING.get(value, label)
    if facet == "label":
        return LABEL.get(value, label)
    if facet == "platform":
        return platform(value)
    if facet == "language" and label == value:
        return language(value) if value != "unknown" else "Unknown"
    return label
