"""How creators name and describe themselves: handles, display names, bios, links.

Written the way people write: pins, flags, abbreviations, mixed languages, styled letters, jokes
instead of places, nothing at all. How the home place shows is returned, for the truth.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from influencr.sources.synthetic._cast import PLATFORMS, Cast
from influencr.sources.synthetic._random import stream
from influencr.sources.synthetic._sizes import KINDS, Parameters
from influencr.sources.synthetic._words import Language, Place, Words

__all__ = ["Person", "make_people", "styled"]

_JOINTS = (" | ", " · ", "\n", " • ", ". ", "\n", " / ", " ✨ ", ", ")
_INSTANCES = ("social.example", "kunst.example", "makers.example", "town.example")
#: Plain letters to "styled" ones, as generators on the web give them.
_STYLES = (0x1D5D4, 0x1D400, 0x1D4D0)


class Person(NamedTuple):
    """The public face of a creator; `shown` says how the home place appears in it."""

    handle: str
    display_name: str | None
    bio: str
    website: str | None
    email: str | None
    shown: str


def styled(text: str, start: int) -> str:
    """ASCII letters replaced by the mathematical alphabet that begins at `start`."""
    out = []
    for char in text:
        if "A" <= char <= "Z":
            out.append(chr(start + ord(char) - 65))
        elif "a" <= char <= "z":
            out.append(chr(start + 26 + ord(char) - 97))
        else:
            out.append(char)
    return "".join(out)


def make_people(p: Parameters, words: Words, cast: Cast) -> list[Person]:
    """One person per creator, handles unique."""
    rng = random.Random(int(stream(p.seed, "people").integers(2**62)))  # noqa: S311 - a world, no secret
    taken: set[str] = set()
    return [_person(rng, words, cast, number, taken) for number in range(p.n_creators)]


class _Voice:
    """Fills the slots of one creator's sentences."""

    def __init__(self, rng: random.Random, words: Words, cast: Cast, number: int) -> None:
        self.rng, self.words = rng, words
        self.own = words.languages[cast.language[number]]
        self.place = words.places[cast.place[number]]
        self.topics = [int(topic) for topic in cast.topics[number, :2]]
        self.first = rng.choice(self.own.first)
        self.last = rng.choice(self.own.last)

    def full_name(self) -> str:
        """Family name first, without a space, where people write it so."""
        if self.own.code in ("ja", "zh", "ko"):
            return f"{self.last[0]}{self.first[0]}"
        return f"{self.first[0]} {self.last[0]}"

    def language(self) -> Language:
        """Mostly one's own, sometimes English."""
        return self.own if self.rng.random() < 0.86 else self.words.languages[0]

    def say(self, section: str, language: Language, *, place: str = "", email: str = "") -> str:
        rng = self.rng
        main = language.topics[self.topics[0]]
        other = language.topics.get(self.topics[1], main)
        things = rng.sample(main.things, min(3, len(main.things)))
        label = rng.choice(main.labels)
        second = rng.choice(other.labels)
        if second == label:
            second = things[-1]
        return rng.choice(language.sections[section]).format(
            t=label,
            t2=second,
            w=things[0],
            w2=things[1 % len(things)],
            w3=things[2 % len(things)],
            p=place,
            f=self.place.flag,
            e=rng.choice(self.words.topics[self.topics[0]].emoji),
            y=rng.randint(2008, 2026),
            m=email,
            n=self.full_name(),
            l=self.last[0],
        )


def _person(rng: random.Random, words: Words, cast: Cast, number: int, taken: set[str]) -> Person:
    voice = _Voice(rng, words, cast, number)
    kind = KINDS[cast.kind[number]]
    platform = PLATFORMS[cast.platform[number]]
    base = _handle(voice, kind)
    while base in taken:
        base = f"{base}{rng.randint(2, 99)}"
    taken.add(base)
    email = f"{rng.choice(('hello', 'collab', 'mail', 'hi'))}@{base}.example"
    name = _display(voice, kind, base)
    bio, shown, with_email = _bio(voice, kind, email)
    website = None
    if rng.random() < 0.3:
        website = (
            f"https://{base}.example" if rng.random() < 0.6 else f"https://links.example/{base}"
        )
    return Person(
        _full_handle(rng, base, platform), name, bio, website, email if with_email else None, shown
    )


def _full_handle(rng: random.Random, base: str, platform: str) -> str:
    if platform == "bluesky":
        return f"{base}.example" if rng.random() < 0.25 else f"{base}.sky.example"
    if platform == "mastodon":
        return f"{base}@{rng.choice(_INSTANCES)}"
    return f"{base}.example"


def _handle(voice: _Voice, kind: str) -> str:
    rng = voice.rng
    first, last = voice.first[1], voice.last[1]
    slug = rng.choice(voice.words.topics[voice.topics[0]].slugs)
    town = "".join(c for c in voice.place.name.lower() if c.isascii() and c.isalpha())
    if kind == "brand":
        return rng.choice((f"{last}{slug}", f"{last}-studio", f"houseof{last}", f"{last}{town}"))
    if kind == "group":
        return rng.choice((f"{town}{slug}", f"{slug}-{town}", f"{slug}club{town}"))
    if kind in ("bot", "hidden_bot"):
        return rng.choice((f"{slug}bot", f"daily{slug}", f"{slug}-every-hour", f"best{slug}"))
    if kind == "celebrity":
        return rng.choice((f"{first}{last}", f"{first}{last}official", f"the{last}"))
    return rng.choice(
        (
            f"{first}{last}",
            f"{first}-{last}",
            f"{first}{slug}",
            f"{first}{slug}",
            f"{slug}with{first}",
            f"the{slug}{first}",
            f"{slug}by{first}",
            f"{last}{slug}",
            f"{first[:1]}{last}",
            f"its{first}{last[:1]}",
            f"{town}{slug}",
            f"{first}in{town}",
        )
    )


