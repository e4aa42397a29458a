"""What is odd about a single follower, sign by sign, and how odd a whole crowd is.

No sign means much alone: plenty of real people have no picture, no followers or the same short bio.
Two signs together are rare among a creator's usual followers and among accounts at large, and a
burst made mostly of such accounts is not what a viral post brings. Dormancy is never a sign, nor is
being new.

Signs: the follower model finds it among the likeliest tenth; it has as few followers as the lowest
tenth; its bio or its avatar is one that several accounts share though few follows come from them.

A foreign language is looked at too, but never makes anybody odd: a creator whom the press of
another country writes about gets foreign followers. It only helps to tell members apart once a
burst is known to be odd for other reasons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from influencr.vetting._audience import Audience

__all__ = ["RARE", "SIGNS", "BaseRates", "Signs", "base_rates", "odd_signs", "rare_groups"]

SIGNS: Final = ("profile", "few_followers", "bio", "avatar", "language")
#: A shared bio or avatar is rare when at most this share of follows comes from its group.
RARE: Final = 0.002
#: The tail of accounts that counts as odd in a number. Own choice.
_TAIL: Final = 0.10
#: Groups smaller than this are a few people with the same joke. Own choice.
_SMALL: Final = 8


class BaseRates(NamedTuple):
    """What is common in this instance.

    bio, avatar   float64[groups]: highest share of follows from each group in any language
    bio_size, avatar_size   int64[groups]: accounts in it
    """

    bio: NDArray[np.float64]
    avatar: NDArray[np.float64]
    bio_size: NDArray[np.int64]
    avatar_size: NDArray[np.int64]


class Signs(NamedTuple):
    """Signs per follow.

    bits        uint8[n], bit i set: sign i of SIGNS
    looked_at   which of SIGNS can be seen in this data at all
    odd         bool[n], at least two signs besides language (one, where only one can be seen)
    anywhere    share of accounts at large that are odd, whoever they follow
    """

    bits: NDArray[np.uint8]
    looked_at: tuple[str, ...]
    odd: NDArray[np.bool_]
    anywhere: float


def base_rates(sample: Audience) -> BaseRates:
    """How common each bio and avatar group is, from a sample of creators with all their follows.

    The rate is the highest among followers of creators of any one language: a phrase of a small
    language is rare in an instance and common where it is spoken. A creator counts for a group at
    most as often as a group on the edge of rare would come, so that no batch makes itself common.
    """
    owner = np.repeat(np.arange(len(sample.starts) - 1), np.diff(sample.starts))
    names = sample.creators["language"].fill_null("").to_list()
    code = np.unique(np.array(names, dtype=np.str_), return_inverse=True)[1]
    n_follows = np.bincount(code, weights=np.diff(sample.starts))
    most = np.maximum(1.0, RARE * np.diff(sample.starts))
    columns = []
    for group in (sample.accounts.bio, sample.accounts.avatar):
        n = int(group.max(initial=-1)) + 1
        theirs = group[sample.who]
        shared = np.flatnonzero(theirs >= 0)
        pair, times = np.unique(owner[shared] * max(n, 1) + theirs[shared], return_counts=True)
        whose, number = pair // max(n, 1), pair % max(n, 1)
        spoken, where = np.unique(code[whose] * max(n, 1) + number, return_inverse=True)
        count = np.bincount(where, weights=np.minimum(times, most[whose]), minlength=len(spoken))
        # Languages with few follows lean on none of the group being there.
        share = count / (n_follows[spoken // max(n, 1)] + 1.0 / RARE)
        rate = np.zeros(n)
        np.maximum.at(rate, spoken % max(n, 1), share)
        columns.append((rate, np.bincount(group[group >= 0], minlength=n)))
    return BaseRates(columns[0][0], columns[1][0], columns[0][1], columns[1][1])


def rare_groups(
    group: NDArray[np.int32], rate: NDArray[np.float64], size: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """bool[accounts]: shares a bio or avatar that several have but few follows come from."""
    known = (group >= 0) & (group < len(rate))
    number = np.where(known, group, 0)
    if not len(rate):
        return np.zeros(len(group), dtype=bool)
    result: NDArray[np.bool_] = known & (rate[number] <= RARE) & (size[number] >= _SMALL)
    return result


def odd_signs(audience: Audience, rates: BaseRates) -> Signs:
    """The signs of every follow of an audience."""
    accounts = audience.accounts
    per_account = np.zeros(len(accounts.key), dtype=np.uint8)
    seen = []
    known = np.isfinite(accounts.p)
    if known.any():
        cut = float(np.quantile(accounts.p[known], 1.0 - _TAIL))
        per_account[known & (accounts.p >= cut)] |= 1
        seen.append("profile")
    known = accounts.followers >= 0
    if known.any():
        cut = float(np.quantile(accounts.followers[known], _TAIL, method="lower"))
        # Where more than the tail has the lowest number, only that number counts.
        lowest = int(accounts.followers[known].min())
        share = float((accounts.followers[known] <= cut).mean())
        cut = lowest if share > 2 * _TAIL else cut
        per_account[known & (accounts.followers <= cut)] |= 2
        seen.append("few_followers")
    for bit, group, rate, size in (
        (4, accounts.bio, rates.bio, rates.bio_size),
        (8, accounts.avatar, rates.avatar, rates.avatar_size),
    ):
        if (group >= 0).any():
            per_account[rare_groups(group, rate, size)] |= bit
            seen.append("bio" if bit == 4 else "avatar")
    bits = per_account[audience.who]
    if (accounts.language >= 0).any():
        bits[_foreign(audience)] |= 16
        seen.append("language")
    enough = 2 if len(set(seen) - {"language"}) > 1 else 1
    count = np.array([(i & 15).bit_count() for i in range(32)])
    odd = count[bits] >= enough
    anywhere = float((count[per_account] >= enough).mean()) if len(per_account) else 0.0
    return Signs(bits, tuple(seen), odd, anywhere)


def _foreign(audience: Audience) -> NDArray[np.bool_]:
    """Follows by accounts of a known language that is not the creator's followers' commonest."""
    language = audience.accounts.language[audience.who].astype(np.int64)
    n_creators, n_languages = len(audience.starts) - 1, int(language.max(initial=0)) + 1
    owner = np.repeat(np.arange(n_creators), np.diff(audience.starts))
    known = language >= 0
    counts = np.bincount(
        owner[known] * n_languages + language[known], minlength=n_creators * n_languages
    ).reshape(n_creators, n_languages)
    result: NDArray[np.bool_] = known & (language != counts.argmax(axis=1)[owner])
    return result
