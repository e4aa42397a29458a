"""Small pieces that many templates set: icons."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Own drawings on a 16 px grid, stroked with the colour of the text around them.
_LINES = {
    "place": '<path d="M8 14.2S3.4 9.7 3.4 6.3a4.6 4.6 0 0 1 9.2 0c0 3.4-4.6 7.9-4.6 7.9z"/>'
    '<circle cx="8" cy="6.3" r="1.6"/>',
    "close": '<path d="M4.5 4.5l7 7M11.5 4.5l-7 7"/>',
    "filters": '<path d="M2.5 4.5h11M4.5 8h7M6.5 11.5h3"/>',
    "open": '<path d="M4.5 6.5L8 10l3.5-3.5"/>',
    "out": '<path d="M6 3.5H3.5v9h9V10M9 3h4v4M12.6 3.4L7.5 8.5"/>',
    "list": '<path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"/>',
    "map": '<path d="M2.5 4.2l3.7-1.7 3.6 1.7 3.7-1.7v9.3l-3.7 1.7-3.6-1.7-3.7 1.7z'
    'M6.2 2.5v9.3M9.8 4.2v9.3"/>',
    "plus": '<path d="M8 3.5v9M3.5 8h9"/>',
    "minus": '<path d="M3.5 8h9"/>',
    "whole": '<path d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3"/>',
    "search": '<circle cx="7" cy="7" r="4.2"/><path d="M10.2 10.2l3.3 3.3"/>',
    "bell": '<path d="M4.4 11.5V7.2a3.6 3.6 0 0 1 7.2 0v4.3l1.2 1H3.2zM6.8 14h2.4"/>',
    "person": '<circle cx="8" cy="5.4" r="2.6"/><path d="M3 13.6c.6-2.7 2.5-4 5-4s4.4 1.3 5 4"/>',
    "plan": '<path d="M2.5 13.5v-11M2.5 13.5h11M5.2 10.8l2.6-3.4 2 1.6 3.2-4.6"/>',
    "save": '<path d="M4.5 2.5h7v11L8 10.8l-3.5 2.7z"/>',
    "saved": '<path class="solid" d="M4.5 2.5h7v11L8 10.8l-3.5 2.7z"/>',
    "download": '<path d="M8 2.5v7.2M4.8 7L8 10.2 11.2 7M3 13.2h10"/>',
    "tick": '<path d="M3.5 8.3l3 3 6-6.6"/>',
}

# Verdicts and activity: filled shapes on a 13 px grid that differ without colour.
_SHAPES = {
    "vetted": '<circle cx="6.5" cy="6.5" r="6.5" class="fill"/>'
    '<path d="M3.5 6.7l2.1 2.1 4-4.3" class="cut"/>',
    "look": '<path d="M6.5.7l5.8 5.8-5.8 5.8L.7 6.5z" class="line"/>'
    '<path d="M6.5.7v11.6L.7 6.5z" class="fill"/>',
    "inflated": '<path d="M6.5.6l6.2 11.6H.3z" class="fill"/>'
    '<path d="M6.5 4.6v3.5M6.5 9.6v1" class="cut"/>',
    "unknown": '<circle cx="6.5" cy="6.5" r="5.6" class="line dashed"/>',
    "active": '<circle cx="6.5" cy="6.5" r="4.5" class="fill"/>',
    "quiet": '<circle cx="6.5" cy="6.5" r="4" class="line"/>'
    '<path d="M6.5 2.5a4 4 0 0 0 0 8z" class="fill"/>',
    "dormant": '<circle cx="6.5" cy="6.5" r="4" class="line"/>',
}


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A line drawing; decorative, so the words beside it must say the same."""
    # Safe: only drawings of the table above are set.
    return mark_safe(  # noqa: S308
        f'<svg class="icon" width="{size:d}" height="{size:d}" viewBox="0 0 16 16" '
        f'aria-hidden="true">{_LINES[name]}</svg>'
    )


@register.simple_tag
def shape(name: str, size: int = 13) -> SafeString:
    """The shape of a verdict or an activity; the word stands beside it."""
    return mark_safe(  # noqa: S308
        f'<svg class="shape" width="{size:d}" height="{size:d}" viewBox="0 0 13 13" '
        f'aria-hidden="true">{_SHAPES[name]}</svg>'
    )
