"""Which browser a session is in, in words that its owner knows it by."""

from __future__ import annotations

from django import template

register = template.Library()

# The first that is named counts: browsers name their ancestors, too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(said: str) -> str:
    """The browser and its system; what neither can be told of is shown as it was sent.

    >>> browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    >>> browser("curl/8.5.0")
    'curl/8.5.0'
    """
    name = next((shown for piece, shown in _BROWSERS if piece in said), "")
    system = next((shown for piece, shown in _SYSTEMS if piece in said), "")
    if name and system:
        return f"{name} on {system}"
    return name or said[:80] or "unknown browser"
