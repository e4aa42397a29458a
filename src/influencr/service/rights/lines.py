"""A record as its owner reads it: every line, what it says, and where that comes from."""

from __future__ import annotations

from typing import Any, NamedTuple

from influencr.service.web import numbers, words
from influencr.service.web.marked import plain

__all__ = ["Line", "lines"]

_SHOWN = 240


class Line(NamedTuple):
    """`part` is what it can be contested or corrected under; "" for the person's own words."""

    what: str
    value: str
    because: str
    part: str = ""


def lines(row: dict[str, Any]) -> list[Line]:
    """Every line of a creators row, the unknown ones with their reason."""
    found: list[Line] = []
    source = plain(row.get("source") or "the source")
    named = words.platform(source) if ":" not in source else source
    delivered = f"your profile, as {named} delivered it"
    if row.get("fetched_at"):
        delivered += f" on {numbers.day(row['fetched_at'])}"

    def add(what: str, value: Any, because: Any, part: str = "") -> None:
        shown = plain(str(value)) if value not in (None, "", ()) else ""
        found.append(Line(what, shown[:_SHOWN], plain(str(because or "")), part))

    add("Name", row.get("display_name"), delivered)
    add("Bio", row.get("bio_text"), delivered)
    add("Links", ", ".join(row.get("links") or ()), delivered)
    add("Place", row.get("place_label"), row.get("place_reason"), "place")
    topics = ", ".join(row.get("topics") or ())
    evidence = "; ".join(dict.fromkeys(row.get("topic_evidence") or ()))
    add("Topics", topics, evidence or "no word of a topic was found", "topics")
    language = row.get("language")
    add("Language", words.language(language) if language else "", "your words, or what you declare")
    add("Followers", _count(row.get("followers")), delivered)
    add(
        "Posts", _count(row.get("posts_count")), f"{delivered}; {row.get('n_posts_seen') or 0} read"
    )
    state = row.get("activity_state")
    activity = words.ACTIVITY[state].text if state in words.ACTIVITY and state != "unknown" else ""
    add("Activity", activity, row.get("activity_reason"))
    rate = row.get("engagement_rate")
    rated = "" if rate is None else f"{numbers.percent(rate)}\N{NO-BREAK SPACE}%"
    add("Engagement", rated, row.get("engagement_reason"))
    label = row.get("label") or "unknown"
    called = "" if label == "unknown" else words.LABEL.get(label, label)
    add("Who is behind it", called, row.get("label_reason"), "label")
    verdict = row.get("verdict") or "unknown"
    judged = "" if verdict == "unknown" else words.VERDICT[verdict].text
    add("Audience", judged, row.get("verdict_reason"), "verdict")
    influence = row.get("influence")
    moved = "" if influence is None else f"{numbers.factor(influence)} acts per post"
    add("Influence", moved, row.get("influence_reason"), "influence")
    if row.get("contact_email"):
        add("Contact", row["contact_email"], row.get("contact_source"))
    add("Licence", row.get("licence"), "as the source or the operator's file states it")
    return found


def _count(value: int | None) -> str:
    return "" if value is None else numbers.count(value)
