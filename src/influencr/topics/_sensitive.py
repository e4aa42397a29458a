"""What is never inferred about a person, and never stands in a facet.

Health conditions, religion, politics, sexual orientation and gender identity, ethnicity, union
membership. The list holds word beginnings and whole words, compared after folding. It is wide on
purpose: losing the topic "art" of one pack named after a faith costs little, showing the faith
costs a person much. A creator may still be found by the words of their own bio: that is what they
wrote, not what we concluded.
"""

from __future__ import annotations

import functools
import re

from influencr.text import fold

__all__ = ["is_sensitive"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Beginnings: any word that starts so is sensitive, and so is a hashtag that holds one of at least
# five letters anywhere ("queerartists").
_BEGINNINGS = _words(
    # orientation and gender identity
    "lgbt gay lesb queer bisex transgend transsex transwom transman nonbin asexual pansex homosex "
    "pride sapphic genderfl drag lesbisch lesbian schwul "
    # religion
    "christ cristian catol cathol kathol muslim moslem islam musulman jewish judaism judai jude "
    "juif judio hindu buddhis budis sikh evangel protestan orthodox church iglesia eglise kirche "
    "igreja bible biblia bibel quran koran jesus allah faith worship atheis ateis pagan wicca "
    "ramadan hijab halal kosher pastor priest religio gospel mormon "
    # politics
    "politic politi republican democrat socialis communis kommunis conservativ konservat liberal "
    "leftist marxis anarchis antifa fascis maga brexit trump biden feminis abortion prolife "
    "prochoice zionis palestin activis aktivis militant parliament senator election wahl eleccion "
    # ethnicity and origin as a trait
    "ethnic blackowned blackcreator blackgirl blackwom blackman blackcreat latinx latino latina "
    "hispanic asianamerican africanamerican indigen aborigin romani blm immigrant refugee "
    # health
    "cancer diabet depress anxiety adhd autis bipolar disab handicap chronicill chronicpain "
    "mentalhealth ptsd schizo hiv aids anorex bulimi addict alcoholi sober epilep fibromyalg "
    "endometrio infertil pregnan krebs behindert therapy psychia "
    # unions
    "tradeunion union gewerkschaft sindica syndica sindaca"
)
# Phrases that only together say something.
_PHRASES = re.compile(
    r"\b(?:mental health|chronic (?:illness|pain)|eating disorder|pro[ -](?:life|choice)"
    r"|black[ -](?:owned|creators?|girls?|women|men|lives)|people of colou?r|trade unions?"
    r"|african american|asian american|left[ -]wing|right[ -]wing|trans (?:women|men|people))\b"
)
# Other scripts, without spaces or with their own inflection: anywhere in the text.
_ELSEWHERE = re.compile(
    # After folding, which makes the short i of Cyrillic a plain one.
    r"мусульман|христиан|православ|католи|ислам|политик|\bгеи\b|лгбт|инвалид|\bрак\b|"
    r"اسلام|مسلم|قران|مسيحي|سياس|شيعه|\b(?:ال)?سني(?:ه|ين)?\b|مثلي|سرطان|\b(?:ال)?سكري|اكتئاب|"
    "宗教|政治|仏教|佛教|基督|キリスト|伊斯兰|穆斯林|同性|ゲイ|癌|がん|うつ(?![わくすしるり])|抑郁|障害|残疾|"
    "기독교|불교|이슬람|정치|동성애|우울증|장애|"
    "हिन्दू|हिंदू|मुस्लिम|राजनीति|धर्म"
)
# Innocent words that share a beginning.
_INNOCENT = frozenset(
    _words(
        "dragon dragons dragonball dragonfly dragracing gayle christmas christina christine "
        "christopher christoph cristiano cristina unionjack polite politely "
        "paganini islamabad faithful prideandprejudice jesusita churchill pastoral pastora "
        "priestley liberally wahlberg addictive addicted foodaddict coffeeaddict sobering "
        "activision magazine magazines magazin gaya gayrimenkul nutrizionista nutrizionisti "
        "nutrizioniste collezionista collezionisti physiotherapy "
        "trumpet trumpets trumpeter trumpeters trumpetare flautist flautists flautista "
        "seleccion seleccionador seleccionadora dragspel dragspelare gayageum christie "
        "politieagent politieagente"
    )
)
_LONG = tuple(b for b in _BEGINNINGS if len(b) >= 5)


@functools.lru_cache(maxsize=65_536)
def is_sensitive(words: str) -> bool:
    """Do these words (a tag, a category, a pack's name) say something that is never inferred?

    >>> is_sensitive("Queer bakers of Leeds"), is_sensitive("queerbakers"), is_sensitive("bakers")
    (True, True, False)
    >>> is_sensitive("mental health"), is_sensitive("Christmas baking")
    (True, False)
    """
    folded = fold(words)
    if _PHRASES.search(folded) or _ELSEWHERE.search(folded):
        return True
    for word in re.findall(r"[^\W_]+", folded):
        if word in _INNOCENT:
            continue
        if word.startswith(_BEGINNINGS):
            return True
        if len(word) >= 8 and any(b in word for b in _LONG):
            return True
    return False
