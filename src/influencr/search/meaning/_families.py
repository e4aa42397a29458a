"""Forms of a word that creators of this index write: bakers for baker, fotógrafas for fotógrafo.

Inflected forms are generated and looked up, which costs the same in a vocabulary of any size;
words built on the same stem are read from the range of the vocabulary that begins like the stem.

A word that is known in several languages ("vegan") gets the forms of the likeliest, and of the
others those that add something to it ("veganer"): taking letters away makes other words ("vega").
A word of an unknown language gets only endings that are alike in many languages. Forms of fewer
than MIN_FORM letters come by an added "s" only. Words on the same stem are sought in the likeliest
language alone.
"""

from __future__ import annotations

from influencr.search.meaning._reading import Candidate
from influencr.search.meaning._weights import Asked
from influencr.text import ANY, MIN_DERIVED, doers, inflections, kinship, stem

__all__ = ["forms"]

#: Letters of a form, unless it differs by an "s" alone.
MIN_FORM = 4
#: A plain Latin word of so many letters and no known language is tried as an English one.
MIN_ENGLISH = 7
# Endings of English verbs: most query words are nouns, and "booked" is no book.
_VERB = ("ed", "ing")
# Words of a stem's range that are looked at; a stem that more words begin with says little.
_LOOKED_AT = 120


def forms(word: str, tongues: tuple[str, ...], asked: Asked) -> list[Candidate]:
    """The forms that stand in the vocabulary, surest first; tongues as `_tongues` gives them."""
    weights, frequency = asked.weights, asked.vocabulary.frequency
    likely: dict[str, int] = {}
    for rank, language in enumerate(tongues):
        for form in sorted(inflections(word, language)):
            if rank == 0 or form.startswith(word):
                verb = language == "en" and form.endswith(_VERB) != word.endswith(_VERB)
                likely.setdefault(form, weights.guessed_form if verb else weights.form)
    if not tongues:
        for form in sorted(inflections(word, ANY)):
            likely.setdefault(form, weights.form if _plural(word, form) else weights.guessed_form)
    found = {
        form: (weight, common)
        for form, weight in likely.items()
        if (min(len(form), len(word)) >= MIN_FORM or _plural(word, form))
        and (common := frequency(form))
    }
    if not tongues and word.isascii() and len(word) >= MIN_ENGLISH:
        tongues = ("en",)
    for language in tongues[:1]:
        for form in sorted(doers(word, language)):
            if common := frequency(form):
                found.setdefault(form, (weights.derived, common))
        for form, common in _built_on(word, language, asked):
            found.setdefault(form, (weights.derived, common))
    because = f"form of {word}"
    return [
        Candidate(weight, common, (form,), None, "form", because)
        for form, (weight, common) in found.items()
    ]


def _plural(word: str, form: str) -> bool:
    return form == word + "s" or word == form + "s"


def _built_on(word: str, language: str, asked: Asked) -> list[tuple[str, int]]:
    of = stem(word, language)
    begins = len(of) if word.startswith(of) else len(of) - 1
    if len(word) < MIN_DERIVED or begins < 4:
        return []
    return [
        (other, common)
        for other, common in asked.vocabulary.starting(word[:begins], _LOOKED_AT)
        if stem(other, language) == of and kinship(word, other, language) == "derived"
    ]
