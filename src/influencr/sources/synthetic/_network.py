"""Posts, replies, engagements, packs and profiles of the network with an open graph.

Files are written as an exporter of that network would write them: its own field names, reserved
identifiers, counts equal to the events and edges beside them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl

from influencr.sources.synthetic._audience import Audience
from influencr.sources.synthetic._cast import DAY, Cast
from influencr.sources.synthetic._engagements import (
    ACTS,
    Acts,
    expected_acts,
    expected_likes,
    make_acts,
)
from influencr.sources.synthetic._follows import Graph
from influencr.sources.synthetic._names import Names, instants, iso
from influencr.sources.synthetic._output import Output
from influencr.sources.synthetic._people import Person
from influencr.sources.synthetic._plans import Plans
from influencr.sources.synthetic._posts import Timeline, make_timeline
from influencr.sources.synthetic._random import Array, stream
from influencr.sources.synthetic._response import CAUSES, Response
from influencr.sources.synthetic._sellers import looks_of
from influencr.sources.synthetic._sizes import Parameters
from influencr.sources.synthetic._texts import SECTIONS, Texts
from influencr.sources.synthetic._words import Words

__all__ = ["Seen", "write_packs", "write_posts", "write_profiles"]

#: A block of creators ends at whichever comes first.
_CREATORS_PER_BLOCK, _ACTS_PER_BLOCK = 20_000, 2_500_000
_PROFILES_PER_FILE = 500_000
_KINDS = pl.Series(["post", "quote", "repost", "reply"])


class Seen(NamedTuple):
    """What came out of the posts.

    n_posts    observed posts and replies per account
    acts       per creator, acts (repost, quote, reply) received by own posts, and own posts
    elsewhere  timelines of creators whose platform has no graph
    """

    n_posts: Array
    n_acts: Array
    n_own: Array
    answered: Array
    replied: Array
    elsewhere: list[Timeline]


def write_posts(
    p: Parameters,
    words: Words,
    cast: Cast,
    plans: Plans,
    graph: Graph,
    people: list[Person],
    names: Names,
    texts: Texts,
    out: Output,
    progress: Callable[[str, int, int], None],
    response: Response | None = None,
) -> Seen:
    """Draw and write posts, replies, answers and engagements, a block of creators at a time."""
    seen = Seen(
        np.zeros(p.n_accounts, dtype=np.int64),
        np.zeros(p.n_creators, dtype=np.int64),
        np.zeros(p.n_creators, dtype=np.int64),
        np.zeros(p.n_creators, dtype=np.int64),
        np.zeros(p.n_creators, dtype=np.int64),
        [],
    )
    base = 0
    blocks = _blocks(p, cast, graph)
    for index, (begin, end) in enumerate(blocks):
        line = make_timeline(p, words, cast, plans.specials, begin, end)
        on_graph = cast.platform[line.author] == 0
        seen.elsewhere.append(Timeline(*(column[~on_graph] for column in line)))
        line = Timeline(*(column[on_graph] for column in line))
        number = index if len(blocks) > 1 else None
        if response is None:
            acts, items = make_acts(p, cast, plans, graph, line, begin), None
        else:
            line = response.trimmed(line)
            items = response.items(line, begin)
            acts, cause = response.make(line, items, begin)
        block = _Block(p, cast, line, acts, base, begin, items)
        base = block.next_number
        block.count(seen)
        if out.wants("posts"):
            posts = block.posts(names, texts, people)
            out.table("posts", "bluesky_posts", posts, number=number)
        if out.wants("engagements"):
            out.table("engagements", "bluesky_engagements", block.acts(names), number=number)
        if response is not None and out.wants("truth"):
            out.table("truth", "acts", block.causes(names, cause), number=number)
        progress("posts and engagements", index + 1, len(blocks))
    return seen


def _blocks(p: Parameters, cast: Cast, graph: Graph) -> list[tuple[int, int]]:
    """Stretches of creators whose posts and acts fit in memory together."""
    per_post = expected_acts(cast, graph.organic) + expected_likes(cast, graph.organic)
    total = np.cumsum(per_post * np.minimum(cast.cadence * p.n_days + 1, 3_000))
    bounds = [0]
    while bounds[-1] < p.n_creators:
        begin = bounds[-1]
        spent = total[begin - 1] if begin else 0.0
        enough = int(np.searchsorted(total, spent + _ACTS_PER_BLOCK, side="right"))
        bounds.append(min(max(enough, begin + 1), begin + _CREATORS_PER_BLOCK, p.n_creators))
    return list(itertools.pairwise(bounds))


class _Block:
    """Own posts, the replies to them, the answers to those; numbered in that order."""

    def __init__(
        self,
        p: Parameters,
        cast: Cast,
        line: Timeline,
        acts: Acts,
        base: int,
        begin: int,
        items: Array | None = None,
    ) -> None:
        self.items = items
        self.p, self.cast, self.line, self.raw, self.base = p, cast, line, acts, base
        rng = stream(p.seed, "answers", begin)
        self._texts_rng = stream(p.seed, "texts", begin)
        self.is_reply = acts.kind == ACTS.index("reply")
        self.reply_rows = np.flatnonzero(self.is_reply)
        post = acts.post[self.reply_rows]
        self.reply_number = base + len(line.author) + np.arange(len(self.reply_rows))
        author = line.author[post]
        answered = rng.random(len(post)) < cast.closeness[author]
        delay = np.exp(rng.normal(np.log(9_000.0), 1.2, len(post))) * (
            2.0 - 1.6 * cast.closeness[author]
        )
        at = acts.at[self.reply_rows] + 30 + np.minimum(delay, 6 * DAY).astype(np.int64)
        answered &= at < p.now
        self.answered = np.flatnonzero(answered)
        self.answer_at = at[self.answered]
        self.answer_author = author[self.answered]
        first_answer = base + len(line.author) + len(self.reply_rows)
        self.answer_number: Array = first_answer + np.arange(len(self.answered))
        self.next_number = first_answer + len(self.answered)

    def count(self, seen: Seen) -> None:
        n, n_c = self.p.n_accounts, self.p.n_creators
        authors = [self.line.author, self.raw.actor[self.reply_rows], self.answer_author]
        for who in authors:
            seen.n_posts[:] += np.bincount(who, minlength=n)
        own = self.line.kind < 2
        seen.n_own[:] += np.bincount(self.line.author[own], minlength=n_c)
        efforts = self.raw.kind > 0
        seen.n_acts[:] += np.bincount(self.line.author[self.raw.post[efforts]], minlength=n_c)
        post = self.raw.post[self.reply_rows]
        seen.replied[:] += np.bincount(self.line.author[post], minlength=n_c)
        seen.answered[:] += np.bincount(self.answer_author, minlength=n_c)

    def posts(self, names: Names, texts: Texts, people: list[Person]) -> pl.DataFrame:
        line, rng = self.line, self._texts_rng
        n_own = len(line.author)
        counts = [
            np.bincount(self.raw.post[self.raw.kind == kind], minlength=n_own)
            for kind in range(len(ACTS))
        ]
        own = texts.compose(
            rng,
            section=line.section,
            language=line.language,
            topic=line.topic,
            place=self.cast.place[line.author],
        )
        own = own.set(pl.Series(line.kind == 2), None)
        if self.items is not None:
            link = " https://wire.example/" + pl.Series(self.items).cast(pl.String)
            own = pl.select(
                pl.when(pl.Series(self.items >= 0)).then(own + link).otherwise(own)
            ).to_series()
        own, mentions = _with_mentions(own, line.about, names, people)
        own_uri = names.post_uris(line.author, self.base + np.arange(n_own))
        reply_uri = self._reply_uris(names)
        answers = np.zeros(len(self.reply_rows), dtype=np.int64)
        answers[self.answered] = 1
        replies = self._talk(rng, names, texts, self.reply_rows, "reply")
        replies = replies.with_columns(
            uri=reply_uri,
            replyParent=own_uri.gather(self.raw.post[self.reply_rows]),
            replyCount=pl.Series(answers),
            mentions=pl.lit(None, dtype=mentions.dtype),
        )
        answer = self._talk(rng, names, texts, self.reply_rows[self.answered], "answer")
        answer = answer.with_columns(
            uri=names.post_uris(self.answer_author, self.answer_number),
            replyParent=reply_uri.gather(self.answered),
            replyCount=pl.Series(np.zeros(len(self.answered), dtype=np.int64)),
            mentions=pl.lit(None, dtype=mentions.dtype),
        )
        columns = {
            "uri": own_uri,
            "did": names.did(line.author),
            "kind": _KINDS.gather(line.kind),
            "createdAt": instants(line.at),
            "text": own,
            "langs": texts.codes.gather(line.language),
            "likeCount": pl.Series(counts[0]),
            "repostCount": pl.Series(counts[1]),
            "replyCount": pl.Series(counts[2]),
            "quoteCount": pl.Series(counts[3]),
            "replyParent": pl.Series([None], dtype=pl.String).new_from_index(0, n_own),
            "mentions": mentions,
        }
        frame = pl.DataFrame(columns)
        return pl.concat([frame, *(part.select(frame.columns) for part in (replies, answer))]).sort(
            "createdAt", maintain_order=True
        )

    def _talk(
        self, rng: np.random.Generator, names: Names, texts: Texts, rows: Array, section: str
    ) -> pl.DataFrame:
        """Replies (by the actors) or answers (by the authors) for these acts."""
        post, actor = self.raw.post[rows], self.raw.actor[rows]
        who = actor if section == "reply" else self.line.author[post]
        spoken = self.line.language[post]
        # Most people answer in the language of the post, some in their own.
        spoken = np.where(rng.random(len(rows)) < 0.8, spoken, self.cast.language[who])
        text = texts.compose(
            rng,
            section=np.full(len(rows), SECTIONS.index(section)),
            language=spoken,
            topic=self.line.topic[post],
            place=self.cast.place[who],
        )
        at = self.raw.at[rows]
        if section == "reply":
            generic = self.raw.generic[rows]
            lazy = texts.generic(rng, len(rows))
            if self.items is not None:
                # Two sentences, because people who mean it do not all say the same.
                more = texts.compose(
                    rng,
                    section=np.full(len(rows), SECTIONS.index("post")),
                    language=spoken,
                    topic=self.line.topic[post],
                    place=self.cast.place[who],
                )
                text = text + " " + more
            text = pl.select(pl.when(pl.Series(generic)).then(lazy).otherwise(text)).to_series()
        else:
            at = self.answer_at
        zero = pl.Series(np.zeros(len(rows), dtype=np.int64))
        return pl.DataFrame(
            {
                "did": names.did(who),
                "kind": _KINDS.gather(np.full(len(rows), 3)),
                "createdAt": instants(at),
                "text": text,
                "langs": texts.codes.gather(spoken.astype(np.int64)),
                "likeCount": zero,
                "repostCount": zero,
                "quoteCount": zero,
            }
        )

    def _reply_uris(self, names: Names) -> pl.Series:
        return names.post_uris(self.raw.actor[self.reply_rows], self.reply_number)

    def acts(self, names: Names) -> pl.DataFrame:
        """Acts of the audience on own posts, and the creators' answers to replies."""
        own_uri = names.post_uris(self.line.author, self.base + np.arange(len(self.line.author)))
        kinds = pl.Series(list(ACTS))
        frame = pl.DataFrame(
            {
                "actor": names.did(self.raw.actor),
                "post_id": own_uri.gather(self.raw.post),
                "kind": kinds.gather(self.raw.kind.astype(np.int64)),
                "at": instants(self.raw.at),
            }
        )
        answers = pl.DataFrame(
            {
                "actor": names.did(self.answer_author),
                "post_id": self._reply_uris(names).gather(self.answered),
                "kind": kinds.gather(np.full(len(self.answered), ACTS.index("reply"))),
                "at": instants(self.answer_at),
            }
        )
        return pl.concat([frame, answers])

    def causes(self, names: Names, cause: Array) -> pl.DataFrame:
        """Acts that did not come about by the creator alone, and why."""
        rows = np.flatnonzero(cause > 0)
        own_uri = names.post_uris(self.line.author, self.base + np.arange(len(self.line.author)))
        return pl.DataFrame(
            {
                "planted_actor": names.did(self.raw.actor[rows]),
                "planted_post": own_uri.gather(self.raw.post[rows]),
                "planted_act": pl.Series(list(ACTS)).gather(self.raw.kind[rows].astype(np.int64)),
                "planted_cause": pl.Series(list(CAUSES)).gather(cause[rows].astype(np.int64)),
            }
        )


