"""The methods page: prose rules with the constants read from the code that applies them.

A number that stands here is the number that is used; nothing is written down twice.
"""

from __future__ import annotations

from typing import NamedTuple

from influencr import index, influence, vetting
from influencr import topics as topic_method
from influencr.service.web import numbers, words

__all__ = ["Section", "sections"]


class Section(NamedTuple):
    """One heading with its paragraphs and, where there are some, terms with their meanings."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    terms: tuple[tuple[str, str], ...] = ()


def sections() -> list[Section]:
    """The page from top to bottom."""
    return [
        _order(),
        _activity(),
        *(Section(*section) for section in vetting.verdict.methods()),
        _engagement(),
        _topics(),
        _place(),
        _left_out(),
        _not_yet(),
    ]


def _order() -> Section:
    factors = ", ".join(
        f"{state} {numbers.factor(value)}" for state, value in index.ACTIVITY_FACTORS.items()
    )
    return Section(
        "order",
        "The order of results",
        (
            "A score is a product. Every result shows its parts, and they multiply to the score "
            "that is printed. Reach is not among them: the number of followers never moves anybody "
            "up or down.",
            "Words are looked for in the name, the handle, the bio, the posts and the topics, in "
            "their other forms and languages too; every result says how. Rare words weigh more, "
            "and who says all of them comes first. Words in quotes must match as they are.",
        ),
        (
            ("words", "in how many ways and fields the words are said, and how rare they are"),
            ("focus", "from 1 to 1/2: the less else is said, the more a word says"),
            ("place", "1 near the centre of a radius, falling in steps towards its rim"),
            ("activity", f"{factors}"),
            (
                "engagement",
                "from 1 to 2, by where the rate lies among the known rates on the same platform; "
                "1 when it is unknown: no bonus, no guess",
            ),
        ),
    )


def _activity() -> Section:
    active, dormant = vetting.ACTIVE_DAYS, vetting.DORMANT_DAYS
    return Section(
        "activity",
        "Activity",
        (
            "The last post is compared with the date of the index. Silence is claimed only for a "
            "time that was looked at: a record older than the silence it would prove leaves the "
            "state unknown. Posts a week are counted over the last "
            f"{vetting.CADENCE_DAYS} days and never extrapolated from less than "
            f"{vetting.MIN_SPAN_DAYS}.",
        ),
        (
            (words.ACTIVITY["active"].text, f"posted within {active} days"),
            (words.ACTIVITY["quiet"].text, f"posted {active + 1} to {dormant} days ago"),
            (words.ACTIVITY["dormant"].text, f"posted more than {dormant} days ago"),
        ),
    )


def _engagement() -> Section:
    return Section(
        "engagement",
        "Engagement",
        (
            "Public reactions per post as a share of followers. Three definitions, the best that "
            "the data allows; the page says which one made each rate. A median, because one viral "
            f"post makes a mean; from {influence.MIN_POSTS} posts on, each at least "
            f"{influence.SETTLED_DAYS} days old when it was counted. Hidden counts are not zero.",
        ),
        tuple(
            (words.engagement(name, influence.MIN_POSTS).partition(",")[0], meaning)
            for name, meaning in influence.DEFINITIONS.items()
        ),
    )


def _topics() -> Section:
    return Section(
        "topics",
        "Topics",
        (
            "Read from declared categories, the bio, hashtags, posts, and the names of lists that "
            "hold the creator; never from a picture, a follower or a place. Each topic keeps the "
            f"words that said so. At most {topic_method.MAX_TOPICS} are kept, and none below a "
            f"weight of {numbers.factor(topic_method.MIN_WEIGHT)}.",
            "Words that would tell health, religion, politics, orientation, ethnicity or union "
            "membership are never a topic and never shown as evidence.",
        ),
    )


def _place() -> Section:
    return Section(
        "place",
        "Place",
        (
            "Where somebody says they are, in declared fields and in the bio, matched to the names "
            "of real places. The finest level that is certain is kept. A creator known only to a "
            "region or a country has no point on the map and is never put inside a radius; the "
            "search says how many match but are not known closely enough.",
            "A name with several readings is never guessed silently: the reading that was taken "
            "stands above the results, the others beside it.",
        ),
    )


def _left_out() -> Section:
    return Section(
        "left-out",
        "What is left out by default",
        (
            "Audiences that look inflated, the dormant, celebrities, brands and bots. The search "
            "page always says so in a chip, and one click takes everybody in. A celebrity is not "
            "an influencer, whatever the follower count.",
        ),
    )


def _not_yet() -> Section:
    return Section(
        "not-yet",
        "What is not computed yet",
        (
            "Influence (what people do because of a post) and closeness (whether a creator "
            "answers) need observations of what followers did. Until those are judged they read "
            "“unknown”, and no number stands in for them.",
        ),
    )
