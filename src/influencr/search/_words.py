"""What the words of a query mean: items that must match, may not match, and what each is worth.

    vegan ramen      both words, anywhere in name, handle, bio, posts or topics
    "vegan ramen"    the words side by side
    veg*             a word that starts like this; "vegan ram*" works too
    -meat -"raw fish"   leave creators out who say this
    #vegan @ana      the tag, the mention or account itself
    東京 don't        a piece that holds several words is a phrase of them

A bare word that names a topic in any language of the lexicon also finds whoever is about that
topic: "comédie" finds a comedian who writes English. That is worth a quarter of what the word
itself is worth anywhere, three quarters when the creator's language is one in which the word says
so: who types French wants French first, and engagement alone must not overturn that. Quotes ask
for the word alone.

An item is worth 1 where it stands at all, plus WEIGHTS of each field that it stands in; several
plain words that stand side by side in the order typed are worth the same once more. No
statistics of the index enter: the same creator is worth the same tomorrow, in every engine and on
every shard, and a result page stays where it was while others are added. Every word must match,
so rarity could not change who is found.

WEIGHTS: our own choice; docs/algorithms/ranking.md states them.
"""

from __future__ import annotations

import re

import msgspec

from influencr.errors import UsageError
from influencr.index import And, Boost, Constant, Node, Not, Or, Phrase, Prefer, Prefix, Term, Terms
from influencr.text import fold, printable, spans
from influencr.topics import Named, topic_of

__all__ = ["MAX_WORDS", "WEIGHTS", "Item", "Words", "parse_words"]

#: What it is worth that an item stands in a field, on top of 1 for standing anywhere.
WEIGHTS = {"bio": 1, "topics": 2, "handle": 2, "name": 3}
#: What it is worth that an item is the creator's account name as a whole.
ACCOUNT_WEIGHT = 16
#: What it is worth that a creator is about the topic which the item names, without the item itself.
TOPIC_WORTH = 0.25
#: What it is worth on top that this creator speaks a language in which the item names the topic.
TOPIC_LANGUAGE_WORTH = 0.5
#: Scores stay exact in 32-bit floats up to this many words (see `index._quality`).
MAX_WORDS = 32

_QUOTES = str.maketrans(dict.fromkeys("“”„«»″＂", '"'))
_PIECE = re.compile(r'(?P<no>-?)"(?P<quoted>[^"]*)(?:"|$)|(?P<bare>[^\s"]+)')
_ACCOUNT = re.compile(r"@?[\w.\-]+(?:@[\w.\-]+)?", re.ASCII)


class Item(msgspec.Struct, frozen=True):
    """One piece of the query.

    words     one word, or several that must stand side by side
    name      instead of words: a tag or mention with its sign
    prefix    the last word (or the name) is only a beginning
    account   also found as this account name ("@ana.b")
    topic     also found as somebody's topic, because the word names it
    typed     as the member wrote it, for labels
    """

    typed: str
    words: tuple[str, ...] = ()
    name: str | None = None
    prefix: bool = False
    account: str | None = None
    topic: Named | None = None
    quoted: bool = False

    def node(self, field: str = "all") -> Node:
        """The item in one field."""
        if self.name is not None:
            return Prefix(field, self.name) if self.prefix else Term(field, self.name)
        if len(self.words) > 1:
            return Phrase(field, self.words, self.prefix)
        return Prefix(field, self.words[0]) if self.prefix else Term(field, self.words[0])

    def itself(self) -> Node:
        """Where the item stands, letter for letter."""
        if self.account is None or len(self.words) == 1:
            return self.node()
        return Or((self.node(), Term("handle", self.account)))

    def anywhere(self) -> Node:
        """Where the item counts as found."""
        if self.topic is None:
            return self.itself()
        return Or((self.itself(), Term("topic", self.topic.topic)))

    def scored(self) -> Node:
        """The same creators, worth more the better the place where the item stands."""
        extras: list[Node] = [Boost(self.node(f), float(w)) for f, w in WEIGHTS.items()]
        if self.account is not None:
            extras.append(Boost(Term("handle", self.account), float(ACCOUNT_WEIGHT)))
        # An Or adds up: the alternatives must not count twice.
        if self.topic is None:
            return Prefer(Constant(self.itself(), 1.0), tuple(extras))
        extras.append(Constant(self.itself(), 1.0 - TOPIC_WORTH))
        if self.topic.languages:
            speaks = And((Term("topic", self.topic.topic), Terms("language", self.topic.languages)))
            extras.append(Constant(And((speaks, Not(self.itself()))), TOPIC_LANGUAGE_WORTH))
        return Prefer(Constant(self.anywhere(), TOPIC_WORTH), tuple(extras))


