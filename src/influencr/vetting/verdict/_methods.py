"""The methods of vetting in prose, with every number read from the code that applies it.

What stands here is what runs: limits, error rates and versions are not written down twice. The
methods page of the service shows it; a program may print it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from influencr.vetting.share._corrected import LEVEL, MIN_FOLLOWERS, MIN_YOUDEN
from influencr.vetting.share._measure import BATCH_ERROR, MIN_COHORT
from influencr.vetting.share._sample import STRATA
from influencr.vetting.verdict._ledger import (
    EXPLAINED_BY,
    EXPLAINS_ENOUGH,
    FAMILIES,
    GROUP_FAMILIES,
)
from influencr.vetting.verdict._rule import (
    BATCH_WAY,
    BLOCK_P,
    BLOCK_SHARE,
    CAP,
    CROWD_SHARE,
    ENGAGEMENT_ALONE,
    FAMILIES_NEEDED,
    FOUND_OF_100,
    GUARDS,
    MIN_LABELS,
    MIN_SEEN,
    MIN_SP,
    SMALLEST_BATCH,
    SMALLEST_SHARE,
    VERSION,
    VETTED_FLOOR,
)
from influencr.vetting.verdict._sentences import ALTERNATIVE_WORDS, STATUS_WORDS

__all__ = ["MethodSection", "methods"]

#: Platforms whose error rates the page names, in this order.
_PLATFORMS: Final = ("bluesky", "mastodon", "instagram", "tiktok", "twitter", "youtube")


class MethodSection(NamedTuple):
    """One heading with its paragraphs and, where there are some, terms with their meanings."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    terms: tuple[tuple[str, str], ...] = ()


def methods() -> list[MethodSection]:
    """How audiences are judged, from evidence to verdict."""
    return [_families(), _innocent(), _share(), _rates(), _verdict(), _limits()]


def _families() -> MethodSection:
    group = ", ".join(FAMILIES[letter] for letter in GROUP_FAMILIES)
    return MethodSection(
        "evidence",
        "Whether an audience looks bought: evidence",
        (
            "Evidence comes in families that look at different things and are wrong for different "
            "reasons. Families that look at followers as a group weigh most, since many people "
            "rarely do the same odd thing together by chance: "
            f"{group}. Silence is never evidence: who reads and does not post is dormant, and "
            "dormant followers are shown beside the share that looks bought, never inside it.",
            "A family that looked and found nothing says so. A family that could not look leaves "
            "a gap, and the gap is named.",
        ),
        tuple((letter, what) for letter, what in FAMILIES.items()),
    )


def _innocent() -> MethodSection:
    return MethodSection(
        "innocent-causes",
        "Innocent causes come first",
        (
            "Follows made by one click on a starter pack or list, or on what a network proposes to "
            "newcomers, are taken out before anything is judged. For every finding that is left, "
            f"{_listed(list(ALTERNATIVE_WORDS.values()))} are looked for; each is printed as "
            "found, found in part, not found or not checked. What explains at least "
            f"{_percent(EXPLAINS_ENOUGH)} of a finding explains it, where it can explain such a "
            "finding at all.",
        ),
        tuple(
            (FAMILIES[letter], _listed([ALTERNATIVE_WORDS[cause] for cause in causes]))
            for letter, causes in EXPLAINED_BY.items()
        ),
    )


def _share() -> MethodSection:
    return MethodSection(
        "share",
        "The share of followers that look bought",
        (
            "A test of profiles calls some genuine followers and misses some bought ones. The "
            "share is corrected for both error rates, and its "
            f"{_percent(LEVEL)} interval holds the truth in {_percent(LEVEL)} of cases, also where "
            "nobody was bought. No share is given from fewer than "
            f"{MIN_FOLLOWERS} followers, or where sensitivity and specificity together exceed 1 "
            f"by less than {MIN_YOUDEN:g}.",
            "Followers in a batch that nothing explains are counted as such, and the test is asked "
            f"about the rest; a batch's size may be wrong by {_percent(BATCH_ERROR)} and the "
            "interval says so. Where the test's error is not known only a batch can be counted: "
            "“at least”.",
            f"Where not everybody can be looked at, followers are drawn from {STRATA} equal parts "
            "of the arrivals and from every burst, inside a part by a hash of follower and "
            "creator, and weighted back. Never the newest first.",
        ),
    )


