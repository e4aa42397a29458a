"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsApp(AppConfig):
    """Files that came in over HTTP."""

    name = "influencr.service.imports"
    label = "imports"
    default = True