def _display(voice: _Voice, kind: str, base: str) -> str | None:
    rng = voice.rng
    first = voice.first[0]
    plain = f"{voice.first[1]} {voice.last[1]}".title()
    full = voice.full_name()
    if kind == "brand":
        return voice.say("brandname", voice.own)
    if kind == "group":
        return voice.say("groupname", voice.own, place=voice.place.spelled(voice.own.code))
    if kind == "celebrity":
        return full
    draw = rng.random()
    mark = rng.choice(voice.words.topics[voice.topics[0]].emoji)
    label = rng.choice(voice.own.topics[voice.topics[0]].labels)
    for limit, name in (
        (0.42, full),
        (0.58, first),
        (0.68, f"{first} | {label}"),
        (0.76, f"{full} {mark}"),
        (0.81, f"{mark} {first} {mark}"),
        (0.86, base),
        (0.90, f"{first} {voice.place.flag}"),
        (0.93, ""),
        (0.95, full.upper()),
        (0.98, f"{label} {mark}"),
    ):
        if draw < limit:
            return name or styled(plain, rng.choice(_STYLES))
    return None


def _bio(voice: _Voice, kind: str, email: str) -> tuple[str, str, bool]:
    """The text, how the place shows in it, and whether the e-mail address is in it."""
    rng = voice.rng
    language = voice.language()
    if voice.topics[0] not in language.topics:
        language = voice.own
    here = voice.place.spelled(language.code)
    if kind == "group":
        return voice.say("group", language, place=here), "plain", False
    if kind in ("bot", "hidden_bot"):
        return voice.say("bot" if kind == "bot" else "hiddenbot", language), "none", False
    if rng.random() < 0.055:
        return "", "none", False
    draw = rng.random()
    with_email = False
    if kind in ("brand", "celebrity"):
        core = voice.say(kind, language, email=email)
        with_email = email in core
    elif draw < 0.80:
        core = voice.say("bio", language)
    elif draw < 0.89:
        core = voice.say("vague", language)
    elif draw < 0.94:
        local = language.topics[voice.topics[0]]
        core = " ".join(rng.sample(local.tags, min(len(local.tags), rng.randint(2, 3))))
    else:
        core = " ".join(voice.words.topics[topic].emoji[0] for topic in voice.topics)
    parts = [core]
    place, shown = _place(voice, language)
    if place:
        parts.insert(rng.choice((1, 1, 1, 0)), place)
    if kind != "celebrity" and rng.random() < 0.34:
        parts.append(voice.say("extra", language))
    if rng.random() < 0.16:
        local = language.topics[voice.topics[0]]
        parts.append(" ".join(rng.sample(local.tags, min(len(local.tags), rng.randint(1, 3)))))
    if not with_email and rng.random() < (0.5 if kind == "brand" else 0.13):
        parts.append(voice.say("contact", language, email=email))
        with_email = True
    text = parts[0]
    joint = rng.choice(_JOINTS)
    for part in parts[1:]:
        text += (joint if rng.random() < 0.8 else rng.choice(_JOINTS)) + part
    draw = rng.random()
    if draw < 0.02:
        text = styled(text, rng.choice(_STYLES))
    elif draw < 0.04:
        text = text.upper()
    elif draw < 0.09:
        text = text.lower()
    return text.replace(".. ", ". "), shown, with_email and email in text


def _place(voice: _Voice, language: Language) -> tuple[str, str]:
    """A phrase about the home place, or none, and its style: what geography has to read."""
    rng, place = voice.rng, voice.place
    here = place.spelled(language.code)
    draw = rng.random()
    if draw < 0.27:
        return "", "none"
    if draw < 0.32:
        return rng.choice(language.sections["joke"]), "joke"
    if draw < 0.37:
        return place.flag, "flag"
    short = place.spellings.get("abbr", ())
    if draw < 0.47 and short:
        return voice.say("placed", language, place=rng.choice(short)), "abbreviation"
    if 0.47 <= draw < 0.50:
        other = rng.choice(voice.words.places)
        pair = (here, other.spelled(language.code))
        return rng.choice((" ⇄ ", " / ", " → ")).join(pair), "two"
    if draw < 0.62 and place.hub != place.name and _hub_name(voice.words, place, language) != here:
        hub = _hub_name(voice.words, place, language)
        return rng.choice((f"{here} ({hub})", f"{here} / {hub}")), "with_city"
    spellings = place.spellings.get(language.code) or place.spellings.get("en") or (place.name,)
    text = rng.choice(spellings)
    if draw < 0.57 and "," not in text:
        return f"{text}, {place.country}", "with_country"
    if draw < 0.70:
        return text, "plain"
    return voice.say("placed", language, place=text), "phrase"


def _hub_name(words: Words, place: Place, language: Language) -> str:
    for other in words.places:
        if other.name == place.hub:
            return other.spelled(language.code)
    return place.hub
