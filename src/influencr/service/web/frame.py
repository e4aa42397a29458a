"""What every page needs around its content: assets, theme, demo label, operator, version."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from influencr import __version__
from influencr.errors import InfluencrError
from influencr.service.web.engine import get_engine

__all__ = ["THEMES", "assets", "frame"]

#: What a reader can choose; "auto" follows the system and needs no cookie.
THEMES = ("auto", "light", "dark")


@cache
def assets() -> dict[str, Any]:
    """The names of the current style, script and fonts, as the build wrote them.

    Pages of an instance without built assets come without style rather than not at all: the
    server refuses to start in that state, so only another WSGI server gets here.
    """
    folder = Path(settings.STATIC_ROOT) / "dist"
    file = folder / "manifest.json"
    if not file.is_file():
        return {"style": "", "script": "", "map": "", "worker": "", "world": "", "preload": []}
    manifest = json.loads(file.read_text(encoding="utf-8"))
    stem = f"{settings.STATIC_URL}dist/"
    return {
        "style": stem + manifest["entries"]["style.css"],
        "script": stem + manifest["entries"]["app.js"],
        "map": stem + manifest["entries"]["map.js"],
        "worker": stem + manifest["entries"]["map-worker.js"],
        "world": stem + manifest["entries"]["world.json"],
        "preload": [stem + name for name in manifest["preload"]],
    }


#: Pages that the frame leads to, by the name of their address; an instance without one shows no
#: link to it.
_PAGES = (
    *("search", "lists", "plan", "saved", "brand", "alerts", "methods", "creators", "pricing"),
    *("account", "billing", "staff", "account_login", "account_signup"),
)


@cache
def _routes(urlconf: str) -> dict[str, str]:
    """Name -> address of the pages that an instance has."""
    found = {}
    for name in _PAGES:
        try:
            found[name] = reverse(name, urlconf=urlconf)
        except NoReverseMatch:
            continue
    return found


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context that `frame.html` reads."""
    theme = request.COOKIES.get("theme", "auto")
    contact = settings.INFLUENCR_OPERATOR_CONTACT
    return {
        "assets": assets(),
        "routes": _routes(settings.ROOT_URLCONF),
        "theme": theme if theme in THEMES else "auto",
        "themes": THEMES,
        "here": request.get_full_path(),
        "demo": SimpleLazyObject(_demo),
        "version": __version__,
        "operator": settings.INFLUENCR_OPERATOR,
        "operator_contact": contact,
        "operator_href": contact and (contact if "://" in contact else f"mailto:{contact}"),
    }


def _demo() -> bool:
    # A page that says that there is nothing to search must not fail on saying it.
    try:
        return bool(get_engine().is_demo)
    except InfluencrError:
        return False
