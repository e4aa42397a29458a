"""What is searched for, in which order, when a day has 100 searches?

A search costs as much of its small quota whether it finds fifty channels or none, so the order is
by what it is likely to find first: the words with the place as they were typed; videos recorded
near the place; other ways to say both, in the languages that are spoken there; the words in the
countries' own results; and where the words are the name of one of YouTube's topics, the channels of
that topic. Second pages come only after all first ones: a page of another question finds more new
channels than the next page of the same [our own choice].

TOPICS are the documented values of `topicId` [search.list, 2026-11], without politics, religion,
health, military and society: nobody is looked for by those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from influencr.sources import Wanted

__all__ = ["STRATEGIES", "TOPICS", "Question", "questions"]

#: Ways in which channels are searched for.
STRATEGIES = ("search", "search_near", "search_region", "search_topic")

#: Our word -> YouTube's topic [search.list, topicId].
TOPICS = {
    "action games": "/m/025zzc",
    "animals": "/m/068hy",
    "basketball": "/m/018w8",
    "beauty": "/m/041xxh",
    "boxing": "/m/01cgz",
    "cars": "/m/07yv9",
    "classical music": "/m/0ggq0m",
    "comedy": "/m/09kqc",
    "cooking": "/m/02wbm",
    "cricket": "/m/09xp_",
    "education": "/m/01k8wb",
    "electronic music": "/m/02lkt",
    "entertainment": "/m/02jjt",
    "fashion": "/m/032tl",
    "film": "/m/02vxn",
    "fitness": "/m/027x7n",
    "food": "/m/02wbm",
    "football": "/m/02vx4",
    "gaming": "/m/0bzvm2",
    "golf": "/m/037hz",
    "hip hop": "/m/0glt670",
    "hobby": "/m/03glg",
    "humor": "/m/09kqc",
    "jazz": "/m/03_d0",
    "knowledge": "/m/01k8wb",
    "lifestyle": "/m/019_rr",
    "movies": "/m/02vxn",
    "music": "/m/04rlf",
    "performing arts": "/m/05qjc",
    "pets": "/m/068hy",
    "reggae": "/m/06cqb",
    "rock music": "/m/06by7",
    "soccer": "/m/02vx4",
    "sport": "/m/06ntj",
    "sports": "/m/06ntj",
    "technology": "/m/07c1v",
    "tennis": "/m/07bs0",
    "tourism": "/m/07bxq",
    "travel": "/m/07bxq",
    "vehicles": "/m/07yv9",
    "volleyball": "/m/07_53",
}
#: Pages per question; with 50 a page YouTube gives at most about 500 results for one question.
MAX_PAGES = 10
#: A circle of search.list may be as large as this [search.list, locationRadius].
MAX_RADIUS_KM = 1_000.0
#: Around a place whose extent is not known; our own choice: a large city.
USUAL_RADIUS_KM = 25.0


class Question(NamedTuple):
    """One question: its strategy, the parameters of search.list, and which page of it."""

    strategy: str
    parameters: dict[str, str]
    page: int


def questions(wanted: Wanted) -> Iterator[Question]:
    """Every question worth asking, best first, first pages before second ones.

    Only people who gave words or a place are searched for; with handles alone there is nothing to
    search.
    """
    firsts = list(_firsts(wanted))
    for page in range(MAX_PAGES):
        for strategy, parameters in firsts:
            yield Question(strategy, parameters, page)


def _firsts(wanted: Wanted) -> Iterator[tuple[str, dict[str, str]]]:
    phrases = [p for p in wanted.phrases if p.text.strip()]
    if not phrases and wanted.words.strip():
        from influencr.sources import Phrase

        phrases = [Phrase(wanted.words.strip(), "")]
    places = [p for p in wanted.places if p.text.strip()]
    if not places and wanted.place:
        from influencr.sources import Phrase

        places = [Phrase(wanted.place, "")]
    if not phrases:
        return
    seen: set[tuple[tuple[str, str], ...]] = set()

    def new(parameters: dict[str, str]) -> bool:
        key = tuple(sorted(parameters.items()))
        fresh = key not in seen
        seen.add(key)
        return fresh

    region = {"regionCode": wanted.countries[0]} if wanted.countries else {}

    def spoken(*languages: str) -> dict[str, str]:
        known = next((code for code in languages if code), "")
        return {"relevanceLanguage": known} if known else {}

    typed = phrases[0]
    pairs = [(typed, places[0] if places else None)]
    # Along the diagonals: no list of aliases is used up before the other has begun.
    for total in range(1, len(phrases) + len(places) - 1 if places else len(phrases)):
        for i in range(min(total, len(phrases) - 1) + 1):
            j = total - i
            if not places:
                if j == 0:
                    pairs.append((phrases[i], None))
            elif j < len(places):
                pairs.append((phrases[i], places[j]))
    for number, (phrase, place) in enumerate(pairs):
        words = f"{phrase.text} {place.text}" if place else phrase.text
        language = spoken(phrase.language, place.language if place else "")
        parameters = {"type": "channel", "q": words, **language, **region}
        if new(parameters):
            yield "search", parameters
        if number == 0 and wanted.centre is not None:
            lat, lon = wanted.centre
            radius = min(wanted.radius_km or USUAL_RADIUS_KM, MAX_RADIUS_KM)
            near = {
                "type": "video",
                "q": phrase.text,
                "location": f"{lat:.4f},{lon:.4f}",
                "locationRadius": f"{max(1, round(radius))}km",
            }
            if new(near):
                yield "search_near", near
    for country in wanted.countries:
        for phrase in phrases:
            own = {"type": "channel", "q": phrase.text, "regionCode": country}
            own |= spoken(phrase.language, *wanted.languages)
            if new(own):
                yield "search_region", own
            topic = TOPICS.get(phrase.text.casefold())
            of_topic = {"type": "channel", "topicId": topic or "", "regionCode": country}
            if topic and new(of_topic):
                yield "search_topic", of_topic
    if not wanted.countries and (topic := TOPICS.get(typed.text.casefold())):
        yield "search_topic", {"type": "channel", "topicId": topic}
