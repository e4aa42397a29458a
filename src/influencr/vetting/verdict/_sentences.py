"""The sentences: fixed templates with numbers filled in, and no other way to word a verdict.

Each says what was looked at, what was not, and what else was checked. None says who paid, and
none calls a person anything; FORBIDDEN is tested over everything that can come out of here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from influencr.vetting.share._measure import BATCH_ERROR
from influencr.vetting.verdict._ledger import BESIDE, EXPLAINED_BY, FAMILIES
from influencr.vetting.verdict._rule import (
    BATCH_WAY,
    HELD_BY,
    MIN_SEEN,
    found_of_100,
    smallest_batch,
)

__all__ = ["ALTERNATIVE_WORDS", "CLOSED", "FORBIDDEN", "STATUS_WORDS", "sentence"]

#: Words that no text about a person may hold.
FORBIDDEN: Final = (
    "fraud",
    "cheater",
    "fake influencer",
    "bot account",
    "bought followers from",
    "has bought",
)
STATUS_WORDS: Final[Mapping[str, str]] = {
    "vetted": "vetted",
    "needs_a_look": "needs a look",
    "looks_inflated": "looks inflated",
    "unknown": "unknown",
}
ALTERNATIVE_WORDS: Final[Mapping[str, str]] = {
    "pack": "starter pack or list",
    "onboarding": "accounts proposed to newcomers",
    "viral": "viral post",
    "giveaway": "giveaway",
    "press": "mention by a larger account",
    "migration": "migration wave",
    "wave of sign-ups": "wave of sign-ups",
}
_PLATFORMS: Final[Mapping[str, str]] = {
    "bluesky": "Bluesky",
    "instagram": "Instagram",
    "mastodon": "Mastodon",
    "threads": "Threads",
    "tiktok": "TikTok",
    "twitch": "Twitch",
    "twitter": "X",
    "youtube": "YouTube",
}
#: Platforms whose official interfaces list nobody's followers: families that need them can only
#: run on data that a person imports.
CLOSED: Final = ("instagram", "threads", "tiktok", "twitch", "twitter", "youtube")
_LOOKED_FOR: Final[Mapping[str, str]] = {
    "B": "arrival bursts",
    "C": "accounts made together that arrived together",
    "D": "repeated bios and pictures",
    "G": "followers delivered in step to several creators",
}
#: Family and statistic -> clause, where it differs from the family's; `share` and `days` are the
#: value.
_OF_STATISTIC: Final[Mapping[tuple[str, str], str]] = {
    ("A", "last_post"): "the last post is {days} days old",
    (
        "X",
        "reciprocal_pod",
    ): "a reciprocal group: the creator and others react to each other's posts "
    "within the hour ({members} of them are among those seen)",
    ("X", "reciprocal_ring"): "a reciprocal group: the creator and {members} of those seen follow "
    "each other, and began to closer together in time than its other ties",
    ("X", "followed_back"): "the creator follows back {share} of those seen, more than nearly all "
    "creators of its size",
}
_NOT_SAID: Final = "This says nothing about who paid for them."
_STILL: Final = "A careful seller could still be missed."


def sentence(
    code: str, facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], *, as_of: datetime
) -> str:
    """What is shown for a conclusion.

    code    of `_rule.CODES`
    facts   SHARES_SCHEMA of the creator with `platform` and `looked` (families that looked)
    rows    evidence that stands, strongest first, or that was explained
    """
    stands = [row for row in rows if row["stands"]]
    match code:
        case "inflated" | "block":
            return _inflated(facts, stands)
        case "sign" | "signs" | "exchange":
            return _signs(code, stands)
        case "crowd":
            return _crowd(facts, rows)
        case "vetted_profiles" | "silent_profiles":
            said = (
                f"No sign of bought followers in {facts['n']:,} judged{_of(facts)} "
                f"({_interval(facts)}){_batches_too(facts)}, checked {as_of:%Y-%m-%d}."
            )
            return _ended(code, said, rows)
        case "vetted_batches" | "silent_batches":
            least = smallest_batch(facts["n_seen"])
            said = (
                f"No sign of bought followers among {facts['n_seen']:,} seen{_of(facts)}, checked "
                f"{as_of:%Y-%m-%d}. Looked for: "
                f"{_and([_LOOKED_FOR[letter] for letter in BATCH_WAY])}; a delivery of "
                f"{least:,} or more ({_percent(least / facts['n_seen'])}) is found in "
                f"{found_of_100(facts['n_seen'])} of 100 simulated audiences of that size or more. "
                "Followers were not judged one by one: the error of that test is not known here."
            )
            return _ended(code, said, rows)
        case "wide":
            return (
                f"No sign stands out, but {facts['n']:,} judged{_of(facts)} leave the share that "
                f"looks bought between {_percent(facts['lo'])} and {_percent(facts['hi'])}: too "
                "wide for more. We have not concluded anything."
            )
        case _:
            return _unknown(code, facts)


def _inflated(facts: Mapping[str, Any], stands: Sequence[Mapping[str, Any]]) -> str:
    if facts["point"] is None:
        batches = (
            f"{facts['members']:,} of {facts['n_seen']:,} seen lie in batches, sizes right within "
            f"{_percent(BATCH_ERROR)}"
        )
        parts = [f"At least {_percent(facts['lo'])} of followers look bought: {batches}."]
    else:
        inside = (
            f"{facts['members']:,} of {facts['n_seen']:,} seen lie in batches, and of the rest "
            if facts["members"]
            else ""
        )
        parts = [
            f"{_percent(facts['point'])} ({_interval(facts)}) of followers look bought: {inside}"
            f"{facts['flagged']:,} of {facts['n']:,} judged were flagged, corrected for our "
            f"test's measured error (sensitivity {_rate(facts['se'])}, specificity "
            f"{_rate(facts['sp'])}, version {facts['model_version']}, calibrated on "
            f"{facts['calibration']})."
        ]
    counted = [row for row in stands if row["family"] not in BESIDE]
    parts += [f"{_finding(row)}." for row in counted[:3]]
    parts += [_checked(counted), _apart(stands), _NOT_SAID]
    return " ".join(part for part in parts if part)


def _signs(code: str, stands: Sequence[Mapping[str, Any]]) -> str:
    told = "X" if code == "exchange" else "".join(f for f in FAMILIES if f not in BESIDE)
    families = dict.fromkeys(row["family"] for row in stands if row["family"] in told)
    first = [next(row for row in stands if row["family"] == family) for family in families]
    found = "; ".join(_finding(row) for row in first)
    causes = dict.fromkeys(
        ALTERNATIVE_WORDS[cause]
        for row in first
        for cause in (*EXPLAINED_BY.get(row["family"], ()), *HELD_BY.get(row["family"], ()))
    )
    lead = "One sign is unusual" if len(first) == 1 else f"{len(first)} signs are unusual"
    innocent = (
        "This is attention in exchange and no sign of bought followers; common innocent causes are "
        "friends who follow each other and small communities."
        if code == "exchange"
        else f"Common innocent causes are {_and(list(causes))}."
        if causes
        else "Chance and a changing audience are common innocent causes."
    )
    parts = (
        *(f"{lead}: {found}.", innocent, _checked(first)),
        _apart([row for row in stands if row["family"] not in told]),
        "We have not concluded anything.",
    )
    return " ".join(part for part in parts if part)


def _apart(stands: Sequence[Mapping[str, Any]]) -> str:
    """What is true of the creator and says nothing about bought followers."""
    said = [_finding(row) for row in stands if row["family"] in BESIDE]
    return f"Apart from that: {'; '.join(said)}." if said else ""


def _crowd(facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    largest = max((row for row in rows if row["explained"]), key=_share_of)
    return (
        f"One wave stands out: {_finding(largest)}, {_percent(_share_of(largest))} of those seen, "
        f"by {_found(largest)}. That is a common innocent cause, but anybody can send accounts "
        "that way, and who came cannot be told from it. We have not concluded anything."
    )


def _share_of(row: Mapping[str, Any]) -> float:
    return row["share"] or 0.0


def _ended(code: str, said: str, rows: Sequence[Mapping[str, Any]]) -> str:
    parts = [said]
    explained = [row for row in rows if row["explained"]]
    if explained:
        parts.append(f"{_finding(explained[0])}: explained by {_found(explained[0])}.")
    parts += [
        f"One thing stands out and is not enough for more: {_finding(row)}."
        for row in rows
        if row["stands"] and not (row["family"] == "A" and row["statistic"] == "last_post")
    ]
    if code.startswith("silent"):
        parts.append("The last post is more than 30 days old, so this is not called vetted.")
    return " ".join([*parts, _STILL])


def _unknown(code: str, facts: Mapping[str, Any]) -> str:
    name = _PLATFORMS.get(facts["platform"], "This source")
    seen = f"{facts['n_seen']:,} followers{_of(facts)} were seen"
    missing = [_LOOKED_FOR[letter] for letter in BATCH_WAY if letter not in (facts["looked"] or ())]
    why = {
        "no_followers": f"{name} does not give us follower data for this account."
        if facts["platform"] in CLOSED
        else "No follower of this account has been seen.",
        "few": f"{seen}; {MIN_SEEN} are needed.",
        "part": f"{seen}, and not a fair sample of them.",
        "no_activity": "Nothing unusual was found, but it is not known whether the creator posts.",
        "not_run": f"{seen}, but there is no data to look for {_and(missing)}."
        if missing
        else f"{seen}, but too little could be looked at.",
    }[code]
    return f"{why} Not vetted."


def _finding(row: Mapping[str, Any]) -> str:
    """One finding as a clause; first letter and full stop are the caller's."""
    members, when = f"{row['members']:,}", _when(row)
    chance = _chance(row)
    if (row["family"], row["statistic"]) in _OF_STATISTIC:
        return _OF_STATISTIC[row["family"], row["statistic"]].format(
            share=_percent(row["value"] or 0.0), days=f"{row['value'] or 0.0:,.0f}", members=members
        )
    return {
        "A": "the creator does not post as before",
        "B": f"{members} followers arrived in a burst{when}{chance}",
        "C": f"{members} followers whose accounts were made together arrived together{when}"
        f"{chance}",
        "D": f"{members} followers share the same bios or pictures{when}{chance}",
        "E": f"reactions are unusual for an audience of this size{chance}",
        "G": f"{members} followers were delivered in step to several creators{when}{chance}",
        "P": f"{members} followers look bought by their profiles, more than is usual here",
        "X": f"a reciprocal group: {members} followers and the creator follow or answer each other "
        f"in exchange{chance}",
    }[row["family"]]


