"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class AlertsApp(AppConfig):
    """Alerts on the page and by mail."""

    name = "influencr.service.alerts"
    label = "alerts"
    default = True
