"""The language of a bio, and the three refusals."""

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from influencr.text import LanguageGuess, language, languages
from influencr.text._language import MIN_LETTERS, MIN_MARGIN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Born and raised in London, baking bread every day", "en"),
        ("I LOVE BAKING BREAD WITH MY FAMILY", "en"),
        ("Mère de trois enfants, amoureuse de la cuisine", "fr"),
        ("Ich liebe es, Brot zu backen", "de"),
        ("amante del café y los viajes con mi familia", "es"),
        ("Mamma di due bimbi, amo cucinare", "it"),
        ("apaixonada por maquiagem e cabelo", "pt"),
        ("Podróże i kuchnia wegańska", "pl"),
        ("Yemek tarifleri ve seyahat", "tr"),
        ("Nấu ăn và du lịch", "vi"),
        ("Фотограф з Києва, люблю каву", "uk"),
        ("عاشق للسفر و التصوير", "ar"),
        ("عکاس از تهران هستم", "fa"),
        ("ہم بھی نایاب ہونگے روح نکلنے کے بعد", "ur"),
        ("नमस्ते मैं दिल्ली से हूँ", "hi"),
    ],
)
def test_a_sentence_tells_its_language(text: str, code: str) -> None:
    assert language(text).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("料理が好きです", "ja"),
        ("コーヒー", "ja"),
        ("东京美食", "zh"),
        ("台灣美食旅遊部落客", "zh"),
        ("한국 여행", "ko"),
        ("ชอบกาแฟ", "th"),
        ("Γειά σου", "el"),
        ("שלום עולם", "he"),
        ("გამარჯობა", "ka"),
        ("Բարեւ", "hy"),
        ("வணக்கம்", "ta"),
        ("বাংলা", "bn"),
    ],
)
def test_a_script_of_one_language_decides_alone(text: str, code: str) -> None:
    assert language(text).code == code


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "no letters"),
        ("🥖 🇫🇷 👩🏽‍🍳 123", "no letters"),
        ("https://example.com/ich-liebe-brot @deutschebaecker #brotbackenmitliebe", "no letters"),
        ("Foodie", "6 letters"),
        ("IG: schauspielerinausberlin", "no letters"),
        ("mail: hallo@diebackstube-berlin.de", "4 letters"),
        ("Gym | fitness | coach", "by too little"),
        ("א", "single"),
        ("café ご飯 кофе قهوة", "mixed scripts"),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_rule(text: str, because: str) -> None:
    guess = language(text)
    assert guess.code is None
    assert because in guess.reason


def test_links_handles_and_tags_have_no_say() -> None:
    plain = "Ich liebe es, Brot zu backen"
    around = f"{plain} https://example.com/the-best-bread @the_english_baker #breadlover 🥖"
    assert language(around).code == language(plain).code == "de"


def test_styled_letters_are_letters() -> None:
    assert language("𝐈 𝐥𝐨𝐯𝐞 𝐛𝐚𝐤𝐢𝐧𝐠 𝐛𝐫𝐞𝐚𝐝 𝐚𝐧𝐝 𝐜𝐚𝐤𝐞𝐬").code == "en"


def test_one_brand_name_does_not_outvote_a_chinese_sentence() -> None:
    assert language("Starbucks 咖啡爱好者每天一杯咖啡").code == "zh"


def test_a_batch_answers_each_in_order() -> None:
    texts = [
        "Born and raised in London",
        None,
        "",
        "lol",
        "料理が好きです",
        "Born and raised in London",
    ]
    assert languages(texts) == ["en", None, None, None, "ja", "en"]


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=150)
def test_any_text_gets_an_answer_or_a_reason(text: str) -> None:
    guess = language(text)
    assert isinstance(guess, LanguageGuess)
    assert guess.reason
    assert guess.code is None or (len(guess.code) == 2 and guess.code.islower())
    assert language(text) == guess


def test_the_limits_are_those_documented() -> None:
    assert (MIN_LETTERS, MIN_MARGIN) == (10, 0.2)


def test_naming_the_module_loads_no_model() -> None:
    code = (
        "import influencr.text, sys; sys.exit('py3langid' in sys.modules or 'numpy' in sys.modules)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=env).returncode == 0
