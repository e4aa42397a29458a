"""Creators of networks that show counts and posts but no followers, in those networks' files.

Column names and number styles are the ones people meet: `12.3K`, `48,2 K`, `2,4 %`, semicolons,
HTML notes, hidden subscriber counts. Bought followers inflate the follower count only.
"""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from influencr.sources.synthetic._cast import DAY, PLATFORMS, Cast
from influencr.sources.synthetic._engagements import expected_acts, expected_likes
from influencr.sources.synthetic._names import instants, iso
from influencr.sources.synthetic._network import Seen
from influencr.sources.synthetic._output import Output
from influencr.sources.synthetic._people import Person
from influencr.sources.synthetic._posts import Timeline
from influencr.sources.synthetic._random import Array, scatter, stream
from influencr.sources.synthetic._sizes import KINDS, Parameters
from influencr.sources.synthetic._texts import Texts
from influencr.sources.synthetic._words import Words

__all__ = ["Elsewhere", "write_platforms"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Elsewhere(NamedTuple):
    """Per creator off the graph: the bought share and the follower count shown."""

    bought_share: Array
    followers: Array


class _Posts(NamedTuple):
    """Own posts of one platform with their counts."""

    line: Timeline
    number: Array
    text: pl.Series
    likes: Array
    comments: Array
    shares: Array
    views: Array


def write_platforms(
    p: Parameters,
    words: Words,
    cast: Cast,
    people: list[Person],
    seen: Seen,
    texts: Texts,
    out: Output,
) -> Elsewhere:
    """Write Mastodon, YouTube, TikTok and Instagram; returns what was shown of each creator."""
    rng = stream(p.seed, "platforms")
    n_c = p.n_creators
    buys = p.bought & cast.is_kind("creator")[:n_c] & (rng.random(n_c) < 0.05)
    share = np.where(buys, rng.uniform(0.1, 0.6, n_c), 0.0)
    fame = cast.fame.astype(float)
    # The open federation is a smaller place than the video networks.
    fame[cast.platform[:n_c] == PLATFORMS.index("mastodon")] **= 0.78
    shown = np.round(fame / (1 - share)).astype(np.int64)
    elsewhere = Elsewhere(share, shown)
    if not out.wants("platforms"):
        return elsewhere
    line = Timeline(*(np.concatenate(c) for c in zip(*seen.elsewhere, strict=True)))
    posts = _counted(p, cast, texts, line, fame)
    writer = _Writer(p, words, cast, people, seen, elsewhere, out)
    for platform, write in (
        ("mastodon", writer.mastodon),
        ("youtube", writer.youtube),
        ("tiktok", writer.tiktok),
        ("instagram", writer.instagram),
    ):
        number = PLATFORMS.index(platform)
        rows = np.flatnonzero(cast.platform[posts.line.author] == number)
        mine = _Posts(
            Timeline(*(column[rows] for column in posts.line)),
            posts.number[rows],
            posts.text.gather(rows),
            *(column[rows] for column in posts[3:]),
        )
        write(np.flatnonzero(cast.platform[:n_c] == number), mine)
    return elsewhere


def _counted(p: Parameters, cast: Cast, texts: Texts, line: Timeline, fame: Array) -> _Posts:
    rng = stream(p.seed, "platform-posts")
    keep = line.kind < 2
    line = Timeline(*(column[keep] for column in line))
    text = texts.compose(
        rng,
        section=line.section,
        language=line.language,
        topic=line.topic,
        place=cast.place[line.author],
    )
    n = len(line.author)
    lift = np.exp(rng.normal(-0.15, 0.55, n))
    lift *= np.where(line.event >= 0, 12.0, 1.0)
    likes = rng.poisson(2.2 * expected_likes(cast, fame)[line.author] * lift)
    comments = rng.poisson(0.45 * expected_acts(cast, fame)[line.author] * lift)
    shares = rng.poisson(0.35 * expected_acts(cast, fame)[line.author] * lift)
    views = likes + rng.poisson(likes * rng.uniform(8, 30, n) + 12)
    number = scatter(n, seed=p.seed + 7)
    return _Posts(line, number, text, likes, comments, shares, views)


class _Writer:
    """One method per network."""

    def __init__(
        self,
        p: Parameters,
        words: Words,
        cast: Cast,
        people: list[Person],
        seen: Seen,
        elsewhere: Elsewhere,
        out: Output,
    ) -> None:
        self.p, self.words, self.cast, self.people = p, words, cast, people
        self.elsewhere, self.out = elsewhere, out
        rng = stream(p.seed, "platform-counts")
        n_c = p.n_creators
        before = np.maximum((cast.last_post - cast.created[:n_c]) / DAY - p.n_days, 0)
        self.n_posts = seen.n_posts[:n_c] + rng.poisson(cast.cadence * before)
        for line in seen.elsewhere:
            self.n_posts += np.bincount(line.author, minlength=n_c)
        self.following = np.round(np.exp(rng.normal(5.6, 1.0, n_c))).astype(np.int64)
        self.numbers = scatter(n_c, seed=p.seed + 3)
        self.random = random.Random(int(rng.integers(2**62)))  # noqa: S311 - a world, no secret

    def code(self, number: int, length: int) -> str:
        """An identifier in the video networks' alphabet."""
        value, out = int(number), []
        for i in range(length):
            out.append(_LETTERS[(value >> (6 * (i % 6))) % 64 if i < 7 else (value * (i + 3)) % 64])
        return "".join(out)

    def local(self, creator: int) -> tuple[str, str]:
        """Language code and country of a creator."""
        language = self.words.languages[self.cast.language[creator]].code
        return language, self.words.places[self.cast.place[creator]].country

    def topic(self, creator: int) -> str:
        name: str = self.words.topics[int(self.cast.topics[creator, 0])].name
        return name

    def mastodon(self, creators: Array, posts: _Posts) -> None:
        rng, rows = self.random, []
        uris: dict[int, str] = {}
        for creator in creators.tolist():
            person = self.people[creator]
            name, host = person.handle.split("@")
            uris[creator] = f"https://{host}/users/{name}"
            town = self.words.places[self.cast.place[creator]].name
            fields = [{"name": "Location", "value": town}] if rng.random() < 0.12 else []
            if person.website:
                fields.append({"name": "Web", "value": person.website})
            note = person.bio.replace("&", "&amp;").replace("\n", "<br>")
            language = self.words.languages[self.cast.language[creator]]
            draw = rng.random()
            kind = KINDS[self.cast.kind[creator]]
            rows.append(
                {
                    "id": str(int(self.numbers[creator])),
                    "acct": person.handle,
                    "uri": uris[creator],
                    "url": f"https://{host}/@{name}",
                    "display_name": person.display_name or "",
                    "note": f"<p>{note}</p>" if note else "",
                    "locked": rng.random() < 0.05,
                    "bot": kind == "bot",
                    "group": kind == "group",
                    "discoverable": True if draw < 0.7 else False if draw < 0.82 else None,
                    "indexable": rng.random() < 0.55,
                    "noindex": rng.random() < 0.08,
                    "created_at": iso(self.cast.created[creator])[:10] + "T00:00:00.000Z",
                    "followers_count": int(self.elsewhere.followers[creator]),
                    "following_count": int(self.following[creator]),
                    "statuses_count": int(self.n_posts[creator]),
                    "last_status_at": iso(self.cast.last_post[creator])[:10],
                    "fields": fields,
                    "language": language.code,
                }
            )
        self.out.json_lines("platforms", "mastodon_accounts", rows)
        statuses = (
            {
                "id": str(int(number)),
                "uri": f"{uris[author]}/statuses/{int(number)}",
                "created_at": iso(at),
                "account": {"acct": self.people[author].handle, "uri": uris[author]},
                "content": "<p>" + text.replace("&", "&amp;") + "</p>",
                "language": self.words.languages[language].code,
                "favourites_count": likes,
                "reblogs_count": shares,
                "replies_count": comments,
            }
            for author, at, language, number, text, likes, shares, comments in zip(
                posts.line.author.tolist(),
                posts.line.at.tolist(),
                posts.line.language.tolist(),
                posts.number,
                posts.text,
                posts.likes.tolist(),
                posts.shares.tolist(),
                posts.comments.tolist(),
                strict=True,
            )
        )
        self.out.json_lines("platforms", "mastodon_statuses", statuses, packed=True)

    def youtube(self, creators: Array, posts: _Posts) -> None:
        rng, rows = self.random, []
        ids = {c: "UC" + self.code(int(self.numbers[c]), 22) for c in creators.tolist()}
        for creator in creators.tolist():
            person, (_, country) = self.people[creator], self.local(creator)
            hidden = rng.random() < 0.04
            followers = int(self.elsewhere.followers[creator])
            rows.append(
                {
                    "channelId": ids[creator],
                    "title": person.display_name or person.handle.split(".")[0],
                    "customUrl": "@" + person.handle,
                    "description": person.bio,
                    "country": country if rng.random() < 0.6 else None,
                    "keywords": self.topic(creator) if rng.random() < 0.4 else None,
                    "publishedAt": iso(self.cast.created[creator]),
                    "subscriberCount": None if hidden else _three_digits(followers),
                    "hiddenSubscriberCount": hidden,
                    "videoCount": int(self.n_posts[creator]),
                    "viewCount": int(self.n_posts[creator]) * max(followers // 6, 10),
                    "madeForKids": rng.random() < 0.015,
                }
            )
        self._csv("youtube_channels", rows)
        self.out.csv(
            "platforms",
            "youtube_videos",
            pl.DataFrame(
                {
                    "videoId": [self.code(int(number), 11) for number in posts.number],
                    "channelId": [ids[author] for author in posts.line.author.tolist()],
                    "publishedAt": instants(posts.line.at).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "title": posts.text.str.slice(0, 95),
                    "viewCount": posts.views,
                    "likeCount": posts.likes,
                    "commentCount": posts.comments,
                    "hasPaidProductPlacement": posts.line.sponsored,
                }
            ),
        )

    def tiktok(self, creators: Array, posts: _Posts) -> None:
        rng, rows = self.random, []
        for creator in creators.tolist():
            person, (language, country) = self.people[creator], self.local(creator)
            followers = int(self.elsewhere.followers[creator])
            shop = KINDS[self.cast.kind[creator]] == "brand"
            rows.append(
                {
                    "username": person.handle,
                    "id": 6_500_000_000_000_000_000 + int(self.numbers[creator]) * 65_537,
                    "nickname": person.display_name,
                    "signature": person.bio,
                    "bioLink": person.website,
                    "region": country if rng.random() < 0.8 else None,
                    "language": language,
                    "verified": KINDS[self.cast.kind[creator]] == "celebrity",
                    "commerceUser": shop or rng.random() < 0.05,
                    "commerceCategory": self.topic(creator) if shop else None,
                    "following": int(self.following[creator]),
                    "followers": _short(followers, "."),
                    "total_likes": _short(followers * rng.randint(4, 40), "."),
                    "total_videos": int(self.n_posts[creator]),
                }
            )
        self._csv("tiktok_creators", rows)
        self.out.csv(
            "platforms",
            "tiktok_videos",
            pl.DataFrame(
                {
                    "video_id": posts.number.astype(np.int64) + 7_000_000_000_000_000_000,
                    "username": [self.people[a].handle for a in posts.line.author.tolist()],
                    "create_time": posts.line.at,
                    "caption": posts.text,
                    "play_count": posts.views * 3,
                    "digg_count": posts.likes,
                    "comment_count": posts.comments,
                    "share_count": posts.shares,
                    "is_ad": posts.line.sponsored,
                }
            ),
        )

    def instagram(self, creators: Array, posts: _Posts) -> None:
        rng, rows = self.random, []
        n_c = self.p.n_creators
        n_seen = np.maximum(np.bincount(posts.line.author, minlength=n_c), 1)
        likes = np.bincount(posts.line.author, weights=posts.likes, minlength=n_c) / n_seen
        comments = np.bincount(posts.line.author, weights=posts.comments, minlength=n_c) / n_seen
        for creator in creators.tolist():
            person, (_, country) = self.people[creator], self.local(creator)
            followers = int(self.elsewhere.followers[creator])
            rate = 100 * (likes[creator] + comments[creator]) / max(followers, 1)
            rows.append(
                {
                    "username": person.handle,
                    "full_name": person.display_name,
                    "biography": person.bio,
                    "website": person.website,
                    "category": self.topic(creator) if rng.random() < 0.5 else None,
                    "country": country if rng.random() < 0.35 else None,
                    "followers": _short(followers, ",", " "),
                    "following": int(self.following[creator]),
                    "media_count": int(self.n_posts[creator]),
                    "is_verified": KINDS[self.cast.kind[creator]] == "celebrity",
                    "is_business": KINDS[self.cast.kind[creator]] == "brand",
                    "email": person.email,
                    "engagement_rate": f"{rate:.2f} %".replace(".", ","),
                }
            )
        self._csv("instagram_creators", rows, separator=";")
        self.out.csv(
            "platforms",
            "instagram_posts",
            pl.DataFrame(
                {
                    "shortcode": [self.code(int(number), 11) for number in posts.number],
                    "username": [self.people[a].handle for a in posts.line.author.tolist()],
                    "timestamp": instants(posts.line.at).dt.strftime("%Y-%m-%dT%H:%M:%S+0000"),
                    "caption": posts.text,
                    "like_count": posts.likes,
                    "comments_count": posts.comments,
                    "paid_partnership": posts.line.sponsored,
                }
            ),
        )

    def _csv(self, name: str, rows: list[dict[str, Any]], *, separator: str = ",") -> None:
        frame = pl.DataFrame(rows, infer_schema_length=None)
        self.out.csv("platforms", name, frame, separator=separator)


def _three_digits(count: int) -> int:
    """As YouTube shows it: three significant digits, cut off."""
    step: int = 10 ** max(len(str(count)) - 3, 0)
    return count // step * step


def _short(count: int, point: str, gap: str = "") -> str:
    """12345 -> 12.3K.

    >>> _short(12345, "."), _short(3_400_000, ",", " "), _short(980, ".")
    ('12.3K', '3,4 M', '980')
    """
    for limit, letter in ((1_000_000, "M"), (10_000, "K")):
        if count >= limit:
            unit = 1_000_000 if letter == "M" else 1_000
            return f"{count / unit:.1f}".replace(".", point) + gap + letter
    return str(count)