def _when(row: Mapping[str, Any]) -> str:
    if row["from_at"] is None or row["to_at"] is None:
        return ""
    first, last = (datetime.fromtimestamp(row[side], UTC) for side in ("from_at", "to_at"))
    if first.date() == last.date():
        return f" on {first:%Y-%m-%d}"
    hours = (row["to_at"] - row["from_at"]) / 3_600
    within = f" within {hours:.0f} hours" if hours <= 72 else ""
    return f" between {first:%Y-%m-%d} and {last:%Y-%m-%d}{within}"


def _chance(row: Mapping[str, Any]) -> str:
    p = row["p"]
    if p is None:
        return ""
    return " (p < 0.000001)" if p < 1e-6 else f" (p = {p:.2g})"


def _checked(rows: Sequence[Mapping[str, Any]]) -> str:
    """Which other explanations were looked for, once each, the least sure outcome first."""
    outcomes: dict[str, str] = {}
    order = ("not checked", "not found", "in part", "found")
    for row in rows:
        for one in row["checked"]:
            word = ALTERNATIVE_WORDS.get(one["alternative"], one["alternative"])
            before = outcomes.get(word, "not checked")
            outcomes[word] = max(before, one["outcome"], key=order.index)
    lines = {
        "not found": "Other explanations checked and not found",
        "in part": "Checked, and explaining only a part",
        "found": "Also present",
        "not checked": "Not checked",
    }
    said = []
    for outcome, lead in lines.items():
        words = [word for word, got in outcomes.items() if got == outcome]
        if words:
            said.append(f"{lead}: {', '.join(words)}.")
    return " ".join(said)


def _found(row: Mapping[str, Any]) -> str:
    words = [
        ALTERNATIVE_WORDS.get(one["alternative"], one["alternative"])
        for one in row["checked"]
        if one["outcome"] == "found"
    ]
    return _and(words)


def _batches_too(facts: Mapping[str, Any]) -> str:
    looked = [_LOOKED_FOR[letter] for letter in BATCH_WAY if letter in (facts["looked"] or ())]
    return f", nor of {_and(looked, last='or')} among {facts['n_seen']:,} seen" if looked else ""


def _of(facts: Mapping[str, Any]) -> str:
    return "" if facts["followers"] is None else f" of {facts['followers']:,}"


def _interval(facts: Mapping[str, Any]) -> str:
    return f"95 % interval {_number(facts['lo'])}–{_percent(facts['hi'])}"


def _percent(share: float) -> str:
    return f"{_number(share)} %"


def _number(share: float) -> str:
    """At most three figures: 16.4 -> 16, 4.23 -> 4.2."""
    value = 100 * share
    return f"{value:.0f}" if value >= 9.95 or round(value, 1) == round(value) else f"{value:.1f}"


def _rate(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def _and(words: Sequence[str], *, last: str = "and") -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
