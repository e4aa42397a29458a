"""What was typed: the items of a query, those that count as found in other words too, and the rest.

vegan ramen         what they stand for (`_meant`): their forms, synonyms, other languages
"vegan ramen"       these words side by side, letter for letter
veg*                a word that starts like this; "vegan ram*" works too
-meat -"raw fish"   leave creators out who say this
#vegan              the tag, and the word that it holds; "#vegan" the tag alone
@ana                the mention or account itself
東京 don't           a piece that holds several words is a phrase of them
"""

from __future__ import annotations

import re

import msgspec

from influencr.errors import UsageError
from influencr.index import Node, Or, Phrase, Prefix, Term
from influencr.text import Token, fold, printable, spans

__all__ = ["MAX_WORDS", "Item", "Words", "parse_words"]

#: More words in one query are refused: each stands for many others.
MAX_WORDS = 32

_QUOTES = str.maketrans(dict.fromkeys("“”„«»″＂", '"'))
_PIECE = re.compile(r'(?P<no>-?)"(?P<quoted>[^"]*)(?:"|$)|(?P<bare>[^\s"]+)')
_ACCOUNT = re.compile(r"@?[\w.\-]+(?:@[\w.\-]+)?", re.ASCII)
_SIGNS = "#＃@＠"
_TAG = "#"


class Item(msgspec.Struct, frozen=True):
    """One piece of the query.

    typed     as the member wrote it, for labels
    words     one word, or several that must stand side by side; of a tag the words that it holds
    name      a tag or mention with its sign
    prefix    the last word (or the name) is only a beginning
    account   also found as this account name ("@ana.b")
    quoted    meant letter for letter
    """

    typed: str
    words: tuple[str, ...] = ()
    name: str | None = None
    prefix: bool = False
    account: str | None = None
    quoted: bool = False

    @property
    def is_soft(self) -> bool:
        """Whether other words may stand for it: words and tags typed bare."""
        if self.quoted or self.prefix or not self.words:
            return False
        return self.name is None or self.name.startswith(_TAG)

    def node(self, field: str = "all") -> Term | Prefix | Phrase:
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


class Words(msgspec.Struct, frozen=True):
    """The items that results are wanted to have and those that none has."""

    required: tuple[Item, ...] = ()
    excluded: tuple[Item, ...] = ()

    @property
    def run(self) -> tuple[str, ...]:
        """The plain words in the order typed, when there are several and nothing else."""
        plain = [i for i in self.required if i.is_soft and i.name is None]
        if len(plain) < 2 or len(plain) != len(self.required):
            return ()
        return tuple(w for item in plain for w in item.words)

    def without(self, item: Item) -> Words:
        """The query without one of its required items."""
        return Words(tuple(i for i in self.required if i is not item), self.excluded)


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
    words = tuple(t.text for t in tokens if t.position is not None)
    if bare[:1] and bare[:1] in _SIGNS and _is_name(tokens, bare, quoted=quoted):
        return Item(piece, words=words, name=tokens[0].text, prefix=prefix, quoted=quoted)
    if not words:
        return None
    account = None
    if not quoted and not prefix and _ACCOUNT.fullmatch(bare):
        account = f"@{fold(bare).lstrip('@')}"
    return Item(piece, words=words, prefix=prefix, account=account, quoted=quoted)


def _is_name(tokens: list[Token], bare: str, *, quoted: bool) -> bool:
    """Whether a piece that starts with a sign is a tag or mention; in quotes only as a whole."""
    if not tokens or tokens[0].position is not None:
        return False
    return not quoted or tokens[0].end == len(bare)
