"""Words written together: "veganfood" holds vegan, "fitnesscoach" is a fitness coach.

A word of the vocabulary holds the query word when it begins or ends with it and the rest is a word
by itself: one that people add to what they love (ADDED), one that names a concept or topic, or
(less surely) one that enough creators of this index use alone. Short words and endings that make
other words of a stem ("ism", "ally") are no rest: "artist" does not hold "art", "category" not
"cat". German, Dutch and Scandinavian compounds put a letter or two between their parts (LINKS).

MIN_WORD, MIN_UNLISTED, MIN_REST, COMMON, ADDED, ENDINGS: our own choice, fixed by
tests/unit/search/meaning.
"""

from __future__ import annotations

import functools

from influencr.index import Vocabulary
from influencr.search.meaning._reading import Candidate
from influencr.search.meaning._weights import Asked
from influencr.topics import concepts_of, topic_of

__all__ = ["compounds", "known_part", "listed", "parts"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Letters of a query word, named by a list or not, that may stand beside any known rest; a shorter
#: one needs a rest of ADDED.
MIN_WORD, MIN_UNLISTED = 4, 5
#: Letters of a rest that is neither added nor listed.
MIN_REST = 4
# A rest that is not listed must be used alone by this many creators, and by one in this many.
_USED_BY, _ONE_IN = 3, 50_000
#: A word that one creator in so many uses ("this") is no part of anything; not in an index of fewer
#: creators than its square.
COMMON = 20
# Words read from the vocabulary that begin with a word, those weighed on either side (the most
# frequent), rests looked up, and compounds given of each kind.
_LOOKED_AT, _WEIGHED, _ASKED, _GIVEN = 96, 48, 12, 12

#: What people add to a word in tags and handles; says nothing by itself.
ADDED = _set(
    "addict addicts app artist blog blogger bloggers blogs boy boys business channel chef "
    "chick club coach coaching community content creator creators crew dad daddy daily diary "
    "diaries doctor dude expert experts family fan fans food foodie freak geek girl girls "
    "goals gram group guide guru guy guys head hub ideas inspo inspiration insta journal "
    "journey junkie king lady life lifestyle living love lover lovers magazine maker mama "
    "mamma man mania master maven media mom mommy moms mum mummy nation nerd news nut "
    "obsessed official online page photo photos pics podcast posts pro queen school shop show "
    "star stories story store studio studios style talk talks teacher team time tips tok "
    "tribe trip tube tutorial tutorials tv vibes video videos vlog vlogger vlogs wife with "
    "woman women world writer yt amor amo chica mundo vida familia amante liebe liebhaber "
    "welt leben frau passion monde vie amour brasil mexico espana france italia deutschland "
    "india london uk usa us nyc canada australia"
)
# The commonest of them, asked for by name where a word begins too many others to read them all.
_USUAL = sorted(
    _set(
        "addict art blog blogger club coach community daily fan food girl girls gram guy inspo "
        "journey king lady life lifestyle love lover lovers mama mom mum nerd official photography "
        "queen shop studio style teacher time tips travel tv uk usa vibes vlog wife with world"
    )
)
_LINKS = ("s", "es", "n", "en", "e")
# What looks like a word and is only the end of one.
ENDINGS = _set(
    "able ably age aged ages ally ance ances ante ants arian ative ation ations ator ators "
    "atic ed eers ence ences ent ents eria eries erie ern ers esque ess esse ette ettes ful "
    "hood ian ians ible ic ica icas ical ics ide ides ier iere iers ieur ing ings ion ions "
    "ious ish ism isme ismo ismus ist ista istas iste isten istes isti istic ists ite ity ive "
    "ives less lich lik like ling lings logy ly mente ment ments ness oid ology ship ships "
    "sion some ster sters tion tions tor tors ture tures ung ungen ward wards wise ados ando "
    "iendo idad idade heit keit chen lein mann rice trice euse eurs tica tico ario aria erin "
    "innen isch ische lari leri ость ство ский ская ные ный ное ник ница ники ция ческий тель "
    "тели"
)


@functools.lru_cache(maxsize=1 << 15)
def listed(word: str) -> bool:
    """Does the word name a concept or topic by itself?"""
    return bool(concepts_of((word,))) or topic_of(word) is not None


def known_part(word: str, vocabulary: Vocabulary) -> bool:
    """Is this piece of a longer word a word of its own?"""
    if word in ENDINGS:
        return False
    if word in ADDED or (len(word) >= 3 and listed(word)):
        return True
    return (
        len(word) >= MIN_REST
        and word.isalpha()
        and vocabulary.frequency(word) >= max(_USED_BY, vocabulary.n_creators // _ONE_IN)
    )


def compounds(word: str, asked: Asked, *, sure_only: bool = False) -> list[Candidate]:
    """Words of the vocabulary that hold this one, surest first, then by frequency.

    sure_only   leave out those whose rest is only a word that others use
    """
    vocabulary, weights = asked.vocabulary, asked.weights
    if len(word) < 3 or not word.isalpha() or word in ENDINGS:
        return []
    if vocabulary.frequency(word) * COMMON > vocabulary.n_creators > COMMON**2:
        return []
    shortest = MIN_WORD if listed(word) else MIN_UNLISTED
    sure: list[tuple[int, str]] = []
    open_: list[tuple[int, str, tuple[str, ...]]] = []
    for begins, found in (
        (True, _beginning(word, vocabulary)),
        (False, vocabulary.ending(word, _WEIGHED)),
    ):
        for other, frequency in found:
            rest = other[len(word) :] if begins else other[: -len(word)]
            if len(rest) < 2 or rest in ENDINGS or not rest.isalpha():
                continue
            if rest in ADDED:
                sure.append((frequency, other))
            elif len(word) >= shortest and len(rest) >= 3:
                rests = _rests(rest, begins=begins)
                if any(map(listed, rests)):
                    sure.append((frequency, other))
                elif len(rest) >= MIN_REST and not sure_only:
                    open_.append((frequency, other, rests))
    open_.sort(key=lambda o: (-o[0], o[1]))
    loose = [
        (frequency, other)
        for frequency, other, rests in open_[:_ASKED]
        if any(known_part(r, vocabulary) for r in rests)
    ]
    because = f"holds {word}"
    return [
        Candidate(weight, frequency, (other,), None, "part", because)
        for group, weight in ((sure, weights.compound), (loose, weights.loose_compound))
        for frequency, other in sorted(set(group), key=lambda f: (-f[0], f[1]))[:_GIVEN]
    ]


def _beginning(word: str, vocabulary: Vocabulary) -> list[tuple[str, int]]:
    found = vocabulary.starting(word, _LOOKED_AT)
    if len(found) == _LOOKED_AT:
        # Only the first of the alphabet were seen: ask for the usual ones by name.
        usual = ((word + added, vocabulary.frequency(word + added)) for added in _USUAL)
        found = sorted(found, key=lambda f: -f[1])[:_WEIGHED]
        found += [(other, frequency) for other, frequency in usual if frequency]
    return found


def _rests(rest: str, *, begins: bool) -> tuple[str, ...]:
    """The rest of a compound, also without the letters that link it to the word."""
    found = [rest]
    for link in _LINKS:
        if len(rest) >= MIN_REST + len(link):
            if begins and rest.startswith(link):
                found.append(rest[len(link) :])
            elif not begins and rest.endswith(link):
                found.append(rest[: -len(link)])
    return tuple(found)


def parts(word: str, asked: Asked) -> list[Candidate]:
    """A compound typed, as its parts side by side; the best one or two ways to cut it."""
    if len(word) < 7 or not word.isalpha():
        return []
    vocabulary = asked.vocabulary
    cuts: list[tuple[bool, int, str, str]] = []
    for at in range(3, len(word) - 2):
        left, right = word[:at], word[at:]
        if not vocabulary.frequency(left) or not vocabulary.frequency(right):
            continue
        if known_part(left, vocabulary) and known_part(right, vocabulary):
            both = min(vocabulary.frequency(left), vocabulary.frequency(right))
            cuts.append((not (listed(left) or listed(right)), -both, left, right))
    weight = asked.weights.parts
    return [
        Candidate(weight, -less / 4, (left, right), None, "part", f"{left} {right}")
        for _, less, left, right in sorted(cuts)[:2]
    ]
