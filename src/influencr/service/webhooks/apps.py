"""Django's handle on this folder."""

from __future__ import annotations

from django.apps import AppConfig


class WebhooksApp(AppConfig):
    """Alerts told to programs."""

    name = "influencr.service.webhooks"
    label = "webhooks"
    default = True
