"""Quicker variables say what Django's say, for everything that a template can be given."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from django.template import Context, Engine
from django.test import Client
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe

from influencr.service.web import quick


class Inner(NamedTuple):
    text: str
    n: int = 3


class Row(NamedTuple):
    name: str
    inner: Inner
    safe: SafeString
    share: float
    count: int
    none: None = None
    flag: bool = True

    @property
    def doubled(self) -> int:
        return self.count * 2

    def said(self) -> str:
        return f"<{self.name}>"


HOSTILE = "<script>alert('&\"')</script>"
GIVEN: dict[str, Any] = {
    "row": Row(HOSTILE, Inner(HOSTILE), mark_safe("<b>bold</b>"), 12.5, 1_234_567),
    "known": {"items": "a value, not a method", "deep": {"x": HOSTILE}},
    "rows": [Inner("a"), Inner("<b>", 4)],
    "small": 1e-9,
    "negative": -0.0,
    "lazy": SimpleLazyObject(lambda: Inner("lazy <i>")),
    "call": lambda: "<called>",
    "numbers": [1, 2.5, 10**20],
    "true": True,
}
TEXTS = (
    "{{ row.name }}|{{ row.inner.text }}|{{ row.safe }}|{{ row.share }}|{{ row.count }}",
    "{{ row.none }}|{{ row.flag }}|{{ row.doubled }}|{{ row.said }}|{{ row.0 }}|{{ row.index }}",
    "{{ row.missing }}|{{ nothing }}|{{ nothing.at.all }}|{{ known.missing }}|{{ row.none.x }}",
    "{{ known.items }}|{{ known.deep.x }}|{{ known.keys }}|{{ numbers.1 }}|{{ numbers }}",
    "{{ small }}|{{ negative }}|{{ lazy.text }}|{{ lazy }}|{{ call }}|{{ true }}",
    "{% for one in rows %}{{ forloop.counter }}{{ one.text }}{{ one.n }}{% if not forloop.last %},"
    "{% endif %}{% endfor %}{% for a, b in rows %}{{ a }}{{ b }}{% endfor %}",
    "{% if row.inner.n == 3 and not nothing %}yes{% elif row.none %}no{% else %}or{% endif %}",
    "{% with deep=known.deep.x %}{{ deep }}{% endwith %}{{ row.name|upper }}{{ row.name|safe }}",
    "{{ row.none|default:row.inner.text }}{{ nothing|default:'<x>' }}{{ row.share|floatformat }}",
    "{% autoescape off %}{{ row.name }}{{ row.share }}{% endautoescape %}",
    "{% include 'part' with inner=row.inner only %}{% if rows.1.n > row.count %}{% endif %}",
)


def drawn(loader: str, text: str) -> str:
    inside = {"page": text, "part": "{{ inner.text }}{{ inner.n }}{{ row.name }}"}
    engine = Engine(loaders=[(loader, [("django.template.loaders.locmem.Loader", inside)])])
    template = engine.get_template("page")
    first = template.render(Context(GIVEN))
    assert engine.get_template("page").render(Context(GIVEN)) == first
    return first


@pytest.mark.parametrize("text", TEXTS)
def test_it_says_what_django_says(text: str):
    told = drawn("influencr.service.web.quick.Loader", text)
    assert told == drawn("django.template.loaders.cached.Loader", text)
    assert "<script>alert('" not in told or "safe" in text or "autoescape off" in text


def test_our_pages_are_drawn_with_it(client: Client, engine: Any):
    from django.template import engines

    client.get("/search?text=rye")
    nodes = engines["django"].engine.get_template("parts/row.html").nodelist
    assert nodes.get_nodes_by_type(quick._VariableNode)


def test_a_failure_in_a_property_is_not_swallowed():
    class Broken:
        @property
        def text(self) -> str:
            raise ValueError("broken")

    engine = Engine(
        loaders=[
            (
                "influencr.service.web.quick.Loader",
                [("django.template.loaders.locmem.Loader", {"page": "{{ one.text }}"})],
            )
        ]
    )
    with pytest.raises(ValueError, match="broken"):
        engine.get_template("page").render(Context({"one": Broken()}))
