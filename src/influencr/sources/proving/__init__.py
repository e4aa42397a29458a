"""Is this profile theirs? Codes that somebody put where only its owner can put them.

Useful for: reading a code in a profile's own words (through its source), in DNS, and in the head of
a page that the profile links to. Not useful for: deciding who may do what (the service).
"""

from __future__ import annotations

from influencr.sources.proving._code import code_of, codes_in, has_code
from influencr.sources.proving._dns import LABEL, domain_of, txt_of
from influencr.sources.proving._page import META, PageSeen, look_at_page
from influencr.sources.proving._settings import NAME, nameservers

__all__ = [
    "LABEL",
    "META",
    "NAME",
    "PageSeen",
    "code_of",
    "codes_in",
    "domain_of",
    "has_code",
    "look_at_page",
    "nameservers",
    "txt_of",
]
