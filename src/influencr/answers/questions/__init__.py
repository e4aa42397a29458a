"""Every question and order of the product, by what it is about; importing this fills QUESTIONS."""

from influencr.answers.questions import (
    alerting,
    creators,
    finding,
    keeping,
    listing,
    looking_up,
    people,
    saving,
    standing,
    verifying,
)

__all__ = [
    "alerting",
    "creators",
    "finding",
    "keeping",
    "listing",
    "looking_up",
    "people",
    "saving",
    "standing",
    "verifying",
]
