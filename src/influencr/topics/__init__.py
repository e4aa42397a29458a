"""What is this creator about, in their own words and in what others call them?

Read from declared categories, the bio, hashtags, posts, and the names of packs and lists that
hold the creator. Never from a picture, a follower, or a place. Words that would tell health,
religion, politics, orientation, ethnicity or union membership are never a topic, and a phrase that
holds one of them is never shown as evidence (`sensitive`). See docs/algorithms/topics.md.
"""

from influencr.topics._concepts import (
    Said,
    Sense,
    broader,
    concept_names,
    concepts_of,
    longest_phrase,
    narrower,
    phrases,
    topic_of_concept,
)
from influencr.topics._judge import (
    BIO_TAG,
    BIO_WORD,
    DECLARED,
    MAX_POSTS,
    MAX_TOPICS,
    METHOD,
    MIN_WEIGHT,
    NAME_WORD,
    PACK,
    POST_TAG,
    POST_WORD,
    SATURATED_SHARE,
    VERSION,
    judge,
)
from influencr.topics._lexicon import Named, topic_names, topic_of
from influencr.topics._sensitive import is_sensitive

__all__ = [
    "BIO_TAG",
    "BIO_WORD",
    "DECLARED",
    "MAX_POSTS",
    "MAX_TOPICS",
    "METHOD",
    "MIN_WEIGHT",
    "NAME_WORD",
    "PACK",
    "POST_TAG",
    "POST_WORD",
    "SATURATED_SHARE",
    "VERSION",
    "Named",
    "Said",
    "Sense",
    "broader",
    "concept_names",
    "concepts_of",
    "is_sensitive",
    "judge",
    "longest_phrase",
    "narrower",
    "phrases",
    "topic_names",
    "topic_of",
    "topic_of_concept",
]
