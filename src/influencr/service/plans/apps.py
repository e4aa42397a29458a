"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class Plans(AppConfig):
    """Plans; nothing of them is in Django's database."""

    name = "influencr.service.plans"
    label = "plans"
