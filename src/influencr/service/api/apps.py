"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class ApiApp(AppConfig):
    """The interface for programs."""

    name = "influencr.service.api"
    label = "api"
    default = True
