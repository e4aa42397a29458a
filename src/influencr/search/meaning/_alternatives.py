"""From the typed words to readings: which pieces there are, and what may stand for each."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Sequence

from influencr.index import Vocabulary
from influencr.search.meaning._compounds import compounds, parts
from influencr.search.meaning._families import forms
from influencr.search.meaning._reading import Alternative, Reading, strongest
from influencr.search.meaning._things import named_by, other_words
from influencr.search.meaning._tongues import tongues
from influencr.search.meaning._typos import corrections
from influencr.search.meaning._weights import WEIGHTS, Weights, sixteenths
from influencr.text import words as words_of
from influencr.topics import longest_phrase

__all__ = ["alternatives"]

# Readings kept per vocabulary; forgotten together.
_KEPT = 4096
_Key = tuple[tuple[str, ...], tuple[str, ...], Weights]
_known: weakref.WeakKeyDictionary[Vocabulary, dict[_Key, tuple[Reading, ...]]] = (
    weakref.WeakKeyDictionary()
)


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
        kept = _known.setdefault(vocabulary, {})
    except TypeError:
        # A vocabulary that cannot be referred to weakly or has no hash: nothing is kept.
        return _read(key, vocabulary)
    if key not in kept:
        if len(kept) >= _KEPT:
            kept.clear()
        kept[key] = _read(key, vocabulary)
    return kept[key]


def _read(key: _Key, vocabulary: Vocabulary) -> tuple[Reading, ...]:
    typed, languages, weights = key
    cut = [_cut(one) for one in typed]
    found: list[Reading] = []
    for start, words in enumerate(cut):
        if not words:
            continue
        found.append(_single(typed[start], words, start, languages, vocabulary, weights))
        run = words
        for stop in range(start + 2, len(cut) + 1):
            if not cut[stop - 1] or cut[stop - 1][0][0] in "#@" or run[0][0] in "#@":
                break
            run = (*run, *cut[stop - 1])
            if len(run) > max(2, longest_phrase()):
                break
            together = _together(run, languages, vocabulary, weights)
            if together:
                found.append(Reading(run, start, stop, together))
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def _cut(typed: str) -> tuple[str, ...]:
    words = tuple(words_of(typed))
    if typed[:1] in ("#", "＃") and words:
        return ("#" + "".join(words), *words)
    return words


def _single(
    typed: str,
    words: tuple[str, ...],
    start: int,
    languages: tuple[str, ...],
    vocabulary: Vocabulary,
    weights: Weights,
) -> Reading:
    if words[0][0] == "#":
        return _tag(words, start, languages, vocabulary, weights)
    found = [Alternative(words, None, 1.0, "word", "as typed")]
    correction = None
    if len(words) > 1:
        found += other_words(words, languages, vocabulary, weights)
    else:
        word = words[0]
        found += _of_word(typed, word, languages, vocabulary, weights)
        if not any(a.kind in ("form", "part") and a.weight > 0.5 for a in found):
            for meant, errors in corrections(word, vocabulary):
                factor = weights.typo if errors == 1 else weights.far_typo
                correction = correction or meant
                because = f"read as {meant}"
                found.append(Alternative((meant,), None, sixteenths(factor), "typo", because))
                found += [
                    Alternative(
                        a.words,
                        a.topic,
                        sixteenths(factor, int(a.weight * 16)),
                        a.kind,
                        f"{because}: {a.because}",
                    )
                    for a in _of_word(meant, meant, languages, vocabulary, weights)
                ]
    return Reading(words, start, start + 1, strongest(found, vocabulary), correction)


def _of_word(
    typed: str,
    word: str,
    languages: tuple[str, ...],
    vocabulary: Vocabulary,
    weights: Weights,
) -> list[Alternative]:
    """Everything but the word itself and corrections."""
    of = tongues(typed, word, languages)
    found = forms(word, of, vocabulary, weights)
    found += other_words((word,), languages, vocabulary, weights)
    inflected = [a for a in found if a.kind == "form" and a.weight * 16 >= weights.form]
    if not named_by((word,)):
        # A form of a listed word names what that names.
        for form in inflected:
            found += [
                Alternative(a.words, a.topic, sixteenths(15, int(a.weight * 16)), a.kind, a.because)
                for a in other_words(form.words, languages, vocabulary, weights)
                if a.words != (word,)
            ]
    found += compounds(word, vocabulary, weights)
    found += parts(word, vocabulary, weights)
    return found


def _tag(
    words: tuple[str, ...],
    start: int,
    languages: tuple[str, ...],
    vocabulary: Vocabulary,
    weights: Weights,
) -> Reading:
    """A tag typed bare: itself, and what its word stands for."""
    tag, body = words[0], words[1:]
    found = [Alternative((tag,), None, 1.0, "word", "as typed")]
    found.append(Alternative(body, None, sixteenths(15), "same", "without the sign"))
    if len(body) == 1:
        found += _of_word(body[0], body[0], languages, vocabulary, weights)
    return Reading((tag,), start, start + 1, strongest(found, vocabulary))


def _together(
    run: tuple[str, ...],
    languages: tuple[str, ...],
    vocabulary: Vocabulary,
    weights: Weights,
) -> tuple[Alternative, ...]:
    """What several typed words stand for together; nothing when they are just neighbours."""
    found: list[Alternative] = []
    joined = "".join(run)
    if joined.isalnum() and min(map(len, run)) > 1 and vocabulary.frequency(joined):
        because = f"{' '.join(run)}, written as one word"
        found.append(Alternative((joined,), None, sixteenths(weights.joined), "joined", because))
    if named_by(run):
        found.append(Alternative(run, None, 1.0, "word", "side by side"))
        found += other_words(run, languages, vocabulary, weights)
    return strongest(found, vocabulary)
