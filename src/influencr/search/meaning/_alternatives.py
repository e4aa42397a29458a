"""From the typed words to readings: which pieces there are, and what may stand for each."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterator, Sequence

from influencr.index import Vocabulary
from influencr.search.meaning._compounds import compounds, parts
from influencr.search.meaning._families import forms
from influencr.search.meaning._reading import Alternative, Candidate, Reading, strongest, weaker
from influencr.search.meaning._things import other_words
from influencr.search.meaning._tongues import common_tongues, listed_forms, tongues
from influencr.search.meaning._typos import corrections
from influencr.search.meaning._weights import WEIGHTS, Asked, Weights
from influencr.text import ANY, inflections
from influencr.text import words as words_of
from influencr.topics import concepts_of, longest_phrase

__all__ = ["alternatives"]

#: Letters of neighbours written as one word, and of such a word sought inside longer ones.
MIN_JOINED, MIN_HELD = 5, 8
# A word with any of these is known: nothing is corrected.
_KNOWN = frozenset(("form", "part", "same", "other_language", "topic"))
# Readings and frequencies kept per vocabulary; forgotten together.
_KEPT, _KEPT_FREQUENCIES = 4096, 200_000
_Key = tuple[tuple[str, ...], tuple[str, ...], Weights]


class _Memory:
    """What was asked of one vocabulary before. Does not hold the vocabulary: it may go."""

    def __init__(self) -> None:
        self.readings: dict[_Key, tuple[Reading, ...]] = {}
        self.words: dict[tuple[object, ...], list[Candidate]] = {}
        self.frequencies: dict[str, int] = {}


class _Remembering:
    """A vocabulary that is asked for the frequency of a word only once."""

    def __init__(self, vocabulary: Vocabulary, memory: _Memory) -> None:
        if len(memory.frequencies) >= _KEPT_FREQUENCIES:
            memory.frequencies.clear()
        if len(memory.words) >= _KEPT:
            memory.words.clear()
        self._known = memory.frequencies
        self._ask = vocabulary.frequency
        self.n_creators = vocabulary.n_creators
        self.starting = vocabulary.starting
        self.ending = vocabulary.ending

    def frequency(self, word: str) -> int:
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = self._ask(word)
        return found


_memories: weakref.WeakKeyDictionary[Vocabulary, _Memory] = weakref.WeakKeyDictionary()


def alternatives(
    typed: Sequence[str],
    vocabulary: Vocabulary,
    *,
    languages: tuple[str, ...] = (),
    weights: Weights = WEIGHTS,
) -> tuple[Reading, ...]:
    """What the plain words of a query may stand for in this vocabulary.

    typed       the words in order, as the member wrote them (accents help) or folded. One that
                holds several words ("don't", a word of Chinese) is a phrase; "#vegan" may stand
                among them; one without any word in it is passed over.
    languages   ISO 639-1 codes that the query asked for
    returns     a reading for each typed word, in order, and one for each run of neighbours that
                names a concept or is written as one word, after that of its first word
    """
    key = (tuple(typed), languages, weights)
    try:
        memory = _memories.setdefault(vocabulary, _Memory())
    except TypeError:
        # A vocabulary that cannot be referred to weakly or has no hash: nothing is kept.
        memory = _Memory()
    readings = memory.readings.get(key)
    if readings is None:
        if len(memory.readings) >= _KEPT:
            memory.readings.clear()
        readings = memory.readings[key] = _read(key, _Remembering(vocabulary, memory), memory)
    return readings


def _read(key: _Key, vocabulary: Vocabulary, memory: _Memory) -> tuple[Reading, ...]:
    typed, languages, weights = key
    cut = [_cut(one) for one in typed]
    # The words of a query are mostly of one language: those that lists know speak for the others.
    beside = tuple(dict.fromkeys((*languages, *common_tongues([words for words in cut if words]))))
    asked = Asked(vocabulary, languages, weights, memory.words)
    found: list[Reading] = []
    for start, words in enumerate(cut):
        if not words:
            continue
        found.append(_single(typed[start], words, start, beside, asked))
        run = words
        for stop in range(start + 2, len(cut) + 1):
            if not cut[stop - 1] or cut[stop - 1][0][0] in "#@" or run[0][0] in "#@":
                break
            run = (*run, *cut[stop - 1])
            if len(run) > max(2, longest_phrase()):
                break
            if together := _together(run, asked):
                found.append(Reading(run, start, stop, together))
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def _cut(typed: str) -> tuple[str, ...]:
    words = tuple(words_of(typed))
    if typed[:1] in ("#", "＃") and words:
        return ("#" + "".join(words), *words)
    return words


def _single(
    typed: str, words: tuple[str, ...], start: int, beside: tuple[str, ...], asked: Asked
) -> Reading:
    if words[0][0] == "#":
        return _tag(words, start, beside, asked)
    found = [Candidate(16, 0.0, words, None, "word", "as typed")]
    if len(words) > 1:
        found += _joined(words, asked)
        found += other_words(words, asked)
        return Reading(words, start, start + 1, strongest(found, asked.vocabulary))
    word = words[0]
    found += _of_word(typed, word, beside, asked)
    correction = None
    if all(one.kind not in _KNOWN for one in found[1:]):
        for meant, errors in corrections(word, asked.vocabulary):
            found += _corrected(meant, errors, beside, asked, likeliest=correction is None)
            correction = correction or meant
    return Reading(words, start, start + 1, strongest(found, asked.vocabulary), correction)


def _of_word(typed: str, word: str, beside: tuple[str, ...], asked: Asked) -> list[Candidate]:
    """Everything but the word itself and corrections, worked out once per vocabulary."""
    key = (typed, word, beside, asked.languages, asked.weights)
    known = asked.known.get(key)
    if known is None:
        known = asked.known[key] = _work_out(typed, word, beside, asked)
    return known


def _work_out(typed: str, word: str, beside: tuple[str, ...], asked: Asked) -> list[Candidate]:
    tongue = tongues(typed, word, beside)
    form_weight = asked.weights.form
    found = forms(word, tongue, asked)
    inflected = [one.words[0] for one in found if one.weight >= form_weight]
    found += other_words((word,), asked)
    if not concepts_of((word,)):
        # A form of a listed word names what that names.
        for form, _ in listed_forms(word, tongue)[:2]:
            if common := asked.vocabulary.frequency(form):
                because = f"form of {word}"
                found.append(Candidate(form_weight, common, (form,), None, "form", because))
            found += weaker(other_words((form,), asked), 15)
    found += compounds(word, asked)
    # "photographers" is sought in "weddingphotographer", too.
    shortest = min((form for form in inflected if word.startswith(form)), key=len, default=word)
    if shortest != word:
        found += weaker(compounds(shortest, asked, sure_only=True), 15)
    found += parts(word, asked)
    return [one for one in found if one.words != (word,)]


def _corrected(
    meant: str, errors: int, beside: tuple[str, ...], asked: Asked, *, likeliest: bool
) -> Iterator[Candidate]:
    """A correction and, of the likeliest one, what it stands for in turn."""
    factor = asked.weights.typo if errors == 1 else asked.weights.far_typo
    because = f"read as {meant}"
    common = asked.vocabulary.frequency(meant)
    yield Candidate(factor, common, (meant,), None, "typo", because)
    if likeliest:
        for one in weaker(_of_word(meant, meant, beside, asked), factor):
            yield one._replace(because=f"{because}: {one.because}")


def _tag(words: tuple[str, ...], start: int, beside: tuple[str, ...], asked: Asked) -> Reading:
    """A tag typed bare: itself, and what its word stands for."""
    tag, body = words[0], words[1:]
    found = [
        Candidate(16, 0.0, (tag,), None, "word", "as typed"),
        Candidate(15, 0.0, body, None, "word", "without the sign"),
    ]
    if len(body) == 1:
        found += _of_word(body[0], body[0], beside, asked)
    else:
        found += _joined(body, asked)
        found += other_words(body, asked)
    return Reading((tag,), start, start + 1, strongest(found, asked.vocabulary))


def _together(run: tuple[str, ...], asked: Asked) -> tuple[Alternative, ...]:
    """What several typed words stand for together; nothing when they are just neighbours."""
    found = _joined(run, asked)
    named = [(run, 16)] if concepts_of(run) else []
    # "personal trainers", "fotógrafas de boda": one word of it in another form.
    named += [(other, asked.weights.form) for other in _phrase_forms(run) if concepts_of(other)][:2]
    if named:
        found.append(Candidate(16, 0.0, run, None, "word", "side by side"))
    for words, weight in named:
        if words != run and all(map(asked.vocabulary.frequency, words)):
            because = f"form of {' '.join(run)}"
            found.append(Candidate(weight, 0.0, words, None, "form", because))
        found += weaker(other_words(words, asked), weight)
    return strongest(found, asked.vocabulary)


def _phrase_forms(run: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for at in (len(run) - 1, 0):
        for form in sorted(inflections(run[at], ANY)):
            yield (*run[:at], form, *run[at + 1 :])


def _joined(run: tuple[str, ...], asked: Asked) -> list[Candidate]:
    """Neighbours as one word, as tags and handles have them, and longer words that hold it."""
    joined = "".join(run)
    if not joined.isalnum() or max(map(len, run)) == 1 or len(joined) < MIN_JOINED:
        return []
    because = f"{' '.join(run)}, written as one word"
    weight, frequency = asked.weights.joined, asked.vocabulary.frequency
    found = [
        Candidate(weight, common, (word,), None, "joined", because)
        for word in (joined, f"{joined}s")
        if (common := frequency(word))
    ]
    if found and len(joined) >= MIN_HELD:
        found += weaker(compounds(joined, asked, sure_only=True), weight)
    return found
