"""Which written words are forms of one word, language by language."""

import pytest

from influencr.text import ANY, inflections, kinship, stem, stem_languages, written_in

INFLECTED = {
    "en": "baker bakers | baby babies | cook cooking | vlog vlogs | run running | wife wives"
    " | dj djs | box boxes | bake bakes",
    "es": "fotografo fotografa | escritor escritoras | viaje viajes | lapiz lapices | mama mamas"
    " | bailarin bailarina",
    "fr": "photographe photographes | redacteur redactrice | cuisinier cuisiniere | jeu jeux"
    " | comedien comedienne | voyageur voyageuses | chapeau chapeaux",
    "de": "journalist journalistin | journalist journalistinnen | lehrer lehrerin | hund hunde"
    " | buch bucher | kunstler kunstlerinnen | kochin kochinnen",
    "pt": "cozinheiro cozinheira | viagem viagens | animal animais | cancao cancoes"
    " | mulher mulheres",
    "it": "fotografo fotografi | scrittore scrittrice | cuoco cuoca | giornalista giornalisti"
    " | viaggio viaggi | amica amiche",
    "nl": "moeder moeders | schrijver schrijfsters | boek boeken | brief brieven | hond hondje",
    "sv": "fotograf fotografer | resa resor | hund hundar | forfattare forfattaren",
    "no": "fotograf fotografer | reise reiser | hund hunden",
    "da": "fotograf fotografer | rejse rejser | hund hunden",
    "pl": "fotograf fotografka | pisarz pisarze | podroznik podrozniczka | ksiazka ksiazki",
    "tr": "kitap kitaplar | anne anneler | gezgin gezginler",
    "id": "buku bukunya",
    "ro": "calator calatori | scriitor scriitoare",
    "cs": "fotograf fotografka | kniha knihy",
    "ru": "фотограф фотографы | писатель писательница | книга книги"
    " | путешественник путешественница | здоровыи здоровая",
    "uk": "фотограф фотографа | художник художниця",
    "ar": "مصور مصوره | طبخ الطبخ | صوره صورات",
    "hi": "किताब किताबें | घोड़ा घोड़े",
    "el": "φωτογραφοσ φωτογραφοι",
}
PAIRS = [
    (language, *pair.split())
    for language, pairs in INFLECTED.items()
    for pair in pairs.split(" | ")
]


@pytest.mark.parametrize(("language", "word", "other"), PAIRS)
def test_forms_of_one_word(language: str, word: str, other: str) -> None:
    assert kinship(word, other, language) is not None
    assert kinship(other, word, language) is not None


@pytest.mark.parametrize(
    ("language", "word", "other"),
    [
        ("en", "photographer", "photography"),
        ("en", "art", "artist"),
        ("en", "cat", "category"),
        ("en", "gym", "gymnast"),
        ("en", "bus", "bu"),
        ("es", "mar", "marido"),
        ("fr", "chat", "chateau"),
        ("de", "rat", "rathaus"),
        ("it", "mare", "marea"),
        ("ru", "мир", "мираж"),
    ],
)
def test_other_words(language: str, word: str, other: str) -> None:
    assert kinship(word, other, language) is None


def test_a_word_on_the_same_stem_is_derived() -> None:
    assert kinship("motivation", "motivational", "en") == "derived"
    assert kinship("trainer", "training", "en") == "derived"


def test_a_word_is_no_form_of_itself() -> None:
    for language in (*INFLECTED, ANY, "ja"):
        assert "reise" not in inflections("reise", language)
        assert kinship("reise", "reise", language) is None


def test_in_an_unknown_language_only_plain_endings_are_tried() -> None:
    assert "veganos" in inflections("vegano", ANY)
    assert "vega" not in inflections("vegan", ANY)


def test_letters_tell_languages() -> None:
    assert written_in("niña") == ("es",)
    assert written_in("chef") is None
    assert written_in("путешествие") == ("ru", "uk")
    assert written_in("ёж") == ("ru",)
    assert written_in("料理") == ()
    assert "de" in (written_in("Köchin") or ())


def test_the_folded_short_i_is_stemmed_as_the_ending_that_it_was() -> None:
    assert stem("кулинарныи", "ru") == stem("кулинарная", "ru")


def test_a_language_without_a_stemmer_leaves_words_alone() -> None:
    assert "ja" not in stem_languages()
    assert stem("ramen", "ja") == "ramen"