def _rates() -> MethodSection:
    from influencr.vetting import followers

    terms = []
    for platform in _PLATFORMS:
        rates = followers.error_rates(platform)
        if rates.se is None or rates.sp is None:
            terms.append((platform, "not known: no share from profiles here"))
            continue
        weak = rates.se + rates.sp - 1 < MIN_YOUDEN
        terms.append(
            (
                platform,
                f"sensitivity {rates.se:.2f} ({rates.n_se:,} bought), specificity {rates.sp:.3f} "
                f"({rates.n_sp:,} genuine), on {rates.calibration}"
                + (": too little for a share" if weak else ""),
            )
        )
    version = followers.error_rates(None).version
    return MethodSection(
        "error-rates",
        "Error rates of the profile test",
        (
            f"Version {version}, fitted on data whose licence allows it, and measured on accounts "
            "that it never saw. Error rates hold for the platform, the years and the sellers that "
            "they were measured on.",
        ),
        tuple(terms),
    )


def _verdict() -> MethodSection:
    guards = sorted({guard for causes in GUARDS.values() for guard in causes})
    looked = _listed([FAMILIES[letter] for letter in BATCH_WAY])
    return MethodSection(
        "verdict",
        "The verdict",
        (
            f"Rule version {VERSION}. Every verdict can be made again from what is stored, and "
            "every reason says what the verdict would be without it. Nothing says who paid for "
            "followers: anybody can order them for anybody.",
        ),
        (
            (
                STATUS_WORDS["looks_inflated"],
                f"the lower limit of the share is above {_percent(CAP)} and above the 95th "
                f"percentile of comparable creators (of which there are at least {MIN_COHORT}), "
                f"and at least {FAMILIES_NEEDED} families stand, one of them a group family; or "
                f"one lockstep group holds {_percent(BLOCK_SHARE)} of the followers with p below "
                f"{BLOCK_P:.6f}. Only when it is about {SMALLEST_BATCH} followers or more, and "
                f"{_listed([ALTERNATIVE_WORDS[g] for g in guards])} were looked for, as far as "
                "they matter to the finding",
            ),
            (
                STATUS_WORDS["needs_a_look"],
                "something stands, but less than that (engagement alone from p = "
                f"{ENGAGEMENT_ALONE:g} on); or one burst through a pack or an onboarding list "
                f"holds {_percent(CROWD_SHARE)} of the followers; or the interval is too wide; or "
                "nothing stands but that the creator does not post. A reciprocal group asks for a "
                "look and never counts as bought",
            ),
            (
                f"{STATUS_WORDS['vetted']}, by profiles",
                f"nothing stands, the creator posts, the test has a specificity of {MIN_SP:g} on "
                f"at least {MIN_LABELS} labelled accounts, and the upper limit of the share is at "
                "most the 90th percentile of comparable creators, between "
                f"{_percent(VETTED_FLOOR)} and {_percent(CAP)}",
            ),
            (
                f"{STATUS_WORDS['vetted']}, by batches",
                f"nothing stands, the creator posts, and {looked} were all looked for among at "
                f"least {MIN_SEEN} followers that are the whole audience or a fair sample. A "
                f"delivery of {_percent(SMALLEST_SHARE)} and at least {SMALLEST_BATCH} followers "
                f"is found in {_found()}; followers were not judged one by one, and the sentence "
                "says so",
            ),
            (STATUS_WORDS["unknown"], "anything else; always where no follower was seen"),
        ),
    )


def _limits() -> MethodSection:
    return MethodSection(
        "limits",
        "What this cannot see",
        (
            "Accounts bought one at a time over months, aged before and each following nobody else "
            f"who bought; batches below {SMALLEST_BATCH} followers; followers on platforms that "
            "list nobody's. A careful seller could still be missed, and who is vetted is told so.",
            "Who disagrees can have the check made again: the new record, with its date, is set "
            "beside the old one, and neither is deleted for the other.",
        ),
    )


def _found() -> str:
    return _listed(
        [
            f"{n} of 100 simulated cases from {seen:,} followers seen on"
            for seen, n in FOUND_OF_100.items()
        ]
    )


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
