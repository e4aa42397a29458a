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
