"""What an index stores of a creator: named fields, the same for every engine.

Text fields hold words already folded and cut by `text`, joined by spaces, so an engine needs no
language knowledge and cannot disagree with the query side:

    name, handle, bio, topics, posts   what creators call and say themselves
    called                             what others call them: names of the lists that hold them
    all                                any of those: the field that decides who matches

A field holds a list of texts; a phrase never crosses from one into the next (from one line of
posts into the next). Second names (`text.names`: tags, mentions) are texts of their own.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import xxhash

from influencr.errors import SchemaError
from influencr.index._quality import ACTIVITY_FACTORS, attention, quality_512
from influencr.text import fold, handle_words, indexable, indexable_lines

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "COLUMNS",
    "FIELDS",
    "PUBLISHED",
    "REQUIRED",
    "UNKNOWN",
    "audience_percent",
    "audience_tokens",
    "check_frame",
    "decode",
    "document",
    "documents",
    "n_words",
    "point_tokens",
    "said",
    "tie",
]

#: Written where a keyword is not known, so that unknown is counted and can be asked for.
UNKNOWN = "unknown"

#: Value of the field `contact` for who published an address for business.
PUBLISHED = "published"

#: field -> kind: words (with positions), keyword (exact, counted), id (one or more whole
#: numbers of either sign, exact), number (range, sort; -1 = unknown), text order (sort only).
FIELDS = {
    "uid": "key",
    "all": "words",
    "name": "words",
    "handle": "words",
    "bio": "words",
    "topics": "words",
    "posts": "words",
    "called": "words",
    "platform": "keyword",
    "country": "keyword",
    "admin1": "keyword",
    "language": "keyword",
    "topic": "keyword",
    "activity": "keyword",
    "verdict": "keyword",
    "label": "keyword",
    "place_level": "keyword",
    "audience": "keyword",
    "contact": "keyword",
    "lockstep": "keyword",
    "engagement_anomaly": "keyword",
    "place": "id",
    "point": "keyword",
    "followers": "number",
    "engagement": "number",
    "influence": "number",
    "closeness": "number",
    "last_post": "number",
    "posts_per_week": "number",
    "bought_high": "number",
    "not_bought": "number",
    "followers_seen": "number",
    "created": "number",
    "growth_1m": "number",
    "growth_3m": "number",
    "growth_6m": "number",
    "growth_12m": "number",
    "n_words": "number",
    "quality": "number",
    "tie": "number",
    "sort_name": "order",
}

#: Columns without which a frame is not a creators frame.
REQUIRED = ("profile_id", "platform")

#: Columns of a creators frame (docs/reference/creators); a stored row always has all of them.
COLUMNS = (
    *("profile_id", "platform", "handle", "display_name", "bio_text", "language", "links"),
    *("place_level", "place_id", "place_name", "place_label", "country", "admin1", "lat", "lon"),
    *("place_confidence", "place_reason", "place_basis", "place_evidence"),
    *("other_place_ids", "other_place_labels", "other_place_roles"),
    *("topics", "topic_weights", "topic_evidence", "called"),
    *("followers", "following", "posts_count", "likes_received", "account_created_at"),
    *("activity_state", "last_post_at", "posts_per_week", "activity_n_posts", "activity_reason"),
    *("engagement_rate", "engagement_definition", "engagement_n_posts", "engagement_reason"),
    "engagement_percentile",
    *("verdict", "verdict_reason", "followers_seen", "bought_low", "bought_high", "follower_map"),
    *("lockstep", "engagement_anomaly"),
    *("label", "label_p", "label_reason", "influence", "influence_low", "influence_high"),
    *("influence_per_1000", "influence_percentile", "influence_reason"),
    *("closeness", "closeness_reason", "followers_12m", "growth_line"),
    *("growth_1m_relative", "growth_3m_relative", "growth_6m_relative", "growth_12m_relative"),
    *("is_verified", "is_business", "post_text", "n_posts_seen"),
    *("source", "fetched_at", "licence", "policy", "contact_email", "contact_source"),
    *("audience_codes", "audience_labels", "audience_levels", "audience_shares"),
    *("audience_lows", "audience_highs", "audience_n_followers", "audience_n_sampled"),
    *("audience_n_known", "audience_reason", "audience_country_claimed"),
)

_SORT_CHARS = 120
#: The code of the countries that are too few people to be named (`geography.followers`).
_OTHER = "other"
_BLANK = dict.fromkeys(COLUMNS)
_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder()


def tie(profile_id: str) -> int:
    """A fixed 63-bit number that orders creators whom nothing else tells apart.

    >>> tie("tiktok:1") == tie("tiktok:1") != tie("tiktok:2")
    True
    """
    return xxhash.xxh3_64_intdigest(profile_id.encode()) >> 1


def point_tokens(row: Mapping[str, Any]) -> list[str]:
    """What the `point` field holds of a creator: country, region and coordinates, each in the one
    before it; nothing for a creator without coordinates.

    A radius is then a set of exact values: whole countries and regions that lie inside, and single
    points at the rim. The coordinates are the creator's own where they have any, else those of
    their city, with every digit.

    >>> point_tokens({"country": "FR", "admin1": "FR-ARA", "lat": 45.74846, "lon": 4.84671})
    ['FR', 'FR/FR-ARA', 'FR/FR-ARA/45.74846,4.84671']
    """
    lat, lon = row.get("lat"), row.get("lon")
    if lat is None or lon is None:
        return []
    country = row.get("country") or UNKNOWN
    region = f"{country}/{row.get('admin1') or UNKNOWN}"
    return [country, region, f"{region}/{float(lat)!r},{float(lon)!r}"]


def audience_percent(share: float) -> int:
    """A share in whole percents, rounded down; the next number where only arithmetic is short.

    >>> audience_percent(0.29), audience_percent(0.2999), audience_percent(1.0)
    (29, 29, 100)
    """
    return math.floor(round(share * 100, 9))


def audience_tokens(row: Mapping[str, Any]) -> list[str]:
    """What the `audience` field holds: each place where followers are known to be with the lower
    bound of its share in whole percents, so that "at least 30 %" is a set of exact values.

    >>> audience_tokens({"audience_codes": ["FR", "other"], "audience_lows": [0.314, 0.1]})
    ['FR/31']
    """
    codes, lows = row.get("audience_codes") or (), row.get("audience_lows") or ()
    return [
        f"{code}/{audience_percent(low)}"
        for code, low in zip(codes, lows, strict=True)
        if code != _OTHER
    ]


def decode(stored: bytes) -> dict[str, Any]:
    """The creator's row as it was indexed, in the order of COLUMNS; null is None."""
    row: dict[str, Any] = _BLANK | _decoder.decode(stored)
    return row


