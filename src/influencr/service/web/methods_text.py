"""The methods page: prose rules with the constants read from the code that applies them.

A number that stands here is the number that is used; nothing is written down twice.
"""

from __future__ import annotations

from typing import NamedTuple

from influencr import cohorts, index, influence, vetting
from influencr import topics as topic_method
from influencr.influence import closeness, growth, score
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
        _influence(),
        _closeness(),
        _growth(),
        _labels(),
        _engagement(),
        _topics(),
        _place(),
        _left_out(),
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
                "attention",
                "from 1 to 2, by the percentile of the influence among creators of the size; where "
                "influence is unknown, by where the engagement rate lies among the known rates on "
                "the same platform; 1 when both are unknown: no bonus, no guess. Every result says "
                "which of them it was",
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


def _influence() -> Section:
    weights = ", ".join(
        f"{kind} {numbers.factor(worth)}" for kind, worth in influence.EFFORT.items()
    )
    few = cohorts.MIN_CREATORS
    return Section(
        "influence",
        "Influence, not reach",
        (
            "How many different accounts, not flagged by the tests of the audience, are expected "
            f"to make an effortful act ({', '.join(influence.EFFORT)}; a reply has to say "
            f"something) on one of the next {score.HORIZON_DAYS} days’ posts. Likes and views are "
            "no such act. The number of followers is the axis along which creators are compared "
            "and a divisor, never a reason to stand higher, and there is no size tier.",
            "The score is a product, and its page shows every part with a sentence. It is learned "
            "in this index from its own past: earlier posts have to foretell later ones. Nothing "
            "is carried over from elsewhere. A creator of whom little was seen stays near what is "
            "usual for the size, and the interval is as wide as that. From "
            f"{numbers.plural(score.MIN_POSTS, 'post', 'posts')} with known reactions on there is "
            "a score, else it reads “unknown” with the reason.",
            "The percentile is the share of creators of the platform, known in the same way, with "
            "a lower score, with allowance for size, language and topic; it needs "
            f"{numbers.count(few)} of them. Where only public counts are known, nobody knows who "
            "acted, and ordered acts count in full; the page says so.",
            "How well this foretells what followers do, beside simpler numbers, is measured on "
            "invented worlds that nobody had seen and on real posts; the results are in the "
            "documentation of each version.",
        ),
        (
            *((name, _PARTS[name]) for name in score.PARTS),
            ("effort", f"what a person’s heaviest act weighs where effort is weighed: {weights}"),
            ("version", f"{score.METHOD} {score.VERSION}"),
        ),
    )


#: Part of the score -> what it says; a test keeps the names equal to those of the score.
_PARTS = {
    "usual for the size": "what creators with as many followers usually get",
    "response": "how far their posts go beyond that, chance and single lucky posts allowed for",
    "clean accounts": "the share of those who acted that is neither flagged nor without a word "
    "about the post",
    "shared items": "what is credited to others who brought the same link or subject within "
    f"{score.SHARED_HOURS} hours, where that is known",
    "likes and views": "what they tell beyond the acts, where this index shows that they do",
    "passers-by": "acts of people who did not follow, where this index shows that they tell",
    "closeness": "answers to replies, where this index shows that they go with later acts",
}


def _closeness() -> Section:
    hours = f"{closeness.PROMPT_HOURS:.0f} hours"
    return Section(
        "closeness",
        "Closeness",
        (
            f"Does a friend answer? The chance that a reply is answered within {hours}: the share "
            "of replies answered times the share of the answers that come in time. Shares are "
            "drawn towards what is usual on the platform, the more the fewer replies were seen.",
        ),
        (
            ("conversations both ways", f"on {closeness.MIN_MUTUAL} posts or more"),
            ("who comes back", f"replied to {closeness.MIN_REPEAT} posts or more"),
        ),
    )


def _growth() -> Section:
    return Section(
        "growth",
        "Growth",
        (
            "From dated counts where they reach, which know of losses; else from the days on which "
            "those who follow today began to, which do not: then a gain is the most that it can "
            f"have been, and at least {numbers.percent(growth.MIN_SEEN)} % of the followers have "
            "to be dated. Days on which far more came than around are marked, with the tests of "
            "the audience that found something at that time; a mark alone is no finding.",
        ),
    )


def _labels() -> Section:
    return Section(
        "labels",
        "Who is behind it",
        (
            "From what a profile says of itself, what the platform says of it, its habits, and the "
            "topics of its audience; where the operator brings one, from a file of who is known "
            "elsewhere. Size is never the reason, no list of names is kept, and whom nothing tells "
            "stays “unknown”. The page of a creator names every sign.",
        ),
        tuple((words.LABEL[name], meaning) for name, meaning in _LABELS.items()),
    )


#: Label -> what it means; a test keeps the names equal to those of the search.
_LABELS = {
    "creator": "a person of whom something is told beside a name",
    "public_figure": "stands in public by office, profession or work; found by default",
    "celebrity": "known to a wide public off the platform; left out by default",
    "brand": "an organisation, a media, a shop, a programme; left out by default",
    "group": "several people without an organisation",
    "bot": "automated, and says so or looks like it; left out by default",
}


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
