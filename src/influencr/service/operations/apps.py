"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class Operations(AppConfig):
    """Health, figures, logs, fair turns, backups."""

    name = "influencr.service.operations"
    label = "operations"
    default = True
