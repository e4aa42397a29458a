"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class Web(AppConfig):
    """The public pages."""

    name = "influencr.service.web"
    label = "web"
