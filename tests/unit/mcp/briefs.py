"""Forty briefs as people say them, the call that a client makes of each, and where it has to end.

A client knows the schemas and still writes what it is used to from elsewhere: other names of
filters, other words for values, numbers as people write them. What may not happen is that such a
call is answered as if it had been understood.
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["BRIEFS", "Brief"]

RUBY = "bluesky:@rubyinlondon.sky.example"
QUINN = "bluesky:@hquinn.example"


class Brief(NamedTuple):
    """What somebody wants, and the first call that is made for it.

    says    the error of the first call: its code; None for a call that is right at once
    ends    the right call (tool, arguments), or the code of the error that says why there is none
    """

    wanted: str
    tool: str
    arguments: dict[str, Any]
    says: str | None
    ends: tuple[str, dict[str, Any]] | str


def right(wanted: str, tool: str, **arguments: Any) -> Brief:
    return Brief(wanted, tool, arguments, None, (tool, arguments))


def wrong(
    wanted: str, tool: str, arguments: dict[str, Any], says: str, /, *, to: str = "", **ends: Any
) -> Brief:
    return Brief(wanted, tool, arguments, says, (to or tool, ends))


def refused(wanted: str, tool: str, says: str, **arguments: Any) -> Brief:
    return Brief(wanted, tool, arguments, says, says)


PARAMETER, VALUE, USAGE = "unknown_parameter", "unknown_value", "usage"

BRIEFS: tuple[Brief, ...] = (
    # Right at once.
    right("Who posts about coffee?", "search", text="coffee"),
    right("How many of them are in Britain?", "count", text="coffee", country=["GB"]),
    right("Somebody within 50 km of London.", "search", near="London", within_km=50),
    right("Three who move most people.", "search", sort="influence", limit=3),
    right("Spanish speakers below 100 followers.", "search", language=["es"], followers_max=100),
    right("Everything about Ruby in London.", "creator", who=RUBY),
    right("Is Ruby's audience real?", "evidence", who=RUBY),
    right("Why is Ruby found for music?", "explain", who=RUBY, text="music"),
    right(
        "Who is better for music, Ruby or Quinn?", "compare", one=RUBY, other=QUINN, text="music"
    ),
    right("More like Ruby.", "similar", who=RUBY, limit=5),
    right("How many people follow both?", "overlap", who=[RUBY, QUINN]),
    right(
        "Spend 300 dollars on Bluesky.", "plan", budget=300, per_1000=[10, 20], platform=["bluesky"]
    ),
    right("What does 'near Paris, Texas' cover?", "place", place="within 30 km of Paris, Texas"),
    right("Which places begin with Lond?", "suggest", prefix="Lond"),
    right("Is the count of coffee people true?", "verify", handles=["search:?text=coffee#total"]),
    right("Engagement above 3 %.", "search", engagement_min="3%"),
    right("At least ten thousand followers.", "count", followers_min="10k"),
    right("What do you have, and of when?", "status"),
    # Filters with other names.
    wrong("Vegan cooks.", "search", {"txt": "vegan"}, PARAMETER, text="vegan"),
    wrong("Creators in Britain.", "search", {"countries": ["GB"]}, PARAMETER, country=["GB"]),
    wrong("On TikTok only.", "search", {"platforms": ["tiktok"]}, PARAMETER, platform=["tiktok"]),
    wrong(
        "Not above 5,000 followers.",
        "count",
        {"follower_max": 5000},
        PARAMETER,
        followers_max=5000,
    ),
    wrong("About fitness.", "search", {"topics": ["fitness"]}, PARAMETER, topic=["fitness"]),
    wrong("Speaking Turkish.", "search", {"lang": ["tr"]}, PARAMETER, language=["tr"]),
    wrong(
        "Who posted in the last two weeks?",
        "count",
        {"active_within_day": 14},
        PARAMETER,
        active_within_days=14,
    ),
    wrong("Show me Ruby.", "creator", {"whom": RUBY}, PARAMETER, who=RUBY),
    wrong("Sorted by attention.", "search", {"sorted": "influence"}, PARAMETER, sort="influence"),
    wrong(
        "Two misspelt filters at once.",
        "search",
        {"txt": "coffee", "countrys": ["GB"]},
        PARAMETER,
        text="coffee",
        country=["GB"],
    ),
    # Values with other words.
    wrong("Vetted ones.", "search", {"verdict": ["veted"]}, VALUE, verdict=["vetted"]),
    wrong("Quiet ones.", "search", {"activity": ["quite"]}, VALUE, activity=["quiet"]),
    wrong("Biggest first.", "search", {"sort": "follower"}, VALUE, sort="followers"),
    wrong("Only bots.", "count", {"label": ["bots"]}, VALUE, label=["bot"]),
    wrong(
        "Like Ruby by who follows her.",
        "similar",
        {"who": RUBY, "by": "audiences"},
        VALUE,
        who=RUBY,
        by="audience",
    ),
    # Another name of the tool.
    wrong("Find bakers.", "serach", {"text": "baking"}, VALUE, to="search", text="baking"),
    # What cannot be asked, with the error that says why.
    refused("Tell me about nobody.", "creator", "not_listed", who="tiktok:@nobody-at-all"),
    refused("Between 9,000 and 100.", "count", USAGE, followers_min=9000, followers_max=100),
    refused("Within 20 km, of nothing.", "search", USAGE, within_km=20),
    refused("A plan without money or goal.", "plan", USAGE, platform=["bluesky"]),
    refused("Near Nowherecityxyz.", "search", USAGE, near="Nowherecityxyz"),
    refused("Put Ruby on a list.", "list_add", "read_only", list="Music", who=[RUBY]),
)