class Words(msgspec.Struct, frozen=True):
    """The items that every result has and those that none has."""

    required: tuple[Item, ...] = ()
    excluded: tuple[Item, ...] = ()

    @property
    def run(self) -> tuple[str, ...]:
        """The plain words in the order typed, when there are several and nothing else."""
        plain = [i for i in self.required if i.words and not (i.prefix or i.quoted)]
        if len(plain) < 2 or len(plain) != len(self.required):
            return ()
        return tuple(w for item in plain for w in item.words)

    def without(self, item: Item) -> Words:
        """The query without one of its required items."""
        return Words(tuple(i for i in self.required if i is not item), self.excluded)

    def filter(self) -> Node | None:
        """Who has the words; None when nothing was asked."""
        clauses: list[Node] = [i.anywhere() for i in self.required]
        clauses += [Not(i.itself()) for i in self.excluded]
        return And(tuple(clauses)) if clauses else None

    def scored(self) -> Node | None:
        """Who has the words, with what they are worth; None when there is nothing to score."""
        if not self.required:
            return None
        clauses: list[Node] = [i.scored() for i in self.required]
        clauses += [Not(i.itself()) for i in self.excluded]
        found: Node = And(tuple(clauses))
        if run := self.run:
            extras: list[Node] = [Phrase("all", run)]
            extras += [Boost(Phrase(f, run), float(w)) for f, w in WEIGHTS.items()]
            found = Prefer(found, tuple(extras))
        return found


def parse_words(text: str) -> Words:
    """The words of a query.

    Pieces without any letter, digit or emoji ("&", "!!") say nothing and are passed over, but a
    text made of nothing else raises UsageError, as do more than MAX_WORDS words.

    >>> [(i.words, i.prefix) for i in parse_words('vegan "raw food" ram* -meat').required]
    [(('vegan',), False), (('raw', 'food'), False), (('ram',), True)]
    """
    required: list[Item] = []
    excluded: list[Item] = []
    for match in _PIECE.finditer(printable(text).translate(_QUOTES)):
        quoted = match["quoted"] is not None
        piece = match["quoted"] if quoted else match["bare"]
        negative = bool(match["no"]) if quoted else piece.startswith("-") and len(piece) > 1
        if negative and not quoted:
            piece = piece[1:]
        item = _item(piece, quoted=quoted)
        if item is not None:
            (excluded if negative else required).append(item)
    if text.strip() and not required and not excluded:
        raise UsageError(
            f"text: {text.strip()!r} holds no word, number or emoji to search for; leave it out "
            "or type a word.",
            field="text",
        )
    if sum(max(1, len(i.words)) for i in (*required, *excluded)) > MAX_WORDS:
        raise UsageError(f"text: at most {MAX_WORDS} words can be searched at once.", field="text")
    return Words(tuple(required), tuple(excluded))


def _item(piece: str, *, quoted: bool) -> Item | None:
    prefix = piece.endswith("*")
    bare = piece.rstrip("*")
    tokens = spans(bare)
    if not quoted and bare[:1] in "#＃@＠" and tokens and tokens[0].position is None:
        return Item(piece, name=tokens[0].text, prefix=prefix)
    words = tuple(t.text for t in tokens if t.position is not None)
    if not words:
        return None
    account = None
    if not quoted and not prefix and _ACCOUNT.fullmatch(bare):
        account = f"@{fold(bare).lstrip('@')}"
    topic = None if quoted or prefix else topic_of(bare)
    return Item(piece, words=words, prefix=prefix, account=account, topic=topic, quoted=quoted)