def _texts(text: str) -> list[str]:
    """Its words and its names, each where there are any."""
    return [part for part in indexable(text) if part]


@functools.lru_cache(maxsize=1 << 14)
def _label_texts(label: str) -> tuple[str, ...]:
    """The same of a label that many creators have: a topic, the name of a list."""
    return tuple(_texts(label))


def _seconds(instant: datetime | None) -> int:
    return -1 if instant is None else max(0, int(instant.timestamp()))


def _known(number: float | None) -> float:
    return -1.0 if number is None or number < 0 else float(number)


def said(row: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a creator says, field by field in the order of WORD_FIELDS: texts of words and names,
    folded and joined by spaces. No phrase crosses from one text into the next.

    row   a row of a creators frame; null columns may be absent
    """
    get = row.get
    written = get("handle") or ""
    handle = _texts(handle_words(written))
    account = fold(written)
    if account:
        # As typed in full, and without the host that "@ana" leaves out.
        handle.append(" ".join(dict.fromkeys((f"@{account}", f"@{fold(handle_words(written))}"))))
    posts: list[str] = []
    if written_posts := get("post_text"):
        posts, others = indexable_lines(written_posts)
        if others:
            posts.append(others)
    return {
        "name": _texts(get("display_name") or ""),
        "handle": handle,
        "bio": _texts(get("bio_text") or ""),
        "topics": [text for topic in get("topics") or () for text in _label_texts(topic)],
        "posts": posts,
        "called": [text for title in get("called") or () for text in _label_texts(title)],
    }


def n_words(texts: Mapping[str, Sequence[str]]) -> int:
    """How much somebody says of themselves: words and names in name, bio and topics of `said`."""
    return sum(text.count(" ") + 1 for f in ("name", "bio", "topics") for text in texts[f])


def document(row: Mapping[str, Any], edges: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """One creator as field -> value or list of values, with `creator` the stored row; `all` is not
    among them, as it is every text of WORD_FIELDS.

    row     a row of a creators frame; null columns may be absent
    edges   engagement parts of the generation that the document goes into
    """
    get = row.get
    uid: str = row["profile_id"]
    platform: str = row["platform"]
    texts = said(row)
    name = texts["name"][0] if texts["name"] else ""
    if name.startswith(("#", "@")):
        name = ""  # a second name, of a name without words
    activity = get("activity_state") or UNKNOWN
    rate = get("engagement_rate")
    percentile = get("influence_percentile")
    place_id = get("place_id")
    followers = get("followers")
    bought = get("bought_high")
    return {
        "uid": uid,
        **texts,
        "platform": platform,
        "country": get("country") or UNKNOWN,
        "admin1": get("admin1") or UNKNOWN,
        "language": get("language") or UNKNOWN,
        "topic": list(dict.fromkeys(get("topics") or ())),
        "activity": activity,
        "verdict": get("verdict") or UNKNOWN,
        "label": get("label") or UNKNOWN,
        "place_level": get("place_level") or UNKNOWN,
        "audience": audience_tokens(row),
        "contact": PUBLISHED if get("contact_email") else UNKNOWN,
        "lockstep": get("lockstep") or UNKNOWN,
        "engagement_anomaly": get("engagement_anomaly") or UNKNOWN,
        "place": [] if place_id is None else [place_id],
        "point": point_tokens(row),
        "followers": -1 if followers is None or followers < 0 else followers,
        "engagement": _known(rate),
        # The percentile of the size: acts per post would sort by reach.
        "influence": _known(percentile),
        "closeness": _known(get("closeness")),
        "last_post": _seconds(get("last_post_at")),
        "posts_per_week": _known(get("posts_per_week")),
        "bought_high": _known(bought),
        # The same to sort by: high is best, and unknown comes last, as with every number.
        "not_bought": -1.0 if bought is None else 1.0 - bought,
        # 0 is what is written where nobody was seen: no sample at all.
        "followers_seen": get("followers_seen") or -1,
        "created": _seconds(get("account_created_at")),
        # Followers now as a multiple of those then: growth may be a loss, and -1 is unknown.
        **{
            f"growth_{months}m": -1.0 if share is None else 1.0 + share
            for months in (1, 3, 6, 12)
            for share in (get(f"growth_{months}m_relative"),)
        },
        # How much is said in all: of who says little else, a word says more.
        "n_words": n_words(texts),
        "quality": quality_512(
            ACTIVITY_FACTORS.get(activity, ACTIVITY_FACTORS[UNKNOWN]),
            attention(percentile, rate, platform, edges).factor,
        ),
        "tie": tie(uid),
        "sort_name": (name or fold(get("handle") or ""))[:_SORT_CHARS],
        "creator": _encode(row),
    }


def check_frame(creators: pl.DataFrame) -> None:
    """Raise SchemaError when this is no creators frame: a REQUIRED column missing or null."""
    for column in REQUIRED:
        if column not in creators.columns:
            raise SchemaError(
                f"creators: the column {column!r} is missing; received {creators.columns}."
            )
        if creators.get_column(column).null_count():
            raise SchemaError(f"creators: {column!r} is empty in some rows; fill or drop them.")


def documents(
    creators: pl.DataFrame, edges: Mapping[str, Sequence[float]]
) -> Iterator[dict[str, Any]]:
    """The documents of a creators frame, row by row. Raises as `check_frame`."""
    check_frame(creators)
    columns = creators.columns
    for values in creators.iter_rows():
        known = {c: v for c, v in zip(columns, values, strict=True) if v is not None}
        yield document(known, edges)
