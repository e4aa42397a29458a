"""What makes influence hard to see, as numbers: how posts fare when a world plants influence.

A plain world follows one law per creator and post. With `Influence` the same creators, followers
and sellers stay as they are, and what happens to posts becomes as untidy as people know it: tails,
ups and downs, creators who change, acts that were paid for, talk without content, news that people
share whoever tells them, creators who begin late, and creators whose response means nothing.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Influence"]


class Influence(NamedTuple):
    """Every number is our own choice unless said; all of them are repeated in `world.json`.

    placebo          share of people on the graph whose response is noise: each post, and each 28
                     days counted back from `as_of`, drawn anew; nothing about them persists
    drift            share of the variance of z that moves; the rest is character
    drift_days       days in which what moves loses 63 % of itself (Ornstein-Uhlenbeck)
    community        log standard deviation of how lively a topic in a language is
    surge            log standard deviation of a topic in a language from week to week
    weekend          what is lost on Saturdays and Sundays
    post_spread      log standard deviation from post to post; within channels and within authors
                     of public samples it is about 1, seasons and break-outs included
    breakout         share of posts that leave the circle of followers
    breakout_tail    exponent of how many times more they get, and the most it may be
    breakout_most
    outsiders        share of the acts that a break-out adds which come from strangers
    applause         replies without content, per like; each creator's own level has a log
                     standard deviation of 0.6 and nothing to do with z
    inflated         share of people on the graph with paid acts; published guesses for creators
                     who sell posts go from 15 to 55 %
    paid_least       paid acts per post, as a multiple of what the law gives a creator of that
    paid_most        size with z = 0: between these, log-uniform
    common           mean share of posts about an item that others bring too
    common_lift      acts that an item brings by itself, as a multiple of the law with z = 0
    late             share of people whose posts begin 20 to 65 days before `as_of`
    delay_hours      median hours from post to act, and the log standard deviation
    delay_spread
    """

    placebo: float = 0.25
    drift: float = 0.30
    drift_days: float = 60.0
    community: float = 0.35
    surge: float = 0.30
    weekend: float = 0.15
    post_spread: float = 0.90
    breakout: float = 0.02
    breakout_tail: float = 1.3
    breakout_most: float = 30.0
    outsiders: float = 0.7
    applause: float = 0.05
    inflated: float = 0.25
    paid_least: float = 0.3
    paid_most: float = 5.0
    common: float = 0.14
    common_lift: float = 0.8
    late: float = 0.20
    delay_hours: float = 4.0
    delay_spread: float = 1.8

    def wrong(self) -> str | None:
        """The first impossible number in one sentence; None if all are possible."""
        for name in ("placebo", "drift", "outsiders", "inflated", "late", "breakout"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                return f"influence: {name} {value} is outside 0 to 1; choose one between them."
        if not 0 < self.common < 1:
            return f"influence: common {self.common} must lie between 0 and 1, without the ends."
        for name in ("drift_days", "breakout_tail", "breakout_most", "paid_least", "delay_hours"):
            value = getattr(self, name)
            if not value > 0:
                return f"influence: {name} {value} must be above 0."
        return None
