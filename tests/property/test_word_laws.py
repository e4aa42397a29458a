"""What words stand for: laws that hold for every vocabulary and every query."""

from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.search.meaning import MAX_ALTERNATIVES, alternatives
from influencr.text import words as words_of


class Words:
    """A vocabulary over a mapping."""

    def __init__(self, frequencies: dict[str, int]) -> None:
        self.frequencies = frequencies
        self.n_creators = max(100, *frequencies.values(), 100)

    def frequency(self, word: str) -> int:
        return self.frequencies.get(word, 0)

    def starting(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        return sorted(w for w in self.frequencies.items() if w[0].startswith(prefix))[:limit]

    def ending(self, suffix: str, limit: int) -> list[tuple[str, int]]:
        found = [w for w in self.frequencies.items() if w[0].endswith(suffix)]
        return sorted(found, key=lambda w: (-w[1], w[0]))[:limit]


# Words that say something, words that look like them, and noise in several scripts.
KNOWN = tuple(
    """
    baker bakers baking bakery bread vegan veganfood foodie coach coaching fitness fitnesscoach
    personal trainer personaltrainer makeup artist makeupartist fotografo fotografa fotograf
    photographer weddingphotographer wedding art arts hund hunde yoga йога фотограф طبخ 料 理 写 真
    motivation motivational the and de #vegan #baking 🥖
    """.split()  # noqa: SIM905
)
word = st.one_of(
    st.sampled_from(KNOWN),
    st.text("abenrst", min_size=1, max_size=9),
    st.builds(str.__add__, st.sampled_from(KNOWN), st.sampled_from(["s", "lover", "in", "x"])),
)
vocabularies = st.dictionaries(word, st.integers(1, 500), max_size=40)
query = st.lists(
    st.one_of(word, st.sampled_from(["Köchin", "don't", "料理", "#veganfood", "--", "Ü"])),
    max_size=4,
)
spoken = st.sampled_from([(), ("es",), ("de", "en"), ("ja",)])


@given(vocabularies, query, spoken)
@settings(deadline=None, max_examples=150)
def test_every_answer_is_well_formed(frequencies, typed, languages) -> None:
    vocabulary = Words(frequencies)
    readings = alternatives(typed, vocabulary, languages=languages)
    alone = [r for r in readings if r.stop == r.start + 1]
    assert [r.start for r in alone] == [i for i, t in enumerate(typed) if words_of(t)]
    for reading in readings:
        found = reading.alternatives
        assert 0 < len(found) <= MAX_ALTERNATIVES
        assert len({(a.words, a.topic) for a in found}) == len(found)
        weights = [a.weight for a in found]
        assert weights == sorted(weights, reverse=True)
        assert all(0 < w <= 1 and w * 16 == int(w * 16) for w in weights)
        assert all(bool(a.words) != (a.topic is not None) and a.because for a in found)
        for one in found:
            if one.kind != "word":
                assert all(map(vocabulary.frequency, one.words))
    for reading in alone:
        assert reading.alternatives[0].weight == 1
        assert reading.alternatives[0].words == reading.words


@given(vocabularies, vocabularies, query)
@settings(deadline=None, max_examples=60)
def test_more_words_in_the_index_never_take_the_typed_one_away(few, more, typed) -> None:
    for reading in alternatives(typed, Words({**few, **more})):
        if reading.stop == reading.start + 1:
            assert any(a.kind == "word" and a.words == reading.words for a in reading.alternatives)


@given(vocabularies, query, spoken)
@settings(deadline=None, max_examples=60)
def test_the_same_question_has_one_answer(frequencies, typed, languages) -> None:
    backwards = dict(reversed(frequencies.items()))
    first = alternatives(typed, Words(frequencies), languages=languages)
    assert first == alternatives(typed, Words(backwards), languages=languages)
