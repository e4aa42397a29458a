"""The app, as Django lists it."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["Rights"]


class Rights(AppConfig):
    """No tables: what people say lies in the home, where they can leave it."""

    name = "influencr.service.rights"
    label = "rights"
