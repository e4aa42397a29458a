"""Countries of web and e-mail addresses, by their last label.

A country's domain says where a site is run, and for most of them that is where its owner is. Left
out are the domains that are sold as words or given away, and the hosts of networks and link
shorteners, whose ending is a pun. What is kept although it also makes words (.it, .at, .in, .is
dropped): sites of one's own there are mostly from the country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from influencr.geography.hints._world import domains

__all__ = ["NOT_A_COUNTRY", "mail_domains", "web_domains"]

#: Country domains that say nothing about a country.
NOT_A_COUNTRY = frozenset(
    label
    for labels in (
        # Sold as a word, an abbreviation or an ending: io (technology), me, tv, co (company), ly,
        # ai, gg (games), fm and am (radio), la (Los Angeles), ws (website), nu (now), md (doctors).
        "io me tv co ly ai gg fm am to sh la cc ws is so st gl gd nu vc ag sc im ms cx mu bz",
        "vg pw nf dj md mn sx ps ad tm as bi",
        # Given away free of charge for years.
        "tk ml ga cf gq",
        # Slips of the finger for .com.
        "cm om",
    )
    for label in labels.split()
)

# Endings of cities and regions are of a country too.
_REGIONS = {
    label: country
    for country, labels in {
        "AE": "abudhabi dubai", "AT": "wien tirol", "AU": "melbourne sydney",
        "BE": "brussels gent vlaanderen", "BR": "rio", "CA": "quebec", "CH": "swiss zuerich",
        "DE": "berlin hamburg koeln cologne bayern nrw ruhr saarland",
        "ES": "barcelona cat eus gal madrid", "FI": "helsinki", "FR": "alsace bzh corsica paris",
        "GB": "cymru london scot wales", "HU": "budapest", "IE": "irish", "JP":
        "kyoto nagoya okinawa osaka ryukyu tokyo yokohama", "NL": "amsterdam frl", "NZ": "kiwi",
        "RU": "moscow tatar москва рф рус", "SE": "stockholm", "TR": "istanbul ist",
        "TW": "taipei 台灣 台湾", "US": "boston miami nyc vegas", "ZA": "capetown durban joburg",
        "UA": "укр", "CN": "中国 中國", "HK": "香港", "KR": "한국", "TH": "ไทย", "EG": "مصر",
        "SA": "السعودية", "IN": "भारत", "RS": "срб", "BG": "бг", "GR": "ελ",
    }.items()
    for label in labels.split()
}  # fmt: skip

# Hosts whose ending is part of a name, not a country.
_PUNS = frozenset(
    host
    for hosts in (
        "youtu.be linktr.ee shope.ee hoo.be flic.kr spoti.fi instagr.am pin.it redd.it dlvr.it",
        "smarturl.it taplink.at found.ee urlgeni.us geni.us del.icio.us shor.by goo.by msha.ke",
        "adf.ly ift.tt twitch.be trib.al li.sten.to zoom.us",
    )
    for host in hosts.split()
)

_HOST = r"((?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24})"
_WEB = re.compile(rf"(?:(?<![\w@.])(?:https?://|www\.)){_HOST}(?![\w@.-]*@)", re.I)
# Without "www" only what is clearly an address: letters right after a dot, and no blank.
_BARE = re.compile(rf"(?<![\w@./-]){_HOST}(?=[/\s,;|)!]|$)", re.I)
_MAIL = re.compile(rf"[\w.+-]+@{_HOST}(?!\w)", re.I)


# Mail services whose national endings go by language: outlook.fr is used from Dakar to Lille.
_BY_LANGUAGE = re.compile(r"(?:.*\.)?(?:gmail|googlemail|hotmail|live|msn|outlook|yahoo|ymail)\..*")


def _country(host: str) -> tuple[str, Mapping[str, float]] | None:
    host = host.casefold().removeprefix("www.")
    label = host.rpartition(".")[2]
    if label in NOT_A_COUNTRY or host in _PUNS or ".".join(host.split(".")[-2:]) in _PUNS:
        return None
    if label in _REGIONS:
        return f".{label}", {_REGIONS[label]: 1.0}
    if countries := domains().get(label):
        return f".{label}", countries
    return None


def web_domains(texts: Iterable[str]) -> list[tuple[str, Mapping[str, float]]]:
    """Ending as shown (".de") and its countries, for web addresses in links and texts.

    >>> web_domains(["https://www.baeckerei.example.at/laden", "youtu.be/abc", "linktr.ee/x"])
    [('.at', {'AT': 1.0})]
    >>> web_domains(["hi.my name is ana", "see studio.example.com.br"])
    [('.br', {'BR': 1.0})]
    """
    return _found(texts, (_WEB, _BARE))


def mail_domains(texts: Iterable[str]) -> list[tuple[str, Mapping[str, float]]]:
    """The same for e-mail addresses; mail services that are everybody's are left out.

    >>> mail_domains(["ana@studio.example.pt, ana@hotmail.fr"])
    [('.pt', {'PT': 1.0})]
    """
    return _found((text for text in texts if "@" in text), (_MAIL,))


def _found(
    texts: Iterable[str], patterns: tuple[re.Pattern[str], ...]
) -> list[tuple[str, Mapping[str, float]]]:
    found: dict[str, Mapping[str, float]] = {}
    for text in texts:
        if "." not in text:
            continue
        for pattern in patterns:
            for match in pattern.finditer(text):
                host = match[1]
                # "hi.my", "ok.so": two bare words of which the writer forgot a blank.
                if (
                    pattern is _BARE
                    and host.count(".") == 1
                    and not _looks_like_a_site(text, match)
                ):
                    continue
                if pattern is _MAIL and _BY_LANGUAGE.fullmatch(host.casefold()):
                    continue
                if told := _country(host):
                    found.setdefault(*told)
    return list(found.items())


def _looks_like_a_site(text: str, match: re.Match[str]) -> bool:
    host = match[1]
    name, _, label = host.partition(".")
    after = text[match.end() : match.end() + 1]
    return (
        host == host.casefold()
        and len(name) >= 4
        and (after == "/" or len(text) == len(host) or label in ("de", "fr", "nl", "pl", "ru"))
    )
