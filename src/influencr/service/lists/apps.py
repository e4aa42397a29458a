"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class Lists(AppConfig):
    """Lists, compare, exports; nothing of it is in Django's database."""

    name = "influencr.service.lists"
    label = "lists"
