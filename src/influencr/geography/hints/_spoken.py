"""In which languages do people of a country write? For asking there, never for placing anybody.

The table of languages beside this tells where the writers of a language are, which says nothing of
how many of a country they are. So this is a list of our own: languages that many people of a
country write in public, most written first. It is short on purpose: a language more is a third
more questions to a network.
"""

from __future__ import annotations

import functools

__all__ = ["languages_of"]

#: Languages, then the countries (ISO 3166-1) whose people write them, most written first.
_SPOKEN = """
en    US GB AU NZ IE JM TT BS BB BZ GY GH NG LR SL GM BW ZM MW LS SZ UG SS FJ PG SB
en es PR
en fr CA
en af ZA
en sw KE
en tl PH
en ms SG
sw en TZ
pt    PT BR AO MZ CV GW ST TL
es    ES MX AR CO PE VE CL EC GT CU BO DO HN SV NI CR PA UY GQ
es gn PY
fr    FR MC SN CI ML BF NE TG BJ GA CG CD GN HT MG
nl fr BE
fr en CM MU SC
de    DE AT LI
de fr it CH
fr de LU
it    IT SM VA
nl    NL SR AW CW
da    DK GL FO
no en NO
sv    SE AX
fi sv FI
is    IS
et ru EE
lv ru LV
lt    LT
pl    PL
cs    CZ
sk    SK
hu    HU
ro    RO
ro ru MD
bg    BG
sl    SI
hr    HR
bs    BA
sr    RS ME
mk sq MK
sq    AL XK
el    GR
el tr CY
mt en MT
tr    TR
uk ru UA
ru    RU
ru be BY
kk ru KZ
ky ru KG
uz ru UZ
tg ru TJ
tk ru TM
ka    GE
hy    AM
az    AZ
ca es AD
he ar IL
ar    SA EG IQ YE SY JO AE LY OM SD SO MR KW QA BH PS DJ KM
ar fr MA DZ TN LB TD
fa    IR
fa ps AF
ur en PK
hi en IN
bn    BD
ne    NP
si ta LK
my    MM
th    TH
lo    LA
km    KH
vi    VN
id    ID
ms en MY BN
zh    CN TW
zh en HK
zh pt MO
ja    JP
ko    KR KP
mn    MN
am en ET
rw en RW
rn fr BI
sn en ZW
ti en ER
"""


@functools.cache
def _table() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _SPOKEN.split("\n"):
        words = line.split()
        languages = tuple(word for word in words if word.islower())
        found |= dict.fromkeys((word for word in words if word.isupper()), languages)
    return found


def languages_of(country: str) -> tuple[str, ...]:
    """ISO 639-1 codes that people of a country write in, most written first; () when not known.

    country   ISO 3166-1 alpha-2

    >>> languages_of("CH"), languages_of("JP"), languages_of("AQ")
    (('de', 'fr', 'it'), ('ja',), ())
    """
    return _table().get(country, ())
