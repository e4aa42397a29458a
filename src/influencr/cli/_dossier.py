"""One creator for a person: who, where, what about, how active, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from influencr.cli._audience import audience_lines
from influencr.cli._influence import influence_lines
from influencr.cli._page import harmless
from influencr.cli._values import share

__all__ = ["print_dossier"]

_LABEL = 12


def print_dossier(row: dict[str, Any], out: Console, facts: dict[str, Any] | None = None) -> None:
    """Writes the dossier of a row as `Engine.show` returns it.

    facts   whom they move, as `Engine.influence` tells it; None where nothing was measured
    """
    name = row.get("display_name") or row.get("handle") or row["profile_id"]
    head = Text().append(harmless(str(name)), style="bold")
    handle = f"@{row['handle']}" if row.get("handle") else row["profile_id"]
    head.append(f"  {row['platform']} {harmless(handle)}", style="dim")
    out.print(head)
    if not row["indexed"]:
        out.print(f"Not listed: {row['why_not']}")
        return
    for label, value, reason in _lines(row, facts or {}):
        line = Text().append(label.ljust(_LABEL), style="dim").append(value)
        if reason:
            line.append(f"  {harmless(reason)}", style="dim")
        # the second line of a long reason starts under the first
        out.print(_hung(line, out), overflow="fold")


def _lines(row: dict[str, Any], facts: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """Label, value and reason; what is unknown says so with its reason."""
    if row["bio_text"]:
        yield "bio", harmless(row["bio_text"]), None
    yield from _place(row)
    yield "language", row["language"] or "unknown", None
    for name, weight, evidence in zip(
        row["topics"] or (), row["topic_weights"] or (), row["topic_evidence"] or (), strict=True
    ):
        yield "topic", f"{name} {weight:.2f}", evidence
    for name in ("followers", "following", "posts_count", "likes_received"):
        if row[name] is not None:
            yield name.split("_")[0], f"{row[name]:,}", None
    last = f", last post {row['last_post_at']:%Y-%m-%d}" if row["last_post_at"] else ""
    pace = f", {row['posts_per_week']:.1f} posts a week" if row["posts_per_week"] else ""
    yield "activity", f"{row['activity_state']}{last}{pace}", row["activity_reason"]
    rate = share(row["engagement_rate"]) if row["engagement_rate"] is not None else "unknown"
    yield "engagement", rate, row["engagement_reason"]
    yield from audience_lines(row)
    for name in ("verdict", "label"):
        yield name, (row[name] or "unknown").replace("_", " "), row[f"{name}_reason"]
    yield from influence_lines(row, facts)
    if row["contact_email"]:
        yield "contact", harmless(row["contact_email"]), row["contact_source"]
    for link in row["links"] or ():
        yield "link", harmless(link), None
    seen = f"{row['fetched_at']:%Y-%m-%d}, {row['source']}, licence {row['licence']}"
    yield "observed", harmless(seen), None
    yield "id", harmless(row["profile_id"]), None


def _place(row: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """The place with its reason, then every further clue, then other places named."""
    sure = f", {share(row['place_confidence'])} sure" if row["place_confidence"] else ""
    label = f"{row['place_label'] or 'unknown'}{sure}"
    yield "place", harmless(label), row["place_reason"]
    said = row.get("place_evidence") or ()
    for sentence in said:
        # the reason is the first clue in words already
        if sentence != row["place_reason"]:
            yield "", "", sentence
    for other, role in zip(
        row.get("other_place_labels") or (), row.get("other_place_roles") or (), strict=False
    ):
        yield "also named", harmless(f"from {other}" if role == "origin" else other), None


def _hung(line: Text, out: Console) -> Text:
    """The line broken at words, every following line indented under the value."""
    broken = line.wrap(out, max(20, out.width - _LABEL))
    return Text("\n" + " " * _LABEL).join(broken)