def _with_mentions(
    text: pl.Series, about: Array, names: Names, people: list[Person]
) -> tuple[pl.Series, pl.Series]:
    """The texts with "@handle" where a post names a creator, and whom each names."""
    mentions = pl.Series([None], dtype=pl.List(pl.String)).new_from_index(0, len(text))
    rows = np.flatnonzero(about >= 0)
    if not len(rows):
        return text, mentions
    named = about[rows]
    handles = pl.Series([" @" + people[who].handle for who in named.tolist()])
    text = text.scatter(rows, text.gather(rows) + handles)
    whom: list[list[str] | None] = [None] * len(text)
    for row, did in zip(rows.tolist(), names.did(named), strict=True):
        whom[row] = [did]
    return text, pl.Series(whom, dtype=pl.List(pl.String))


def write_packs(
    p: Parameters, words: Words, cast: Cast, plans: Plans, names: Names, out: Output
) -> None:
    """The starter packs with their members, one line a membership."""
    rng = stream(p.seed, "pack-names")
    rows = []
    for number, pack in enumerate(plans.packs):
        language = words.languages[pack.language]
        place = words.places[pack.place].spelled(language.code)
        label = language.topics[pack.topic].labels[0]
        pattern = {
            "topic": [x for x in language.sections["packname"] if "{t}" in x],
            "place": [x for x in language.sections["packname"] if "{p}" in x],
            "mixed": language.sections["packname"],
        }[pack.theme]
        name = str(rng.choice(pattern)).format(t=label, p=place)
        uri = names.pack_uri(number, pack.owner)
        about = f"{label} {words.topics[pack.topic].emoji[0]}" if pack.theme != "place" else place
        rows += [
            {
                "pack_id": uri,
                "name": name,
                "description": about,
                "creator": names.dids[pack.owner],
                "member": names.dids[int(member)],
                "added_at": iso(at),
            }
            for member, at in zip(pack.members, pack.added_at, strict=True)
        ]
    out.csv("packs", "bluesky_packs", pl.DataFrame(rows))


