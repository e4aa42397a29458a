"""The address of a plan, as fields of a form and as a question to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from influencr.errors import UsageError
from influencr.planning import read_range
from influencr.search import Query, query_from_params
from influencr.service.web.address import Address

__all__ = ["PER_LIST", "PRICE", "Asked"]

#: Before a profile id: the price that is typed for that creator's post.
PRICE = "price."
#: Before the id of a list: how many of it may be in the roster.
PER_LIST = "per_list."
_OWN = (
    *("goal", "amount", "list", "audience", "posts", "currency", "per", "published", "max"),
    *("per_topic", "include", "exclude", "format", "kept"),
)


class Asked:
    """What an address asks."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def one(self, name: str, default: str = "") -> str:
        """The value of a field."""
        return next(iter(self.address.values(name)), default).strip()

    @property
    def goal(self) -> str:
        """budget: most people for it; people: the least money for so many."""
        return "people" if self.one("goal") == "people" else "budget"

    @property
    def is_asked(self) -> bool:
        """Whether there is enough to plan with."""
        return bool(self.one("amount"))

    @property
    def prices(self) -> dict[str, tuple[float, float]]:
        """profile id -> range typed for this plan."""
        return {
            name.removeprefix(PRICE): read_range(value, field="price")
            for name, value in self.address.fields()
            if name.startswith(PRICE)
        }

    @property
    def per_list(self) -> dict[str, int]:
        """id of a list -> members of it, at most. Raises UsageError for what is no number."""
        return {
            name.removeprefix(PER_LIST): int(_number(value, "per_list"))
            for name, value in self.address.fields()
            if name.startswith(PER_LIST) and value.strip()
        }

    @property
    def published(self) -> bool:
        """Whether published tables count: a box that is not ticked sends the 0 beside it alone."""
        told = self.address.values("published")
        return not told or "1" in told

    @property
    def question(self) -> Address:
        """The part of the address that is a search for candidates."""
        own = (PRICE, PER_LIST)
        typed = [name for name, _ in self.address.fields() if name.startswith(own)]
        return self.address.without(*_OWN, *typed)

    @property
    def query(self) -> Query | None:
        """That search; None where the candidates are those of a list."""
        return None if self.one("list") else query_from_params(self.question.question())

    def brief(self) -> dict[str, Any]:
        """Fields of a `planning.Brief`. Raises UsageError for what is no number or amount."""
        amount = _number(self.one("amount"), "amount")
        per = self.one("per")
        fields: dict[str, Any] = {
            "budget": amount if self.goal == "budget" else None,
            "people": int(amount) if self.goal == "people" else None,
            "place": self.one("audience") or None,
            "posts": int(_number(self.one("posts", "1"), "posts")),
            "currency": self.one("currency", "USD").upper(),
            "per_1000": read_range(per, field="per") if per else None,
            "published": self.published,
            "include": tuple(self.address.values("include")),
            "exclude": tuple(self.address.values("exclude")),
        }
        if self.per_list:
            fields["per_list"] = self.per_list
        for name, key in (("max_creators", "max"), ("per_topic", "per_topic")):
            if self.one(key):
                fields[name] = int(_number(self.one(key), key))
        return fields

    def changed(self, values: Mapping[str, Any]) -> str:
        """The plan's address with other values."""
        return self.address.without("kept", "format").with_(dict(values)).at("plan")


def _number(text: str, field: str) -> float:
    plain = text.replace(",", "").replace("\N{NO-BREAK SPACE}", "").lstrip("$€£ ")
    try:
        return float(plain)
    except ValueError as error:
        raise UsageError(f"{field} {text!r} is no number; write 1200.", field=field) from error
