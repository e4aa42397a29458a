"""Figures of the suite, kept in docs/benchmarks/collecting.json and shown in collecting.md.

Written only where `tools/test_servers.py --report` was asked for; a plain run of the tests changes
no file of the repository.
"""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_KINDS = {
    "said": "topic and place in name or bio",
    "both": "the same, and in a pack",
    "packed": "silent bio, in a pack that names both",
    "followed": "silent bio, followed by many of the scene",
    "heard": "silent bio, hardly followed; posts alone tell",
}


def report(section: str, figures: dict[str, Any]) -> None:
    """Put one section's figures in the place of the former ones, and write the page anew."""
    asked = os.environ.get("INFLUENCR_REPORT")
    if not asked:
        return
    folder = Path(asked)
    file = folder / "collecting.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    known[section] = {
        **figures,
        "measured": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "load": None if load is None else round(load, 1),
    }
    file.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    (folder / "collecting.md").write_text(page(known), encoding="utf-8")


def page(known: dict[str, Any]) -> str:
    """The page, from the figures alone."""
    lines = [
        "# Collecting and listening on a real network",
        "",
        "Written by `tools/test_servers.py atproto --report docs/benchmarks`: a PLC directory,",
        "a PDS and an AppView on loopback, the real Jetstream v1 in front of them, and a stand-in",
        "for the closed searches ([guide](../guides/test-servers.md)). People and words are",
        "invented, so recall says that every strategy does what it is there for; it does not say",
        "how much of a live scene is found. Seconds include Python's start and grow with the load",
        "told below.",
        "",
    ]
    if "collecting" in known:
        lines += _collecting(known["collecting"])
    if "leaving" in known:
        lines += _leaving(known["leaving"])
    if "killing" in known:
        lines += _killing(known["killing"])
    lines += ["## Machine", ""]
    lines += [
        f"- {name}: {told['measured']}, {told['machine']}, load {told['load']} at the end"
        for name, told in known.items()
    ]
    return "\n".join(lines) + "\n"


def _collecting(told: dict[str, Any]) -> list[str]:
    everybody = told["all"]
    lines = [
        '## `collect bluesky "specialty coffee" --near Lisbon`',
        "",
        f"{told['accounts']} accounts, {everybody['planted']} of them the planted scene (who asked "
        f"not to be shown is not counted). {told['calls']:,} calls of {told['budget']:,}, "
        f"{told['seconds']} s from the command to the searchable list.",
        "",
        "| how a member can be found | planted | found with counts | posts stored | in the index |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    rows = [*((_KINDS[kind], row) for kind, row in told["recall"].items()), ("all", everybody)]
    lines += [
        f"| {name} | {row['planted']} | {row['found']:.1%} | {row['posts']:.1%} "
        f"| {row['index']:.1%} |"
        for name, row in rows
    ]
    strangers = ", ".join(f"{n} {who}" for who, n in told["found_without_belonging"].items())
    lines += [
        "",
        f"Looked at without belonging: {strangers}. Listed although they asked not to be: "
        f"{told['reserved_in_index']}.",
        "",
        "| strategy | calls | people it brought | as a share of the planted | by it alone |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for row in told["strategies"]:
        alone = "" if row["only_here"] is None else row["only_here"]
        finds = row["only_here"] is not None
        people = row["people"] if finds else ""
        share = f"{row['scene']:.1%}" if finds and "scene" in row else ""
        lines.append(f"| {row['strategy']} | {row['calls']:,} | {people} | {share} | {alone} |")
    scene = told["scene"]
    if scene:
        lines += [
            "",
            f"Capture-recapture: {scene['n_found']} found whose own words belong, estimated "
            f"{scene['estimate']:.0f} ({scene['low']:.0f} to {scene['high']:.0f}); "
            f"{scene['assumption']}.",
        ]
    return [*lines, ""]


def _leaving(told: dict[str, Any]) -> list[str]:
    return [
        "## Leaving, while `listen` runs",
        "",
        "A post and a like deleted, somebody unfollowed, one account deleted, one taken down, one",
        "deactivated, one opted out of the logged-out view, one out of recommendations, at once:",
        f"gone from catalogue, index and export after **{told['gone_after_s']} s** (wanted: 60). A",
        f"new post was stored after {told['stored_after_s']} s.",
        "",
    ]


def _killing(told: dict[str, Any]) -> list[str]:
    return [
        "## `kill -9` at random moments",
        "",
        f"{told['kills']} kills of `listen`, {told['stream_restarts']} restarts of Jetstream",
        f"(each repeats all that was ever written), {told['pds_restarts']} of the PDS,",
        f"{told['cuts']} cut connections, during {told['acts']:,} random acts. In the end every",
        "profile, post, follow, like, repost, quote and membership was there once: no event lost,",
        "none counted twice.",
        f"Caught up {told['caught_up_s']} s after the last act.",
        "",
    ]