def write_profiles(
    p: Parameters,
    words: Words,
    cast: Cast,
    graph: Graph,
    seen: Seen,
    people: list[Person],
    names: Names,
    texts: Texts,
    out: Output,
    progress: Callable[[str, int, int], None],
) -> Array:
    """Profiles of the open network with true counts; returns posts_count per account."""
    posts_count = _posts_counts(p, cast, seen)
    if not out.wants("profiles"):
        return posts_count
    handles = pl.Series([person.handle for person in people])
    audience = Audience(p, words, cast, texts, handles)
    bounds = [
        (begin, min(begin + _PROFILES_PER_FILE, p.n_accounts))
        for begin in range(p.n_creators, p.n_accounts, _PROFILES_PER_FILE)
    ]
    for number, (begin, end) in enumerate(bounds):
        columns = audience.columns(begin, end)
        who = np.arange(begin, end)
        nobody = pl.Series(np.zeros(end - begin, dtype=bool))
        columns["website"] = pl.Series([None], dtype=pl.String).new_from_index(0, end - begin)
        columns["bot"] = columns["signed_in_only"] = nobody
        if number == 0:
            creators = cast.in_graph(p.n_creators)
            own = _creator_columns(p, cast, people, creators)
            columns = {name: pl.concat([own[name], columns[name]]) for name in own}
            who = np.concatenate([creators, who])
        # An account's place in the file must tell nothing about what it is.
        order = stream(p.seed, "profile-order", number).permutation(len(who))
        who = who[order]
        frame = pl.DataFrame(
            {
                "did": names.did(who),
                "handle": columns["handle"].gather(order),
                "displayName": columns["display_name"].gather(order),
                "description": columns["bio"].gather(order),
                "website": columns["website"].gather(order),
                "hasAvatar": columns["has_avatar"].gather(order),
                "bot": columns["bot"].gather(order),
                "noUnauthenticated": columns["signed_in_only"].gather(order),
                "followersCount": pl.Series(graph.followers[who]),
                "followsCount": pl.Series(graph.following[who]),
                "postsCount": pl.Series(posts_count[who]),
                "createdAt": instants(cast.created[who]),
            }
        )
        out.table("profiles", "bluesky_profiles", frame, number=number if len(bounds) > 1 else None)
        progress("profiles", number + 1, len(bounds))
    return posts_count


