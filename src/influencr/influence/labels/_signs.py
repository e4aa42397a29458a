"""What each sign weighs, and how it is said. Weights are log-odds and our own choice.

Nothing here is fitted: the weights were set by hand before any labelled account was scored and
changed only on the development part of our own labels (docs/algorithms/labels.md). A sign speaks

    person, brand, group, bot   for a kind of account, against the others
    celebrity                   for being known to a wide public off the platform, given a person
    public                      for standing in public by office, profession or work at all

`core` marks the signs that may make a celebrity; without one of them size and habits never do.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BASE", "KINDS", "SIGNS", "SIZE_SLOPE", "Sign"]

#: Kinds in the order of `Sign` weights.
KINDS = ("person", "brand", "group", "bot")
#: Log-odds before any sign: most accounts are persons, and few of them known elsewhere.
BASE: dict[str, float] = {
    "person": 0.0,
    "brand": -1.4,
    "group": -3.0,
    "bot": -3.0,
    "celebrity": -3.2,
    "public": -2.6,
}
#: Log-odds per tenfold audience, from a middle on, within bounds: size is a prior, not evidence.
#: (weight, middle in log10 followers, lowest and highest difference from it)
SIZE_SLOPE: dict[str, tuple[float, float, float, float]] = {
    "celebrity": (1.5, 6.0, -4.0, 2.0),
    "public": (0.25, 4.0, -3.0, 4.0),
}


class Sign(NamedTuple):
    """One kind of evidence: its weights and its sentence.

    sentence   `{words}` and `{where}` are filled in; for counts `{words}` is a phrase with numbers
    core       may make a celebrity
    """

    sentence: str
    person: float = 0.0
    brand: float = 0.0
    group: float = 0.0
    bot: float = 0.0
    celebrity: float = 0.0
    public: float = 0.0
    core: bool = False


SIGNS: dict[str, Sign] = {
    # who or what writes
    "given_name": Sign("The name begins with a given name (“{words}”).", person=2.2),
    "given_name_only": Sign("The name is a given name (“{words}”).", person=1.4),
    "handle_name": Sign("The handle begins with a given name (“{words}”).", person=1.2),
    "first_person": Sign("Writes of one person (“{words}”) in {where}.", person=2.2),
    "family": Sign("Writes as a family or couple (“{words}”).", person=2.0, brand=-1.2),
    "person_role": Sign(
        "Says what a person does (“{words}”) in {where}.", person=1.8, celebrity=-0.3
    ),
    "creator_role": Sign(
        "Calls itself a creator (“{words}”) in {where}.", person=1.6, celebrity=-1.8, public=-1.0
    ),
    "elsewhere": Sign("Names its other accounts (“{words}”) in {where}.", person=0.7, brand=0.2),
    "creator_topic": Sign(
        "Declared category of everyday creators (“{words}”).",
        person=0.8,
        celebrity=-3.0,
        public=-0.5,
    ),
    "we": Sign("Writes as several (“{words}”) in {where}.", brand=2.2, group=1.0),
    "we_word": Sign("Writes as several (“{words}”) in {where}.", brand=0.9, group=0.6),
    "org": Sign("A word for an organisation (“{words}”) in {where}.", brand=4.4, celebrity=-3.0),
    "org_weak": Sign(
        "A word that organisations use (“{words}”) in {where}.", brand=1.6, celebrity=-1.0
    ),
    "org_handle": Sign("A word for an organisation (“{words}”) in {where}.", brand=1.2),
    "org_word": Sign("Speaks like an organisation (“{words}”) in {where}.", brand=1.8),
    "own_name": Sign("Speaks of itself by its name (“{words}”).", brand=1.6),
    "org_word_weak": Sign("A word that organisations use (“{words}”) in {where}.", brand=0.6),
    "org_topic": Sign("Declared category of organisations (“{words}”).", brand=3.4),
    "org_topic_own": Sign(
        "Declared category of organisations (“{words}”), which creators choose as well.", brand=0.8
    ),
    "contact": Sign("A telephone number in the bio.", brand=0.6),
    "own_domain": Sign("The handle is a domain of its own ({words}).", brand=0.5, public=0.2),
    "business": Sign("A business account, as brands and many creators have.", brand=0.3),
    "group_flag": Sign("Says itself that it is a group.", group=9.0),
    "fan_group": Sign("Says that several share it (“{words}”).", group=4.6, celebrity=-4.0),
    "band": Sign("A word for a group of musicians (“{words}”) in {where}.", group=3.4, public=0.8),
    "bot_flag": Sign("Says itself that it is automated.", bot=9.0),
    "bot_said": Sign("Speaks like something automated (“{words}”).", bot=5.0),
    "bot_self": Sign("Says itself that it is automated (“{words}”).", bot=7.5),
    "bot_word": Sign("A word for automation (“{words}”) in the name.", bot=1.6),
    "bot_handle": Sign("The handle ends or begins with “bot” as a word of its own.", bot=4.8),
    "bot_picture": Sign("A robot (🤖) in name or bio.", bot=1.6),
    "bot_ending": Sign("The handle ends with “bot”.", bot=2.6),
    "not_bot": Sign("Says that it is no automated account.", bot=-6.0, person=1.0),
    "feed_like": Sign(
        "{words} carry a link or repeat each other and none answers anybody.", bot=1.6, brand=1.0
    ),
    # who it is not
    "fan": Sign(
        "About somebody else (“{words}” in {where}).",
        person=1.2,
        brand=-2.5,
        group=0.8,
        celebrity=-8.0,
        public=-5.0,
    ),
    "parody": Sign("A parody or role play (“{words}”).", person=2.0, celebrity=-8.0, public=-5.0),
    "unofficial": Sign(
        "Not run by whom it names (“{words}”).", brand=-2.5, bot=1.0, celebrity=-6.0, public=-4.0
    ),
    "not_yet": Sign("On the way there (“{words}”).", person=1.0, celebrity=-3.0, public=-2.4),
    # known off the platform
    "stage": Sign(
        "An occupation that makes people known off the platform (“{words}”).",
        person=2.0,
        celebrity=2.2,
        public=1.7,
        core=True,
    ),
    "artist_role": Sign(
        "An occupation that may make people known off the platform (“{words}”).",
        person=1.4,
        celebrity=0.6,
        public=1.4,
    ),
    "business_role": Sign(
        "Leads or owns something (“{words}”).", person=0.8, celebrity=0.2, public=1.4
    ),
    "honour": Sign(
        "An honour won off the platform (“{words}”).",
        person=0.8,
        celebrity=1.6,
        public=3.0,
        core=True,
    ),
    "high_office": Sign(
        "Holds one of the highest offices (“{words}”).",
        person=1.6,
        celebrity=3.4,
        public=5.0,
        core=True,
    ),
    "office": Sign(
        "Holds or seeks a public office (“{words}”).",
        person=1.6,
        celebrity=1.2,
        public=4.0,
        core=True,
    ),
    "public_voice": Sign(
        "Stands in public by profession (“{words}” in {where}).",
        person=1.6,
        celebrity=0.4,
        public=3.6,
    ),
    "releases": Sign(
        "Tells of works to be had (“{words}”).", person=0.3, brand=0.4, celebrity=0.4, public=2.2
    ),
    "booking": Sign("May be booked (“{words}”).", person=0.4, brand=0.4, celebrity=0.3, public=1.2),
    "office_topic": Sign("Declared category of public life (“{words}”).", person=1.0, public=3.0),
    "stage_topic": Sign(
        "Declared category of people known off the platform (“{words}”).",
        person=1.2,
        celebrity=3.5,
        public=3.2,
        core=True,
    ),
    # Film and television stand beside online video in the categories of third parties.
    "film_topic": Sign(
        "Declared category of actors and people in film (“{words}”).",
        person=1.0,
        celebrity=2.4,
        public=2.8,
        core=True,
    ),
    "sports_topic": Sign("{words}.", person=0.3, celebrity=3.4, public=2.4, core=True),
    "music_topic": Sign("{words}.", person=0.3, celebrity=3.1, public=2.4, core=True),
    "official": Sign("Says “{words}” in {where}.", brand=0.3, celebrity=0.4, public=0.2),
    "official_account": Sign(
        "Says that it is an official account (“{words}”).", brand=2.0, celebrity=0.4, public=0.4
    ),
    "only_account": Sign(
        "Says that it is the only or official account of somebody (“{words}”).",
        brand=0.6,
        celebrity=0.8,
        public=0.8,
    ),
    "team_run": Sign(
        "Run by others for somebody (“{words}”).", brand=0.6, celebrity=0.8, public=0.8
    ),
    "verified": Sign("Verified by the platform.", brand=0.2, celebrity=0.5, public=0.4),
    "verified_notable": Sign(
        "Verified at a time when the platform did so for people of public interest only.",
        brand=0.4,
        celebrity=1.2,
        public=1.8,
    ),
    "asymmetry": Sign("{words}.", celebrity=0.6, public=0.3),
    "never_answers": Sign("Answered {words}.", brand=0.2, celebrity=1.2, public=0.4),
    "answers": Sign("Answered {words}.", person=0.8, celebrity=-1.2, public=-0.4),
    "no_replies": Sign("None of {words} answers anybody.", brand=0.3, celebrity=0.4),
    "many_replies": Sign("{words} answer somebody.", person=0.4, celebrity=-0.4),
    "diffuse": Sign(
        "The audience's topics are spread wider than those of {words}.", celebrity=0.8, public=0.2
    ),
    # what the operator's file knows
    "notable": Sign("{words}.", celebrity=1.0, public=1.0, core=True),
    "notable_person": Sign("The operator's file lists occupations of a person.", person=4.0),
    "notable_other": Sign("The operator's file says that this is no person.", brand=5.0),
    "notable_platform": Sign(
        "Known, says the operator's file, as {words} only.", person=2.0, celebrity=-2.5, public=-1.0
    ),
}