def _posts_counts(p: Parameters, cast: Cast, seen: Seen) -> Array:
    """Posts since the account exists: those observed and the older ones."""
    rng = stream(p.seed, "posts-count")
    n_c = p.n_creators
    counts = seen.n_posts.copy()
    before = np.maximum((cast.last_post - cast.created[:n_c]) / DAY - p.n_days, 0)
    counts[:n_c] += rng.poisson(np.minimum(cast.cadence * before, 200_000))
    audience = np.arange(n_c, p.n_accounts)
    few = rng.geometric(0.12, len(audience))
    looks = looks_of(p.seed, int(cast.seller.max()) + 1)
    chance = np.select(
        [
            cast.is_kind("talkative")[n_c:],
            cast.is_kind("ordinary", "exchange")[n_c:],
            cast.seller[n_c:] >= 0,
        ],
        [0.9, 0.3, looks.posting[cast.seller[n_c:]]],
        default=0.04,
    )
    counts[n_c:] += np.where(rng.random(len(audience)) < chance, few, 0)
    return counts


def _creator_columns(
    p: Parameters, cast: Cast, people: list[Person], creators: Array
) -> dict[str, pl.Series]:
    """The same columns as the audience's, for creators."""
    rng = stream(p.seed, "creator-flags")
    theirs = [people[number] for number in creators]
    return {
        "handle": pl.Series([person.handle for person in theirs]),
        "display_name": pl.Series([person.display_name for person in theirs], dtype=pl.String),
        "bio": pl.Series([person.bio for person in theirs]),
        "website": pl.Series([person.website for person in theirs], dtype=pl.String),
        "has_avatar": pl.Series(rng.random(len(theirs)) < 0.97),
        "bot": pl.Series(cast.is_kind("bot")[creators]),
        "signed_in_only": pl.Series(rng.random(len(theirs)) < 0.04),
    }
